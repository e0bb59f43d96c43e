package stdlib

import (
	"math"
	"math/bits"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// tobit wraps a number to 32 bits as BitOp does: it is rounded to the nearest
// whole number, halves to even, and taken modulo 2^32. Beyond 2^51 the result
// is BitOp's too, and as meaningless.
func tobit(f float64) int32 {
	const mantissa = 1<<52 + 1<<51 // puts the ones into the lowest bit
	return int32(uint32(math.Float64bits(f + mantissa)))
}

// bitsOf returns the bits of argument n: of a number 32, sign-extended, or, where
// the operation is wide, all 64.
func (c call) bitsOf(n int, wide bool) uint64 {
	if i, ok := c.isInteger(n); ok {
		return i.bits
	}
	if wide {
		return c.whole(n).bits
	}
	return uint64(int64(tobit(c.num(n))))
}

func (c call) isInteger(n int) (Integer, bool) {
	if ud, ok := c.arg(n).(*lua.LUserData); ok {
		i, ok := ud.Value.(Integer)
		return i, ok
	}
	return Integer{}, false
}

// giveBits returns the result of an operation: a number of 32 bits with sign, or
// an Integer like the operand it is made from.
func (c call) giveBits(v uint64, like Integer, wide bool) int {
	if wide {
		return c.give(Integer{v, like.signed}.object(c.L))
	}
	return c.give(lua.LNumber(int32(v)))
}

// bitwise are the functions of Mike Pall's BitOp, as in LuaJIT: on numbers they work
// on 32 bits and give numbers with sign; with a u64 or i64 they work on 64.
func bitwise() []Function {
	fold := func(usage, summary string, op func(a, b uint64) uint64) Function {
		return function(usage, summary, func(c call) int {
			like, wide := Integer{signed: true}, false
			for n := 1; n <= c.L.GetTop(); n++ {
				if i, ok := c.isInteger(n); ok {
					like.signed, wide = like.signed && i.signed, true
				}
			}
			v := c.bitsOf(1, wide)
			for n := 2; n <= c.L.GetTop(); n++ {
				v = op(v, c.bitsOf(n, wide))
			}
			return c.giveBits(v, like, wide)
		})
	}
	one := func(usage, summary string, narrow func(uint32) uint32, wide func(uint64) uint64) Function {
		return function(usage, summary, func(c call) int {
			if i, ok := c.isInteger(1); ok {
				return c.giveBits(wide(i.bits), i, true)
			}
			return c.giveBits(uint64(narrow(uint32(c.bitsOf(1, false)))), Integer{}, false)
		})
	}
	shift := func(usage, summary string, narrow func(uint32, int) uint32, wide func(uint64, int) uint64) Function {
		return function(usage, summary, func(c call) int {
			if i, ok := c.isInteger(1); ok {
				return c.giveBits(wide(i.bits, int(c.bitsOf(2, false)&63)), i, true)
			}
			v := uint32(c.bitsOf(1, false))
			return c.giveBits(uint64(narrow(v, int(c.bitsOf(2, false)&31))), Integer{}, false)
		})
	}
	return []Function{
		function("bit.tobit(x)", "x as 32 bits with sign, which is what all of bit.* gives", func(c call) int {
			return c.giveBits(c.bitsOf(1, false), Integer{}, false)
		}).detailed("With a u64 or i64 the others work on 64 bits and give such a value."),
		function("bit.tohex(x [, digits])", "hexadecimal digits, 8 or so many; upper case if negative", tohex),
		one("bit.bnot(x)", "every bit turned over", func(v uint32) uint32 { return ^v }, func(v uint64) uint64 { return ^v }),
		fold("bit.band(x, ...)", "bitwise and", func(a, b uint64) uint64 { return a & b }),
		fold("bit.bor(x, ...)", "bitwise or", func(a, b uint64) uint64 { return a | b }),
		fold("bit.bxor(x, ...)", "bitwise exclusive or", func(a, b uint64) uint64 { return a ^ b }),
		shift("bit.lshift(x, n)", "shift to the left; n counts modulo 32",
			func(v uint32, n int) uint32 { return v << n }, func(v uint64, n int) uint64 { return v << n }),
		shift("bit.rshift(x, n)", "shift to the right, zeros come in",
			func(v uint32, n int) uint32 { return v >> n }, func(v uint64, n int) uint64 { return v >> n }),
		shift("bit.arshift(x, n)", "shift to the right, the sign stays",
			func(v uint32, n int) uint32 { return uint32(int32(v) >> n) }, func(v uint64, n int) uint64 { return uint64(int64(v) >> n) }),
		shift("bit.rol(x, n)", "rotate to the left", bits.RotateLeft32, bits.RotateLeft64),
		shift("bit.ror(x, n)", "rotate to the right",
			func(v uint32, n int) uint32 { return bits.RotateLeft32(v, -n) }, func(v uint64, n int) uint64 { return bits.RotateLeft64(v, -n) }),
		one("bit.bswap(x)", "the bytes in reverse order", bits.ReverseBytes32, bits.ReverseBytes64),
	}
}

// maxDigits is the most that bit.tohex pads to, as in LuaJIT.
const maxDigits = 254

func tohex(c call) int {
	v, digits := c.bitsOf(1, false)&math.MaxUint32, 8
	if i, ok := c.isInteger(1); ok {
		v, digits = i.bits, 16
	}
	if c.given(2) {
		digits = int(tobit(c.num(2)))
	}
	upper := digits < 0
	if upper {
		digits = -digits
	}
	if digits = min(digits, maxDigits); digits < 0 {
		digits = maxDigits // of -2^31, which has no opposite
	}
	if digits < 16 {
		v &= 1<<(4*digits) - 1
	}
	text := strconv.FormatUint(v, 16)
	if digits == 0 {
		text = ""
	}
	text = strings.Repeat("0", max(digits-len(text), 0)) + text
	if upper {
		text = strings.ToUpper(text)
	}
	return c.give(lua.LString(text))
}
