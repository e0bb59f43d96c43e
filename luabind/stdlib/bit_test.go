package stdlib

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestBit(t *testing.T) {
	checkAll(t, [][2]string{
		{`return bit.tobit(0xffffffff), bit.tobit(2^32 + 1), bit.tobit(2.5), bit.tobit(3.5), bit.tobit("0x10")`, "-1 1 2 4 16"},
		{`return bit.band(0x12345678, 0xff), bit.bor(1, 2, 4), bit.bxor(0xa5a5f0f0, 0xaa55ff00), bit.bnot(0)`, "120 7 267390960 -1"},
		{`return bit.lshift(1, 33), bit.rshift(-256, 8), bit.arshift(-256, 8), bit.lshift(1, -1)`, "2 16777215 -1 -2147483648"},
		{`return bit.tohex(bit.rol(0x12345678, 12)), bit.tohex(bit.ror(0x12345678, 12)), bit.tohex(bit.bswap(0x12345678))`, "45678123 67812345 78563412"},
		{`return bit.tohex(1), bit.tohex(-1, 4), bit.tohex(-1, -4), bit.tohex(0x21, 1), bit.tohex(5, 0)`, "00000001 ffff FFFF 1 "},
		{`return bit.band()`, "! bad argument #1 to 'band' (number expected, got no value)"},
		{`return bit.lshift(1)`, "! bad argument #2 to 'lshift' (number expected, got no value)"},
		{`return bit.bor(1, {})`, "! bad argument #2 to 'bor' (number expected, got table)"},
		{`return bit.tobit("x")`, "! bad argument #1 to 'tobit' (number expected, got string)"},
		{`return bit.lshift(u64(1), 40), bit.bnot(u64(0)), bit.bnot(i64(0)), bit.arshift(i64(-8), 1), bit.rshift(i64(-1), 60)`, "1099511627776 18446744073709551615 -1 -4 15"},
		{`return bit.band(u64("0xffffffff00000000"), bit.lshift(u64(0xf), 32)), bit.tohex(u64(255)), bit.tohex(u64(255), 4), bit.bswap(u64(1))`, "64424509440 00000000000000ff 00ff 72057594037927936"},
		{`return bit.bor(u64(1), 0.5)`, "! bad argument #2 to 'bor' (number has no integer representation)"},
		{`return bit.bor(i64(1), u64(2)), bit.rol(u64(1), 63), bit.ror(u64(1), 1), bit.tobit(u64("0x1ffffffff"))`, "3 9223372036854775808 9223372036854775808 -1"},
	})
}

// TestBitAgainstLuaJIT runs random calls here and there.
func TestBitAgainstLuaJIT(t *testing.T) {
	seed := rand.Uint64()
	t.Log("seed", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	number := func() string {
		switch r.IntN(6) {
		case 0:
			return fmt.Sprint(r.IntN(70) - 35)
		case 1:
			return fmt.Sprintf("%d.5", r.IntN(1<<20)-1<<19)
		case 2:
			return fmt.Sprint(int64(r.Uint64()) >> 13)
		case 3:
			return fmt.Sprintf("%g", r.NormFloat64()*1e20)
		case 4:
			return fmt.Sprintf(`"%d"`, int32(r.Uint32()))
		}
		return fmt.Sprint(r.Uint32())
	}
	var calls []string
	for range 5000 {
		name := strings.Fields("tobit tohex bnot band bor bxor lshift rshift arshift rol ror bswap")[r.IntN(12)]
		args := []string{number()}
		switch name {
		case "band", "bor", "bxor":
			for range r.IntN(4) {
				args = append(args, number())
			}
		case "lshift", "rshift", "arshift", "rol", "ror":
			args = append(args, number())
		case "tohex":
			if r.IntN(2) == 0 {
				args = append(args, fmt.Sprint(r.IntN(30)-15))
			}
		}
		calls = append(calls, "bit."+name+"("+strings.Join(args, ", ")+")")
	}
	theirs := pipe(t, strings.Join(calls, "\n"), "luajit", "-e", "for line in io.lines() do print(loadstring('return '..line)()) end")
	L := byteState(t)
	for i, call := range calls {
		if got := eval(L, "return "+call); got != theirs[i] {
			t.Errorf("%s: %s, LuaJIT says %s", call, got, theirs[i])
		}
	}
}
