package stdlib

import (
	"math"
	"math/big"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// An Integer is a whole number of 64 bits. Lua's numbers are doubles, exact below
// 2^53 only; scripts get an Integer, of u64 or i64, where that is not enough.
//
// It never loses a digit: what does not fit raises an error instead of wrapping
// around, and a number takes part only if it is whole and below 2^53.
type Integer struct {
	bits   uint64
	signed bool
}

// maxExact is the last double that only one whole number is written as.
const maxExact = 1<<53 - 1

// metaInteger names the metatable of both kinds: Lua compares two values with
// __lt only if they share it.
const metaInteger = "socksh.integer"

// String returns all digits.
func (i Integer) String() string {
	if i.signed {
		return strconv.FormatInt(int64(i.bits), 10)
	}
	return strconv.FormatUint(i.bits, 10)
}

// kind is the name of the function that makes such an Integer.
func (i Integer) kind() string {
	if i.signed {
		return "i64"
	}
	return "u64"
}

// float returns the nearest double.
func (i Integer) float() float64 {
	if i.signed {
		return float64(int64(i.bits))
	}
	return float64(i.bits)
}

func (i Integer) big() *big.Int {
	if i.signed {
		return big.NewInt(int64(i.bits))
	}
	return new(big.Int).SetUint64(i.bits)
}

// as returns i as the other kind, if it fits.
func (i Integer) as(signed bool) (Integer, bool) {
	return Integer{i.bits, signed}, i.signed == signed || i.bits <= math.MaxInt64
}

// value returns what a script gets for i: a number if it is exact.
func (i Integer) value(L *lua.LState) lua.LValue {
	if i.bits <= maxExact || i.signed && -i.bits <= maxExact {
		return lua.LNumber(i.float())
	}
	return i.object(L)
}

// object returns i as a value of u64 or i64, however small.
func (i Integer) object(L *lua.LState) lua.LValue {
	return &lua.LUserData{Value: i, Metatable: L.GetTypeMetatable(metaInteger), Env: L.Env}
}

// wholeOf returns v as an Integer, or what it is instead.
func wholeOf(v lua.LValue) (i Integer, why string) {
	switch v := v.(type) {
	case lua.LNumber:
		f := float64(v)
		switch {
		case f != math.Trunc(f) || math.IsInf(f, 0):
			return i, "number has no integer representation"
		case math.Abs(f) > maxExact:
			return i, `a number from 2^53 on may have lost digits; write u64("...") or i64("...")`
		}
		return Integer{uint64(int64(f)), true}, ""
	case lua.LString:
		return parseWhole(string(v))
	case *lua.LUserData:
		if i, ok := v.Value.(Integer); ok {
			return i, ""
		}
	}
	return i, "number expected, got " + v.Type().String()
}

// parseWhole reads decimal digits, or hexadecimal ones after 0x. What fits no
// i64 is a u64.
func parseWhole(text string) (i Integer, why string) {
	digits, base := strings.Trim(text, " \t\r\n\v\f"), 10
	digits, negative := strings.CutPrefix(digits, "-")
	if len(digits) > 2 && (digits[:2] == "0x" || digits[:2] == "0X") {
		digits, base = digits[2:], 16
	}
	u, err := strconv.ParseUint(digits, base, 64)
	switch {
	case err != nil && err.(*strconv.NumError).Err == strconv.ErrRange, err == nil && negative && u > 1<<63:
		return i, strconv.Quote(text) + " has more than 64 bits"
	case err != nil:
		return i, strconv.Quote(text) + " is no whole number"
	case negative:
		u = -u
	}
	return Integer{u, negative || u <= math.MaxInt64}, ""
}

// parseFloat reads a text as Lua does where it expects a number.
func parseFloat(text string) (float64, bool) {
	if i, why := parseWhole(text); why == "" {
		return i.float(), true
	}
	if strings.ContainsAny(text, "nN_pP") { // Go's inf, nan, 1_000 and 0x1p4
		return 0, false
	}
	f, err := strconv.ParseFloat(strings.Trim(text, " \t\r\n\v\f"), 64)
	return f, err == nil || math.IsInf(f, 0)
}

// whole returns argument n.
func (c call) whole(n int) Integer {
	if c.arg(n) == lua.LNil {
		c.wrong(n, "number")
	}
	i, why := wholeOf(c.arg(n))
	if why != "" {
		c.bad(n, "%s", why)
	}
	return i
}

func integers(L *lua.LState) []Function {
	rows := []Function{
		function("u64:number()", "the nearest number; from 2^53 on it may have fewer digits", func(c call) int {
			return c.give(lua.LNumber(c.integer().float()))
		}),
		function("u64:split()", "the upper and the lower 32 bits, as two numbers", func(c call) int {
			i := c.integer()
			return c.give(lua.LNumber(i.bits>>32), lua.LNumber(uint32(i.bits)))
		}),
	}
	meta := methods(L, metaInteger, rows)
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
			c := call{LState: L}
			a, b := c.operand(1), c.operand(2)
			L.Push(lua.LBool(test(a.big().Cmp(b.big()))))
			return 1
		})
	}
	meta.RawSetString("__eq", compare(func(order int) bool { return order == 0 }))
	meta.RawSetString("__lt", compare(func(order int) bool { return order < 0 }))
	meta.RawSetString("__le", compare(func(order int) bool { return order <= 0 }))
	meta.RawSetString("__tostring", L.NewFunction(func(L *lua.LState) int {
		L.Push(lua.LString(call{LState: L}.integer().String()))
		return 1
	}))
	meta.RawSetString("__concat", L.NewFunction(func(L *lua.LState) int {
		L.Push(lua.LString(L.ToStringMeta(L.Get(1)).String() + L.ToStringMeta(L.Get(2)).String()))
		return 1
	}))
	return append([]Function{
		function("u64(x [, low])", "a whole number from 0 to 2^64-1, exact", func(c call) int {
			if !c.given(2) {
				return c.convert(false)
			}
			high, low := c.whole(1), c.whole(2)
			for n, half := range []Integer{high, low} {
				if half.bits > math.MaxUint32 {
					c.bad(n+1, "%s is not within 32 bits", half)
				}
			}
			return c.give(Integer{high.bits<<32 | low.bits, false}.object(c.LState))
		}).detailed(`x is a number below 2^53, a text such as "18446744073709551615" or "0xff", or with low the upper of two halves of 32 bits. ` +
			"+ - * % ^ give all digits, / rounds down, and what does not fit is an error. Numbers take part where they are whole. " +
			"== and < compare it with its like only: write u == u64(5). bit.* works on its 64 bits."),
		function("i64(x)", "the same from -2^63 to 2^63-1; see u64", func(c call) int { return c.convert(true) }),
	}, rows...)
}

