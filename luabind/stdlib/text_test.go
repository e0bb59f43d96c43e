package stdlib

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

func TestHex(t *testing.T) {
	checkAll(t, [][2]string{
		{`return hex"48 65 6C:6c\n6f\t\r", hex"", #hex"00ff"`, "Hello  2"},
		{`return hex"4g"`, "! bad argument #1 to 'hex' ('g' at 2 is no hex digit)"},
		{`return hex"\255"`, `! bad argument #1 to 'hex' ('\xff' at 1 is no hex digit)`},
		{`return hex"123"`, "! bad argument #1 to 'hex' (the number of hex digits is odd)"},
		{`return tohex("He\0\255"), tohex("He", " "), tohex(""), tohex("abc", ", "), tohex(buffer("xy"))`, "486500ff 48 65  61, 62, 63 7879"},
		{`return tohex()`, "! bad argument #1 to 'tohex' (string expected, got no value)"},
		{`return hexdump("")`, ""},
		{`return hexdump("Hello, world!\n\0\255x")`, "00000000  48 65 6c 6c 6f 2c 20 77  6f 72 6c 64 21 0a 00 ff  |Hello, world!...|\n" +
			"00000010  78                                                |x|"},
	})
}

func TestBase64(t *testing.T) {
	checkAll(t, [][2]string{
		{`return base64.encode(""), base64.encode("f"), base64.encode("fo"), base64.encode("foo"), base64.encode("\251\255", "url"), base64.encode("\251\255")`, " Zg== Zm8= Zm9v -_8 +/8="},
		{`return base64.decode("Zg=="), base64.decode("Zm9v"), base64.decode("-_8", "url") == "\251\255", base64.decode("-_8=", "url") == "\251\255"`, "f foo true true"},
		{`return base64.decode("Zm9v!")`, "! bad argument #1 to 'decode' ('!' at 5 is no base64)"},
		{`return base64.decode("-_8=")`, "! bad argument #1 to 'decode' ('-' at 1 is no base64)"},
		{`return base64.decode("Zm 9v")`, "! bad argument #1 to 'decode' (' ' at 3 is no base64)"},
		{`return base64.decode("Zm9v\n")`, `! bad argument #1 to 'decode' ('\x0a' at 5 is no base64)`},
		{`return base64.decode("Zg")`, "! bad argument #1 to 'decode' (from 1 on the base64 is incomplete, or has bits that mean nothing)"},
		{`return base64.decode("Zm9vZh==")`, "! bad argument #1 to 'decode' (from 7 on the base64 is incomplete, or has bits that mean nothing)"},
		{`return base64.decode("Zg==Zg==")`, "! bad argument #1 to 'decode' (from 5 on the base64 is incomplete, or has bits that mean nothing)"},
		{`return base64.encode("x", "mime")`, `! bad argument #2 to 'encode' (the only other alphabet is "url")`},
	})
}

func TestChecksums(t *testing.T) {
	checkAll(t, [][2]string{
		{`return crc32("123456789"), crc32(""), crc32("56789", crc32("1234")), crc32(buffer("123456789"))`, "3421780262 0 3421780262 3421780262"},
		{`return adler32("Wikipedia"), adler32("")`, "300286872 1"},
		// RFC 1071, section 3: the sum is ddf2.
		{`return bit.tohex(inet_checksum(hex"0001 f203 f4f5 f6f7"), 4), inet_checksum(""), inet_checksum("\255\255"), inet_checksum("a")`, "220d 65535 0 40703"},
		{`local d = ("x"):rep(33) return inet_checksum(d) == inet_checksum(d:sub(11), inet_checksum(d:sub(1, 10)))`, "true"},
		{`return tohex(sha256("abc"))`, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{`return crc32("x", 2^32)`, "! bad argument #2 to 'crc32' (4294967296 is not within 0 to 4294967295)"},
		{`return inet_checksum("x", -1)`, "! bad argument #2 to 'inet_checksum' (-1 is not within 0 to 65535)"},
		{`return crc32()`, "! bad argument #1 to 'crc32' (string expected, got no value)"},
	})
}

// TestTextsAgainstPython compares checksums and text forms of random data of many
// lengths with Python's.
func TestTextsAgainstPython(t *testing.T) {
	seed := rand.Uint64()
	t.Log("seed", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	var rows, digits []string
	for i := range 300 {
		data := make([]byte, i)
		if i > 200 {
			data = make([]byte, r.IntN(5000))
		}
		for k := range data {
			data[k] = byte(r.Uint32())
		}
		digits = append(digits, fmt.Sprintf("%x", data))
	}
	const program = `
import base64, hashlib, sys, zlib
def inet(data):
    s = sum((a << 8) + b for a, b in zip(data[::2], data[1::2])) + (data[-1] << 8 if len(data) % 2 else 0)
    while s > 65535: s = (s >> 16) + (s & 65535)
    return 65535 - s
for line in sys.stdin:
    d = bytes.fromhex(line)
    print(zlib.crc32(d), zlib.adler32(d), inet(d), hashlib.sha256(d).hexdigest(), base64.b64encode(d).decode(), base64.urlsafe_b64encode(d).decode().rstrip("="))
`
	rows = pipe(t, strings.Join(digits, "\n")+"\n", "python3", "-c", program)
	L := byteState(t)
	for i, d := range digits {
		L.SetGlobal("digits", lua.LString(d))
		got := eval(L, `local d = hex(digits) assert(tohex(d) == digits and base64.decode(base64.encode(d)) == d and base64.decode(base64.encode(d, "url"), "url") == d)
return crc32(d), adler32(d), inet_checksum(d), tohex(sha256(d)), base64.encode(d), base64.encode(d, "url")`)
		if got != rows[i] {
			t.Errorf("%s:\n got %s\nwant %s", d, got, rows[i])
		}
	}
}

// FuzzBase64 checks that a text is either refused or exactly what encoding what
// it means gives.
func FuzzBase64(f *testing.F) {
	for _, s := range []string{"", "Zg==", "Zg", "Zm9v", "-_8", "+/8=", "Zh==", "=", "a\nb", "AAAA===="} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		L := byteState(t)
		L.SetGlobal("text", lua.LString(text))
		if got := eval(L, "return base64.encode(base64.decode(text)) == text"); got != "true" && !strings.HasPrefix(got, "! bad argument #1 to 'decode'") {
			t.Errorf("%q: %s", text, got)
		}
		got := eval(L, `return base64.encode(base64.decode(text, "url"), "url") == text:gsub("=*$", "")`)
		if got != "true" && !strings.HasPrefix(got, "! bad argument #1 to 'decode'") {
			t.Errorf("url %q: %s", text, got)
		}
	})
}
