package stdlib

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"
)

func TestU64(t *testing.T) {
	checkAll(t, [][2]string{
		{`return u64("18446744073709551615"), u64(5), u64("0xff"), u64(" 7 "), u64(1, 2), u64(u64(9)), i64("-9223372036854775808"), i64("-0x10")`, "18446744073709551615 5 255 7 4294967298 9 -9223372036854775808 -16"},
		{`return u64("18446744073709551616")`, `! bad argument #1 to 'u64' ("18446744073709551616" has more than 64 bits)`},
		{`return u64(-1)`, "! bad argument #1 to 'u64' (-1 does not fit u64)"},
		{`return i64("9223372036854775808")`, "! bad argument #1 to 'i64' (9223372036854775808 does not fit i64)"},
		{`return i64(u64("18446744073709551615"))`, "! bad argument #1 to 'i64' (18446744073709551615 does not fit i64)"},
		{`return u64(1.5)`, "! bad argument #1 to 'u64' (number has no integer representation)"},
		{`return u64(2^53 - 1)`, "9007199254740991"},
		{`return u64(2^53)`, `! bad argument #1 to 'u64' (a number from 2^53 on may have lost digits; write u64("...") or i64("..."))`},
		{`return u64(0/0)`, "! bad argument #1 to 'u64' (number has no integer representation)"},
		{`return u64(1/0)`, "! bad argument #1 to 'u64' (number has no integer representation)"},
		{`return u64("")`, `! bad argument #1 to 'u64' ("" is no whole number)`},
		{`return u64("1e3")`, `! bad argument #1 to 'u64' ("1e3" is no whole number)`},
		{`return u64("--1")`, `! bad argument #1 to 'u64' ("--1" is no whole number)`},
		{`return u64()`, "! bad argument #1 to 'u64' (number expected, got no value)"},
		{`return u64({})`, "! bad argument #1 to 'u64' (number expected, got table)"},
		{`return u64(2^32, 0)`, "! bad argument #1 to 'u64' (4294967296 is not within 32 bits)"},
		{`return u64(0, -1)`, "! bad argument #2 to 'u64' (-1 is not within 32 bits)"},
		{`local u = u64("18446744073709551615") return u - 1, 1 + (u - 1), u / 10, u % 10, u64(2) ^ 63, u64(3) * "4"`, "18446744073709551614 18446744073709551615 1844674407370955161 5 9223372036854775808 12"},
		{`return u64("18446744073709551615") + 1`, "! 18446744073709551615 + 1 does not fit u64"},
		{`return u64(0) - 1`, "! 0 - 1 does not fit u64"},
		{`return -u64(5)`, "! 0 - 5 does not fit u64"},
		{`return -i64(5), -u64(0), -i64("-9223372036854775807")`, "-5 0 9223372036854775807"},
		{`return -i64("-9223372036854775808")`, "! 0 - -9223372036854775808 does not fit i64"},
		{`return u64(7) / 0`, "! attempt to divide by zero"},
		{`return u64(7) % 0`, "! attempt to divide by zero"},
		{`return u64(2) ^ 64`, "! 2 ^ 64 does not fit u64"},
		{`return u64(3) ^ u64("18446744073709551615")`, "! 3 ^ 18446744073709551615 does not fit u64"},
		{`return i64(-1) ^ u64("18446744073709551615"):number()`, `! bad operand of a u64 or i64 (a number from 2^53 on may have lost digits; write u64("...") or i64("..."))`},
		{`return i64(-1) ^ i64("9223372036854775807"), u64(1) ^ u64("18446744073709551615"), u64(0) ^ 0, u64(2) ^ 0`, "-1 1 1 1"},
		{`return u64(2) ^ -1`, "! attempt to raise a whole number to the power of -1"},
		{`return i64(-7) / 2, i64(-7) % 2, i64(7) / -2, i64(7) % -2, i64(-8) / 2, i64(-8) % 2`, "-4 1 -4 -1 -4 0"},
		{`return u64(5) + i64(-3), i64(-3) + u64(5), i64(-3) + 5`, "2 2 2"},
		{`return i64(-5) + u64(3)`, "! -5 + 3 does not fit u64"},
		{`return u64(1) + 0.5`, "! bad operand of a u64 or i64 (number has no integer representation)"},
		{`return u64(1) + {}`, "! bad operand of a u64 or i64 (number expected, got table)"},
		{`return u64(5) == u64(5), u64(5) == i64(5), u64(5) == 5, u64(1) < u64(2), i64(-1) < u64(0), u64(2) <= u64(2), u64(3) > u64(4)`, "true true false true true true false"},
		{`return u64(1) < 2`, "! attempt to compare userdata with number"},
		{`return u64(10) .. "!", "n=" .. i64(-1)`, "10! n=-1"},
		{`return u64("18446744073709551615"):number() == 2^64, u64(5):number() + 0.5, u64("0x100000002"):split()`, "true 5.5 1 2"},
		{`return u64(5).number("x")`, "! bad argument #1 to 'number' (u64 or i64 expected, got string)"},
		{`return #u64(5)`, "! __len undefined"},
		{`return u64(5).x`, "nil"},
	})
}

// TestU64Arithmetic compares random operations with math/big: the exact result or
// an error, never anything else.
func TestU64Arithmetic(t *testing.T) {
	seed := rand.Uint64()
	t.Log("seed", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	L := byteState(t)
	for range 5000 {
		kind, a, b := "u64", new(big.Int).SetUint64(r.Uint64()>>r.IntN(64)), new(big.Int).SetUint64(r.Uint64()>>r.IntN(64))
		if r.IntN(2) == 0 {
			kind, a, b = "i64", big.NewInt(int64(r.Uint64())>>r.IntN(64)), big.NewInt(int64(r.Uint64())>>r.IntN(64))
		}
		op := string("+-*/%"[r.IntN(5)])
		want := new(big.Int)
		switch op {
		case "+":
			want.Add(a, b)
		case "-":
			want.Sub(a, b)
		case "*":
			want.Mul(a, b)
		default:
			if b.Sign() == 0 {
				continue
			}
			quotient, rest := new(big.Int).DivMod(a, b, new(big.Int))
			if rest.Sign() != 0 && b.Sign() < 0 { // DivMod's rest is never negative, Lua's has the sign of b
				quotient.Sub(quotient, big.NewInt(1))
				rest.Add(rest, b)
			}
			if want = quotient; op == "%" {
				want = rest
			}
		}
		text := want.String()
		if kind == "u64" && !want.IsUint64() || kind == "i64" && !want.IsInt64() {
			text = fmt.Sprintf("! %s %s %s does not fit %s", a, op, b, kind)
		}
		if got := eval(L, fmt.Sprintf(`return %s"%s" %s %s"%s"`, kind, a, op, kind, b)); got != text {
			t.Errorf("%s %s %s %s: got %s, want %s", kind, a, op, b, got, text)
		}
		if got := eval(L, fmt.Sprintf(`local a, b = %s"%s", %s"%s" return a < b, a <= b, a == b`, kind, a, kind, b)); got != fmt.Sprint(a.Cmp(b) < 0, a.Cmp(b) <= 0, a.Cmp(b) == 0) {
			t.Errorf("%s compared with %s: %s", a, b, got)
		}
	}
}