// convert is u64(x) and i64(x).
func (c call) convert(signed bool) int {
	i := c.whole(1)
	out, ok := i.as(signed)
	if !ok {
		c.bad(1, "%s does not fit %s", i, out.kind())
	}
	return c.give(out.object(c.LState))
}

// integer returns the Integer that a method is called on.
func (c call) integer() Integer {
	if ud, ok := c.Get(1).(*lua.LUserData); ok {
		if i, ok := ud.Value.(Integer); ok {
			return i
		}
	}
	c.RaiseError("calling '%s' on bad self", c.name)
	return Integer{}
}

// operand returns operand n of an operator.
func (c call) operand(n int) Integer {
	i, why := wholeOf(c.Get(n))
	if why != "" {
		c.RaiseError("bad operand of a u64 or i64 (%s)", why)
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
	c := call{LState: L}
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
		c.RaiseError("attempt to divide by zero")
	}
	a.QuoRem(a, b, remainder)
	if remainder.Sign() != 0 && remainder.Sign() != b.Sign() {
		a.Sub(a, big.NewInt(1))
		remainder.Add(remainder, b)
	}
}

func power(c call, a, b *big.Int) {
	if b.Sign() < 0 {
		c.RaiseError("attempt to raise a whole number to the power of %s", b)
	}
	if b.BitLen() > 7 && a.BitLen() > 1 { // beyond 64 bits in any case
		b = big.NewInt(64 + int64(b.Bit(0)))
	}
	a.Exp(a, b, nil)
}
