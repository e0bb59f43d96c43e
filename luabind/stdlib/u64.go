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

// whole returns argument n.
func (c call) whole(n int) Integer {
	if c.arg(n) == lua.LNil {
		c.expected(n, "number")
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
			return c.give(lua.LNumber(c.u64().float()))
		}),
		function("u64:split()", "the upper and the lower 32 bits, as two numbers", func(c call) int {
			i := c.u64()
			return c.give(lua.LNumber(i.bits>>32), lua.LNumber(uint32(i.bits)))
		}),
	}
	setOperators(L, methods(L, metaInteger, rows))
	return append([]Function{
		function("u64(x [, low])", "a whole number from 0 to 2^64-1, exact", func(c call) int {
			if !c.given(2) {
				return c.toKind(false)
			}
			high, low := c.whole(1), c.whole(2)
			for n, half := range []Integer{high, low} {
				if half.bits > math.MaxUint32 {
					c.bad(n+1, "%s is not within 32 bits", half)
				}
			}
			return c.give(Integer{high.bits<<32 | low.bits, false}.object(c.L))
		}).detailed(`x is a number below 2^53, a text such as "18446744073709551615" or "0xff", or with low the upper of two halves of 32 bits. ` +
			"+ - * % ^ give all digits, / rounds down, and what does not fit is an error. Numbers take part where they are whole. " +
			"== and < compare it with its like only: write u == u64(5). bit.* works on its 64 bits."),
		function("i64(x)", "the same from -2^63 to 2^63-1; see u64", func(c call) int { return c.toKind(true) }),
	}, rows...)
}

// toKind is u64(x) and i64(x).
func (c call) toKind(signed bool) int {
	i := c.whole(1)
	out, ok := i.as(signed)
	if !ok {
		c.bad(1, "%s does not fit %s", i, out.kind())
	}
	return c.give(out.object(c.L))
}

// integer returns the Integer that a method is called on.
func (c call) u64() Integer {
	if ud, ok := c.L.Get(1).(*lua.LUserData); ok {
		if i, ok := ud.Value.(Integer); ok {
			return i
		}
	}
	c.expected(1, "u64 or i64")
	return Integer{}
}
