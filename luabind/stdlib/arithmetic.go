package stdlib

import (
	"math"

	lua "github.com/yuin/gopher-lua"

	"socksh/luabind/source"
)

// openArithmetic gives texts that stand for numbers their arithmetic (manual 2.2.1).
// gopher-lua asks a metamethod first, and reads the text as Go does only without
// one: "010" as eight.
func openArithmetic(L *lua.LState, meta *lua.LTable) {
	for event, f := range map[string]func(a, b float64) float64{
		"__add": func(a, b float64) float64 { return a + b },
		"__sub": func(a, b float64) float64 { return a - b },
		"__mul": func(a, b float64) float64 { return a * b },
		"__div": func(a, b float64) float64 { return a / b },
		"__mod": modulo,
		"__pow": math.Pow,
		"__unm": func(a, _ float64) float64 { return -a },
	} {
		meta.RawSetString(event, L.NewFunction(goFunction(event, func(c call) int { return c.arithmetic(event, f) })))
	}
}

// arithmetic is an operator on two values of which one is a text: on the numbers
// that they stand for, else by the metamethod of the other value.
func (c call) arithmetic(event string, f func(a, b float64) float64) int {
	a, b := c.arg(1), c.arg(2)
	if event == "__unm" {
		b = a
	}
	x, aIsNumber := asNumber(a)
	y, bIsNumber := asNumber(b)
	if aIsNumber && bIsNumber {
		return c.push(lua.LNumber(f(x, y)))
	}
	for _, v := range []lua.LValue{a, b} {
		if v.Type() == lua.LTString {
			continue
		}
		if meta := c.L.GetMetaField(v, event); meta != lua.LNil {
			c.L.Push(meta)
			c.L.Push(a)
			c.L.Push(b)
			c.L.Call(2, 1)
			return 1
		}
	}
	if aIsNumber {
		a = b
	}
	c.raise("attempt to perform arithmetic on a %s value", a.Type())
	return 0
}

// asNumber returns the number that a number or a text is.
func asNumber(v lua.LValue) (float64, bool) {
	switch v := v.(type) {
	case lua.LNumber:
		return float64(v), true
	case lua.LString:
		return source.ParseNumber(string(v))
	}
	return 0, false
}

// modulo is the operator %: what is left of a has the sign of b.
func modulo(a, b float64) float64 {
	rest := math.Mod(a, b)
	if rest != 0 && (rest < 0) != (b < 0) {
		rest += b
	}
	if rest == 0 {
		return 0 // and not -0
	}
	return rest
}
