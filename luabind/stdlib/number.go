package stdlib

import (
	"math"
	"strconv"
	"sync"

	lua "github.com/yuin/gopher-lua"
)

// FormatNumber writes n as Lua 5.1 does where a number becomes a text (manual
// 2.2.1): as C's "%.14g", with "inf", "-inf", "nan" and "-nan".
func FormatNumber(n float64) string {
	var buffer [24]byte
	return string(appendNumber(buffer[:0], n))
}

// numberValue returns n as a Lua value. Small ones are at hand and take no memory.
func numberValue(n int) lua.LValue {
	if small := smallNumbers(); 0 <= n && n < len(small) {
		return small[n]
	}
	return lua.LNumber(n)
}

var smallNumbers = sync.OnceValue(func() *[1024]lua.LValue {
	small := new([1024]lua.LValue)
	for i := range small {
		small[i] = lua.LNumber(i)
	}
	return small
})

func appendNumber(b []byte, n float64) []byte {
	// Whole numbers of up to 14 digits read the same either way, and faster this one.
	if i := int64(n); float64(i) == n && -1e14 < n && n < 1e14 && (i != 0 || !math.Signbit(n)) {
		return strconv.AppendInt(b, i, 10)
	}
	if word := unusual(n); word != "" {
		if math.Signbit(n) {
			b = append(b, '-')
		}
		return append(b, word...)
	}
	return strconv.AppendFloat(b, n, 'g', 14, 64)
}

// unusual returns C's word for what has no digits, without its sign; else "".
func unusual(n float64) string {
	switch {
	case math.IsInf(n, 0):
		return "inf"
	case math.IsNaN(n):
		return "nan"
	}
	return ""
}

// asString returns the text of a string or a number.
func asString(v lua.LValue) (string, bool) {
	switch v := v.(type) {
	case lua.LString:
		return string(v), true
	case lua.LNumber:
		return FormatNumber(float64(v)), true
	}
	return "", false
}

// toInt cuts the fraction of an argument. What is beyond all positions is the
// outermost one, so that math.huge means the end.
func toInt(n float64) int {
	switch {
	case n >= math.MaxInt:
		return math.MaxInt
	case n <= math.MinInt:
		return math.MinInt
	case n != n:
		return 0
	}
	return int(n)
}

// toInt64 cuts the fraction of a number to be printed. Beyond 64 bits it gives
// what the processor gives lua5.1 on 64-bit PCs, here on any machine.
func toInt64(n float64) int64 {
	if n >= -1<<63 && n < 1<<63 {
		return int64(n)
	}
	return math.MinInt64
}

// toUint64 is toInt64 for the conversions without sign: negative numbers wrap.
func toUint64(n float64) uint64 {
	if n >= 1<<63 {
		return uint64(toInt64(n-1<<63)) ^ 1<<63
	}
	return uint64(toInt64(n))
}
