package stdlib

import (
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"socksh/luabind/source"
)

// OpenBase puts the basic functions (manual 5.1) into the globals, but for those
// that need files or protected calls; and takes out what Lua 5.1 does not have.
func OpenBase(L *lua.LState) {
	g := L.G.Global
	for name, f := range map[string]func(call) int{
		"assert":         baseAssert,
		"collectgarbage": (&collector{200, 200}).collectgarbage,
		"error":          baseError,
		"gcinfo":         gcinfo,
		"getfenv":        baseGetfenv,
		"rawset":         baseRawset,
		"select":         baseSelect,
		"setfenv":        baseSetfenv,
		"setmetatable":   baseSetmetatable,
		"tonumber":       baseTonumber,
		"tostring":       baseTostring,
		"unpack":         unpack,
	} {
		g.RawSetString(name, L.NewFunction(goFunction(name, f)))
	}
	for _, name := range []string{"_printregs", "newproxy", "_GOPHER_LUA_VERSION"} {
		g.RawSetString(name, lua.LNil)
	}
}

// some takes an argument that must be there, if only as nil.
func (c call) some(n int) lua.LValue {
	if n > c.L.GetTop() {
		c.fail(n, "value expected")
	}
	return c.L.Get(n)
}

// baseAssert is assert(v [, message]). A message that is no text is the error's
// value, as in later Lua: there is no other way to hand on an error value.
func baseAssert(c call) int {
	if lua.LVAsBool(c.some(1)) {
		return c.L.GetTop()
	}
	message := c.arg(2)
	if text, ok := asString(message); ok {
		c.raise("%s", text)
	}
	if message == lua.LNil {
		c.raise("assertion failed!")
	}
	c.L.Error(message, 0)
	return 0
}

// baseError is error(value [, level]).
func baseError(c call) int {
	value := c.arg(1)
	level := c.optInteger(2, 1)
	if text, ok := asString(value); ok && level > 0 {
		value = lua.LString(c.where(level) + text)
	}
	c.L.Error(value, 0)
	return 0
}

// where returns "file:line: " of the running function's level-th caller, "" if that
// is none of Lua.
func (c call) where(level int) string {
	frame, ok := c.L.GetStack(level)
	if !ok {
		return ""
	}
	if _, err := c.L.GetInfo("Sl", frame, lua.LNil); err != nil || frame.CurrentLine <= 0 {
		return ""
	}
	return frame.Source + ":" + strconv.Itoa(frame.CurrentLine) + ": "
}

// baseSelect is select(n, ...) and select("#", ...).
func baseSelect(c call) int {
	n := c.L.GetTop()
	if c.arg(1) == lua.LString("#") {
		return c.push(numberValue(n - 1))
	}
	i := c.integer(1)
	if i < 0 {
		i += n
	}
	if i < 1 {
		c.fail(1, "index out of range")
	}
	return max(n-i, 0)
}

// baseTonumber is tonumber(v [, base]). A sign is understood in any base, as by later
// Lua.
func baseTonumber(c call) int {
	base := c.optInteger(2, 10)
	if base == 10 {
		switch v := c.some(1).(type) {
		case lua.LNumber:
			return c.push(v)
		case lua.LString:
			if n, ok := source.ParseNumber(string(v)); ok {
				return c.push(lua.LNumber(n))
			}
		}
		return c.push(lua.LNil)
	}
	text := strings.ToLower(strings.Trim(c.str(1), " \t\n\v\f\r"))
	if base < 2 || base > 36 {
		c.fail(2, "base out of range")
	}
	text, negative := strings.CutPrefix(text, "-")
	if base == 16 {
		text = strings.TrimPrefix(text, "0x")
	}
	n := 0.0
	for _, b := range []byte(text) {
		digit := int(b) - '0'
		if 'a' <= b && b <= 'z' {
			digit = int(b) - 'a' + 10
		}
		if digit < 0 || digit >= base {
			return c.push(lua.LNil)
		}
		n = n*float64(base) + float64(digit)
	}
	switch {
	case text == "":
		return c.push(lua.LNil)
	case negative:
		n = -n
	}
	return c.push(lua.LNumber(n))
}

func baseTostring(c call) int { return c.push(ToString(c.L, c.some(1))) }

// ToString is tostring(v): a text as a rule, but whatever a metamethod gives.
func ToString(L *lua.LState, v lua.LValue) lua.LValue {
	switch v := v.(type) {
	case lua.LString:
		return v
	case lua.LNumber:
		return lua.LString(FormatNumber(float64(v)))
	}
	return L.ToStringMeta(v)
}

func baseRawset(c call) int {
	t := c.table(1)
	c.L.RawSet(t, c.some(2), c.some(3))
	return c.push(t)
}

func baseSetmetatable(c call) int {
	t := c.table(1)
	meta := c.arg(2)
	if meta.Type() != lua.LTTable && (meta != lua.LNil || c.L.GetTop() < 2) {
		c.fail(2, "nil or table expected")
	}
	if old, ok := t.Metatable.(*lua.LTable); ok && old.RawGetString("__metatable") != lua.LNil {
		c.raise("cannot change a protected metatable")
	}
	t.Metatable = meta
	return c.push(t)
}

// fenvTarget is the function that getfenv and setfenv mean; nil for the thread's
// globals.
func (c call) fenvTarget() *lua.LFunction {
	if f, ok := c.arg(1).(*lua.LFunction); ok {
		return f
	}
	level := c.optInteger(1, 1)
	if level == 0 {
		return nil
	}
	frame, ok := c.L.GetStack(level)
	if level < 0 || !ok {
		c.fail(1, "invalid level")
	}
	f, _ := c.L.GetInfo("f", frame, lua.LNil)
	return f.(*lua.LFunction)
}

func baseGetfenv(c call) int {
	f := c.fenvTarget()
	if f == nil || f.IsG {
		return c.push(c.L.Env)
	}
	return c.push(f.Env)
}

func baseSetfenv(c call) int {
	env := c.table(2)
	f := c.fenvTarget()
	switch {
	case f == nil:
		c.L.Env = env
		return 0
	case f.IsG:
		c.raise("'setfenv' cannot change environment of given object")
	}
	f.Env = env
	return c.push(f)
}
