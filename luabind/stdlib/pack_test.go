package stdlib

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

func TestPack(t *testing.T) {
	checkAll(t, [][2]string{
		{`return tohex(string.pack("<i2 >i2 =i2", 258, 258, 258)), tohex(pack("B", 1)), tohex(("<I4"):pack(7))`, "020101020201 01 07000000"},
		{`return tohex(string.pack("bBhHiIlLjJT", -1, 255, -2, 2, -3, 3, -4, 4, -5, 5, 6))`,
			"ff" + "ff" + "feff" + "0200" + "fdffffff" + "03000000" + "fcffffffffffffff" + "0400000000000000" + "fbffffffffffffff" + "0500000000000000" + "0600000000000000"},
		{`return tohex(string.pack(">I3 i5 i16", 0x010203, -2, -1))`, "010203" + "fffffffffe" + strings.Repeat("ff", 16)},
		{`return string.unpack(">I3 i5 i16 I9", "\1\2\3\255\255\255\255\254" .. ("\255"):rep(16) .. "\0" .. ("\255"):rep(8))`, "66051 -2 -1 18446744073709551615 34"},
		{`return string.unpack("<i16", ("\255"):rep(15) .. "\127")`, "! 16-byte integer does not fit into 64 bits"},
		{`return string.unpack(">I9", ("\1"):rep(9))`, "! 9-byte integer does not fit into 64 bits"},
		{`return string.unpack("<f d n", string.pack("<f d n", 0.5, 0.1, -1e300))`, "0.5 0.1 -1e+300 21"},
		{`return string.unpack("z s1 s2 c3 x B", string.pack("z s1 s2 c3 x B", "ab", "cd", "", "e", 7))`, "ab cd  e\x00\x00 7 14"},
		{`return tohex(string.pack("!4 b i4 !2 b i4 Xh", 1, 2, 3, 4))`, "01000000" + "02000000" + "0300" + "04000000"},
		{`return tohex(string.pack("!8 b Xd B", 1, 2)), string.packsize("!8 b Xd d"), string.packsize("!b d")`, "010000000000000002 16 16"},
		{`return string.packsize("i4 c10 x <B"), string.packsize(""), string.packsize("!4 b i4 !1 i3")`, "16 0 11"},
		{`return string.packsize("s")`, "! bad argument #1 to 'packsize' (variable-size format in packsize)"},
		{`return string.packsize("z")`, "! bad argument #1 to 'packsize' (variable-size format in packsize)"},
		{`return string.packsize("c1073741825")`, "! bad argument #1 to 'packsize' (format result too large)"},
		{`return string.packsize("c99999999999999999999999")`, "! bad argument #1 to 'packsize' (format result too large)"},
		{`return string.pack("i17", 1)`, "! integral size (17) out of limits [1,16]"},
		{`return string.pack("I0", 1)`, "! integral size (0) out of limits [1,16]"},
		{`return string.pack("!17 i", 1)`, "! integral size (17) out of limits [1,16]"},
		{`return string.pack("c", "x")`, "! missing size for format option 'c'"},
		{`return string.pack("y", 1)`, "! invalid format option 'y'"},
		{`return string.pack("!4 i3", 1)`, "! bad argument #1 to 'pack' (format asks for alignment not power of 2)"},
		{`return string.pack("X")`, "! bad argument #1 to 'pack' (invalid next option for option 'X')"},
		{`return string.pack("Xz")`, "! bad argument #1 to 'pack' (invalid next option for option 'X')"},
		{`return string.pack("Xc1")`, "! bad argument #1 to 'pack' (invalid next option for option 'X')"},
		{`return string.pack("X ")`, "! bad argument #1 to 'pack' (invalid next option for option 'X')"},
		{`return string.pack("b", 128)`, "! bad argument #2 to 'pack' (integer overflow)"},
		{`return string.pack("b", -129)`, "! bad argument #2 to 'pack' (integer overflow)"},
		{`return string.pack("B", 256)`, "! bad argument #2 to 'pack' (unsigned overflow)"},
		{`return string.pack("I4", -1)`, "! bad argument #2 to 'pack' (unsigned overflow)"},
		{`return tohex(string.pack("<J", -1)), tohex(string.pack("<I8", u64("18446744073709551615")))`, "ffffffffffffffff ffffffffffffffff"},
		{`return string.pack("j", u64("18446744073709551615"))`, "! bad argument #2 to 'pack' (integer overflow)"},
		{`return string.pack("I8", 2^53)`, `! bad argument #2 to 'pack' (a number from 2^53 on may have lost digits; write u64("...") or i64("..."))`},
		{`return string.pack("i", 1.5)`, "! bad argument #2 to 'pack' (number has no integer representation)"},
		{`return string.pack("i")`, "! bad argument #2 to 'pack' (number expected, got no value)"},
		{`return string.pack("i i", 1, "x")`, `! bad argument #3 to 'pack' ("x" is no whole number)`},
		{`return string.pack("s", nil)`, "! bad argument #2 to 'pack' (string expected, got nil)"},
		{`return string.pack("c2", "abc")`, "! bad argument #2 to 'pack' (string longer than given size)"},
		{`return string.pack("s1", ("x"):rep(256))`, "! bad argument #2 to 'pack' (string length does not fit in given size)"},
		{`return string.pack("z", "a\0b")`, "! bad argument #2 to 'pack' (string contains zeros)"},
		{`return string.pack()`, "! bad argument #1 to 'pack' (string expected, got no value)"},
		{`return string.pack("B", "7"), string.unpack("B", 7)`, "\x07 55 2"},
		{`return string.unpack("B", "abc", 2), (string.unpack("B", "abc", -1)), string.unpack("", "abc", 4)`, "98 99 4"},
		{`return string.unpack("B", "abc", 4)`, "! bad argument #2 to 'unpack' (data string too short)"},
		{`return string.unpack("B", "abc", 5)`, "! bad argument #3 to 'unpack' (initial position out of string)"},
		{`return string.unpack("B", "abc", -4)`, "! bad argument #3 to 'unpack' (initial position out of string)"},
		{`return string.unpack("I4", "abc")`, "! bad argument #2 to 'unpack' (data string too short)"},
		{`return string.unpack("s1", "\5abc")`, "! bad argument #2 to 'unpack' (data string too short)"},
		{`return string.unpack("s8", ("\255"):rep(9))`, "! bad argument #2 to 'unpack' (data string too short)"},
		{`return string.unpack("z", "abc")`, "! bad argument #2 to 'unpack' (unfinished string for format 'z')"},
		{`return string.unpack("!4 b i4", "\1\0\0\0\2\0\0\0")`, "1 2 9"},
		{`return string.unpack("!4 i4", "x\0\0\0\2\0\0\0", 2)`, "2 9"},
		{`return string.unpack(("B"):rep(1100000), ("x"):rep(1100000))`, "! too many results"},
		{`local v = string.unpack("<i8", "\0\0\0\0\0\0\32\0") return v, type(v), type((string.unpack("<i8", "\255\255\255\255\255\255\31\0")))`, "9007199254740992 userdata number"},
		{`local b = buffer():pack(">I2 s1", 258, "ab") return b, b:unpack(">I2 s1"), b:unpack("B", -1)`, "\x01\x02\x02ab 258 98 6"},
		{`return buffer("x"):pack("!4 i4", 1):len(), string.unpack("s1", buffer("\2ab"))`, "8 ab 4"},
		{`return buffer("abc"):unpack("I4")`, "! bad argument #1 to 'unpack' (data string too short)"},
		{`return buffer("abc"):slice(1, 2):pack("I4", 1)`, "! pack: a view of 2 bytes has no room for 6"},
	})
}

