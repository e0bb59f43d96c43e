package stdlib

import (
	"math/big"

	lua "github.com/yuin/gopher-lua"
)

// setOperators puts the operators of Integers into their metatable.
func setOperators(L *lua.LState, meta *lua.LTable) {
	for event, op := range map[string]operator{
		"add": {"+", func(_ call, a, b *big.Int) { a.Add(a, b) }},
		"sub": {"-", func(_ call, a, b *big.Int) { a.Sub(a, b) }},
		"mul": {"*", func(_ call, a, b *big.Int) { a.Mul(a, b) }},
		"div": {"/", func(c call, a, b *big.Int) { floorDiv(c, a, b, new(big.Int)) }},
		"mod": {"%", func(c call, a, b *big.Int) { m := new(big.Int); floorDiv(c, a, b, m); a.Set(m) }},
		"pow": {"^", power},
	} {
		meta.RawSetString("__"+event, L.NewFunction(op.metamethod))
	}
	meta.RawSetString("__unm", L.NewFunction(func(L *lua.LState) int {
		L.SetTop(1)
		L.Insert(lua.LNumber(0), 1)
		return operator{"-", func(_ call, a, b *big.Int) { a.Sub(a, b) }}.metamethod(L)
	}))
	compare := func(test func(int) bool) *lua.LFunction {
		return L.NewFunction(func(L *lua.LState) int {
			c := call{L: L}
			a, b := c.operand(1), c.operand(2)
			L.Push(lua.LBool(test(a.big().Cmp(b.big()))))
			return 1
		})
	}
	meta.RawSetString("__eq", compare(func(order int) bool { return order == 0 }))
	meta.RawSetString("__lt", compare(func(order int) bool { return order < 0 }))
	meta.RawSetString("__le", compare(func(order int) bool { return order <= 0 }))
	meta.RawSetString("__tostring", L.NewFunction(func(L *lua.LState) int {
		L.Push(lua.LString(call{L, "tostring"}.u64().String()))
		return 1
	}))
	meta.RawSetString("__concat", L.NewFunction(func(L *lua.LState) int {
		L.Push(lua.LString(ToString(L, L.Get(1)).String() + ToString(L, L.Get(2)).String()))
		return 1
	}))
}

// operand returns operand n of an operator.
func (c call) operand(n int) Integer {
	i, why := wholeOf(c.L.Get(n))
	if why != "" {
		c.raise("bad operand of a u64 or i64 (%s)", why)
	}
	return i
}

// An operator changes a to the result.
type operator struct {
	symbol string
	apply  func(c call, a, b *big.Int)
}

// metamethod gives a u64 if one of the operands is one, else an i64.
func (o operator) metamethod(L *lua.LState) int {
	c := call{L: L}
	signed := true
	var operands [2]*big.Int
	for n := range operands {
		i := c.operand(n + 1)
		operands[n] = i.big()
		if _, object := L.Get(n + 1).(*lua.LUserData); object && !i.signed {
			signed = false
		}
	}
	result := new(big.Int).Set(operands[0])
	o.apply(c, result, operands[1])
	switch {
	case signed && result.IsInt64():
		return c.give(Integer{uint64(result.Int64()), true}.object(L))
	case !signed && result.IsUint64():
		return c.give(Integer{result.Uint64(), false}.object(L))
	}
	L.RaiseError("%s %s %s does not fit %s", operands[0], o.symbol, operands[1], Integer{signed: signed}.kind())
	return 0
}

// floorDiv rounds towards minus infinity, so that a == a/b*b + a%b and a%b has
// the sign of b, as Lua's % does.
func floorDiv(c call, a, b, remainder *big.Int) {
	if b.Sign() == 0 {
		c.raise("attempt to divide by zero")
	}
	a.QuoRem(a, b, remainder)
	if remainder.Sign() != 0 && remainder.Sign() != b.Sign() {
		a.Sub(a, big.NewInt(1))
		remainder.Add(remainder, b)
	}
}

func power(c call, a, b *big.Int) {
	if b.Sign() < 0 {
		c.raise("attempt to raise a whole number to the power of %s", b)
	}
	if b.BitLen() > 7 && a.BitLen() > 1 { // beyond 64 bits in any case
		b = big.NewInt(64 + int64(b.Bit(0)))
	}
	a.Exp(a, b, nil)
}
