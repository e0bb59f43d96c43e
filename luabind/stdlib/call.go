package stdlib

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"socksh/luabind/source"
)

// A call is one call of a library function. Its methods take arguments as the
// auxiliary library of Lua 5.1 does: numbers and texts stand for each other, and
// a wrong one is an error in its words.
type call struct {
	L    *lua.LState
	name string
}

// newLibrary makes a table of functions, a global and a loaded module of that name.
func newLibrary(L *lua.LState, name string, functions map[string]func(call) int) *lua.LTable {
	library := L.CreateTable(0, len(functions))
	for key, f := range functions {
		library.RawSetString(key, L.NewFunction(goFunction(key, f)))
	}
	L.G.Global.RawSetString(name, library)
	loaded := L.FindTable(L.G.Registry, "_LOADED", 1).(*lua.LTable)
	loaded.RawSetString(name, library)
	return library
}

// goFunction makes f callable from Lua, under the name that its errors give.
func goFunction(name string, f func(call) int) lua.LGFunction {
	return func(L *lua.LState) int { return f(call{L, name}) }
}

// push returns one result.
func (c call) push(v lua.LValue) int {
	c.L.Push(v)
	return 1
}

// raise ends the call with an error; the position of the nearest line of Lua goes
// before it.
func (c call) raise(format string, args ...any) {
	where := ""
	for level := 1; where == ""; level++ {
		if _, ok := c.L.GetStack(level); !ok {
			break
		}
		where = c.where(level)
	}
	c.L.Error(lua.LString(where+fmt.Sprintf(format, args...)), 0)
}

// fail ends the call because of its n-th argument.
func (c call) fail(n int, why string) {
	if c.isMethod() {
		if n--; n == 0 {
			c.raise("calling '%s' on bad self (%s)", c.name, why)
		}
	}
	c.raise("bad argument #%d to '%s' (%s)", n, c.name, why)
}

// expected ends the call because its n-th argument has the wrong type.
func (c call) expected(n int, what string) {
	got := "no value"
	if n <= c.L.GetTop() {
		got = c.L.Get(n).Type().String()
	}
	c.fail(n, what+" expected, got "+got)
}

// isMethod reports whether the call is written with a colon: its first argument
// is not counted then. Where a line has both forms of this call, it is taken for
// the one with a dot.
func (c call) isMethod() bool {
	caller, ok := c.L.GetStack(1)
	if !ok {
		return false
	}
	f, err := c.L.GetInfo("fl", caller, lua.LNil)
	if err != nil {
		return false
	}
	lf, ok := f.(*lua.LFunction)
	if !ok || lf.IsG {
		return false
	}
	colon, dot := false, false
	for _, site := range lf.Proto.DbgCalls {
		if site.Name != c.name || lf.Proto.DbgSourcePositions[site.Pc] != caller.CurrentLine {
			continue
		}
		if loadsMethod(lf.Proto.Code[:site.Pc], lf.Proto.Code[site.Pc]>>18&0xff) {
			colon = true
		} else {
			dot = true
		}
	}
	return colon && !dot
}

// loadsMethod reports whether the last instruction that loads a function into the
// register is that of a method call.
func loadsMethod(code []uint32, register uint32) bool {
	for i := len(code) - 1; i >= 0; i-- {
		if code[i]>>18&0xff != register {
			continue
		}
		switch int(code[i] >> 26) {
		case lua.OP_SELF:
			return true
		case lua.OP_MOVE, lua.OP_GETUPVAL, lua.OP_GETGLOBAL, lua.OP_GETTABLE, lua.OP_GETTABLEKS:
			return false
		}
	}
	return false
}

// str takes a text; a number becomes one.
func (c call) str(n int) string {
	s, ok := asString(c.L.Get(n))
	if !ok {
		c.expected(n, "string")
	}
	return s
}

// num takes a number; a text that reads as one becomes it.
func (c call) num(n int) float64 {
	switch v := c.L.Get(n).(type) {
	case lua.LNumber:
		return float64(v)
	case lua.LString:
		if f, ok := source.ParseNumber(string(v)); ok {
			return f
		}
	}
	c.expected(n, "number")
	return 0
}

// integer takes a number and cuts its fraction.
func (c call) integer(n int) int { return toInt(c.num(n)) }

// optInteger is integer, but nil and nothing are d.
func (c call) optInteger(n, d int) int {
	if c.L.Get(n) == lua.LNil {
		return d
	}
	return c.integer(n)
}

// optStr is str, but nil and nothing are d.
func (c call) optStr(n int, d string) string {
	if c.L.Get(n) == lua.LNil {
		return d
	}
	return c.str(n)
}

func (c call) table(n int) *lua.LTable {
	t, ok := c.L.Get(n).(*lua.LTable)
	if !ok {
		c.expected(n, "table")
	}
	return t
}

func (c call) function(n int) *lua.LFunction {
	f, ok := c.L.Get(n).(*lua.LFunction)
	if !ok {
		c.expected(n, "function")
	}
	return f
}

// room sees to it that n results fit on the stack, or ends the call. gopher-lua
// lets a stack grow by small steps, each of which copies all of it.
func (c call) room(n int, why string) {
	if n <= 64 {
		return
	}
	if n > max(c.L.Options.RegistrySize, c.L.Options.RegistryMaxSize) {
		c.raise("%s", why)
	}
	defer func() {
		if recover() != nil { // other values leave too little of the stack
			c.raise("%s", why)
		}
	}()
	top := c.L.GetTop()
	c.L.SetTop(top + n)
	c.L.SetTop(top)
}

// optNumber is num, but nil and nothing are d.
func (c call) optNumber(n int, d float64) float64 {
	if c.L.Get(n) == lua.LNil {
		return d
	}
	return c.num(n)
}