// TestPackAgainstPython packs random values here and with struct, and reads both
// back.
func TestPackAgainstPython(t *testing.T) {
	seed := rand.Uint64()
	t.Log("seed", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	sizes := map[string]uint{"b": 8, "B": 8, "h": 16, "H": 16, "i": 32, "I": 32, "q": 64, "Q": 64}
	ours := strings.NewReplacer("q", "i8", "Q", "I8")
	var cases []string // format, tab, values
	for range 1500 {
		format, values := string("<>"[r.IntN(2)]), ""
		for range r.IntN(8) {
			letter := string("bBhHiIqQfd"[r.IntN(10)])
			value := fmt.Sprintf("%g", float32(r.NormFloat64()))
			if size, ok := sizes[letter]; ok && letter >= "a" {
				value = fmt.Sprint(int64(r.Uint64()) >> (64 - size) >> r.IntN(int(size)))
			} else if ok {
				value = fmt.Sprint(r.Uint64() >> (64 - size) >> r.IntN(int(size)))
			}
			format += letter
			values += "," + value
		}
		cases = append(cases, format+"\t"+strings.TrimPrefix(values, ","))
	}
	const program = `
import struct, sys
for line in sys.stdin:
    format, values = line.rstrip("\n").split("\t")
    integral = [f not in "fd" for f in format[1:]]
    values = [int(v) if i else float(v) for v, i in zip(values.split(","), integral)]
    print(struct.pack(format, *values).hex())
`
	theirs := pipe(t, strings.Join(cases, "\n"), "python3", "-c", program)
	L := byteState(t)
	for i, c := range cases {
		format, values, _ := strings.Cut(c, "\t")
		format = ours.Replace(format)
		quoted := ""
		for _, v := range strings.Split(values, ",") {
			if v != "" {
				quoted += fmt.Sprintf(", %q", v) // a text keeps its digits
			}
		}
		code := fmt.Sprintf("return tohex(string.pack(%q%s))", format, quoted)
		if got := eval(L, code); got != theirs[i] {
			t.Errorf("%s: %s, Python says %s", code, got, theirs[i])
		}
		code = fmt.Sprintf("local data = string.pack(%q%s) return data == string.pack(%q, string.unpack(%q, data)), string.packsize(%q) == #data", format, quoted, format, format, format)
		if got := eval(L, code); got != "true true" {
			t.Errorf("%s: %s", code, got)
		}
	}
}

// FuzzUnpack gives string.unpack any format and data. It must raise an error or
// give values, and values that it gives must pack to the same bytes where the
// format has no padding that may hold anything.
func FuzzUnpack(f *testing.F) {
	for _, format := range []string{"<i4", ">I2s1z", "!8bXdd", "c3xB", "i16", "s", "<f>d", "X", "!3i", "I99999999999999"} {
		f.Add(format, []byte("\x01\x02abc\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00"), 1)
	}
	f.Fuzz(func(t *testing.T, format string, data []byte, at int) {
		if len(format) > 100 {
			return
		}
		L := byteState(t)
		L.SetGlobal("format", lua.LString(format))
		L.SetGlobal("data", lua.LString(data))
		L.SetGlobal("at", lua.LNumber(at))
		got := eval(L, `local again = {string.unpack(format, data)}
again[#again] = nil
local packed = string.pack(format, unpack(again))
return packed == data:sub(1, #packed), string.unpack(format, data, at)`)
		if strings.Contains(got, "runtime error") {
			t.Fatalf("%q from %q: %s", format, data, got)
		}
		if strings.HasPrefix(got, "false") && !strings.ContainsAny(format, "xX!fdn") {
			t.Errorf("%q from %q packs to something else: %s", format, data, got)
		}
	})
}
