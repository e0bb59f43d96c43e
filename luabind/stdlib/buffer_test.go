package stdlib

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

func TestBuffer(t *testing.T) {
	checkAll(t, [][2]string{
		{`local b = buffer(4) return #b, b:cap(), b:len(), tostring(b) == ""`, "0 4 0 true"},
		{`local b = buffer("abc") return b, #b, b == buffer("abc"), b == buffer("abd"), b .. "!", "!" .. b`, "abc 3 true false abc! !abc"},
		{`return buffer(buffer("xy")), buffer():cap(), buffer(0):cap()`, "xy 0 0"},
		{`local b = buffer(2):append("ab", "cd", 5) return b, #b, b:cap() >= 5`, "abcd5 5 true"},
		{`local b = buffer("ab") b:append(b) return b`, "abab"},
		{`local b = buffer("abcdef") b:set(3, b:slice(1, 4)) return b`, "ababcd"},
		{`return buffer("abc"):set(2, "XYZ"), buffer("abc"):set(4, "d"), buffer("abc"):set(-1, "!")`, "aXYZ abcd ab!"},
		{`return buffer("abc"):set(5, "x")`, "! bad argument #1 to 'set' (5 is not within 1 to 4)"},
		{`local b = buffer("abcdef") return b:sub(2, 3), b:sub(-2), b:sub(0), b:sub(9), b:sub(3, 2), b:sub(-100, 100)`, "bc ef abcdef   abcdef"},
		{`local b = buffer("abc") return b:byte(), b:byte(-1), b:byte(1, -1)`, "97 99 97 98 99"},
		{`return select("#", buffer("abc"):byte(0)), select("#", buffer("abc"):byte(-4)), select("#", buffer():byte())`, "0 0 0"},
		{`return buffer():resize(1100000):byte(1, -1)`, "! string slice too long"},
		{`local b = buffer("a.b.c") return b:find("."), b:find(".", 3), b:find(".", -1), b:find("x"), b:find("", 6), b:find("", 7)`, "2 4 nil nil 6 nil"},
		{`return buffer("a\r\n\r\nb"):find("\r\n\r\n")`, "2 5"},
		{`return buffer("abcdef"):drop(2), buffer("ab"):drop(2), buffer("ab"):drop(0)`, "cdef  ab"},
		{`return buffer("ab"):drop(3)`, "! bad argument #1 to 'drop' (3 is not within 0 to 2)"},
		{`return buffer("abcdef"):fill(46, 2, 3), buffer("abc"):fill(46), buffer("abc"):fill(46, -1), buffer():fill(1)`, "a..def ... ab. "},
		{`return buffer("a"):fill(256)`, "! bad argument #1 to 'fill' (256 is no byte)"},
		{`local b = buffer("abc") b:clear() local r = tohex(b:resize(2)) return r, #b:resize(1)`, "0000 1"},
		{`local b = buffer("abc") local c = b:copy() b:set(1, "X") return b, c`, "Xbc abc"},
		{`return buffer(-1)`, "! bad argument #1 to 'buffer' (-1 is not within 0 to 1073741824 bytes)"},
		{`return buffer(2^31)`, "! bad argument #1 to 'buffer' (2147483648 is not within 0 to 1073741824 bytes)"},
		{`return buffer(0/0):cap(), pcall(buffer, 1/0)`, "0 false test:1: bad argument #1 to 'buffer' (inf is not within 0 to 1073741824 bytes)"},
		{`return buffer({})`, "! bad argument #1 to 'buffer' (string expected, got table)"},
		{`return buffer.x`, "! attempt to index a non-table object(function) with key 'x'"},
		{`return buffer("x").nothing`, "nil"},
		{`return buffer("x"):append()`, "x"},
		{`return buffer("x"):append(nil)`, "! bad argument #1 to 'append' (string expected, got nil)"},
		{`return buffer("x"):find()`, "! bad argument #1 to 'find' (string expected, got no value)"},
		{`return buffer("x").find("x", "x")`, "! bad argument #1 to 'find' (buffer expected, got string)"},
		{`local s = setmetatable({}, {__index = getmetatable(buffer()).__index}) return s:find("x")`, "! calling 'find' on bad self (buffer expected, got table)"},
		{`return buffer("abc").set(buffer("abc"), 9, "x")`, "! bad argument #2 to 'set' (9 is not within 1 to 4)"},
		{`local b = buffer("x") b.y = 1`, "! attempt to index a non-table object(userdata) with key 'y'"},
	})
}

func TestBufferViews(t *testing.T) {
	checkAll(t, [][2]string{
		{`local b = buffer("hello world") local v = b:slice(7) return v, #v, v:cap(), v:slice(2, 3), b:slice(-5, -4), b:slice(12), b:slice(1, 0)`, "world 5 5 or wo  "},
		{`local b = buffer("hello") local v = b:slice(2, 3) v:set(1, "EL") b:set(5, "!") return b, v`, "hELl! EL"},
		{`local b = buffer("hello") local v = b:slice(1, 2) b:append(("x"):rep(1000)) b:set(1, "J") return v`, "Je"},
		{`local b = buffer("hello") local v = b:slice(4, 5) b:clear() b:append("abcde") return v`, "de"},
		{`local b = buffer("hello") return b:slice(1, 2):append("x")`, "! append: a view of 2 bytes has no room for 3"},
		{`local b = buffer("hello") local v = b:slice(1, 2):clear():append("J") return b, v, #b`, "Jello J 5"},
		{`return buffer("hello"):slice(7)`, "! bad argument #1 to 'slice' (7 is not within 1 to 6)"},
		{`return buffer("hello"):slice(4, 2)`, "! bad argument #2 to 'slice' (2 is not within 3 to 5)"},
		{`return buffer("hello"):slice(4, 6)`, "! bad argument #2 to 'slice' (6 is not within 3 to 5)"},
		{`local b = buffer(10):append("ab") local t = b:tail() return #t, t:cap(), t:append("cd"), b, #b`, "0 8 cd abcd 4"},
		{`local b = buffer("ab") local t = b:tail(3) t:append("c") return b, t:cap(), pcall(t.append, t, "xyz")`, "abc 3 false test:1: append: a view of 3 bytes has no room for 4"},
		{`local b = buffer() return b:tail():cap() > 0, b:cap() > 0, #b`, "true true 0"},
		{`local v = buffer("abc"):slice(1, 2) return v:tail(1)`, "! tail: a view of 2 bytes has no room for 3"},
		{`local b = buffer("abc") return b:slice(2):slice(2):set(1, "X"), b`, "X abX"},
	})
}

func TestBufferNumbers(t *testing.T) {
	checkAll(t, [][2]string{
		{`local b = buffer(hex"ff fe 80 01 02 03 04 05") return b:u8(1), b:i8(1), b:u16(1), b:i16(1, "<"), b:u32(5), b:u32(5, "<"), b:i32(1)`, "255 -1 65534 -257 33752069 84148994 -98303"},
		{`local b = buffer(hex"ff fe 80 01 02 03 04 05") return b:u64(1), b:i64(1), b:u64(1, "<")`, "18446321865573204997 -422208136346619 361417177246531327"},
		{`return buffer():set_u16(1, 258):set_u16(3, 258, "<"):set_i8(5, -1)`, "\x01\x02\x02\x01\xff"},
		{`return tohex(buffer():set_u64(1, u64("18446744073709551615")):set_i64(9, i64("-9223372036854775808"), "<"))`, "ffffffffffffffff0000000000000080"},
		{`local b = buffer():set_f32(1, 0.5):set_f64(5, 0.1, "<") return b:f32(1), b:f64(5, "<"), #b`, "0.5 0.1 12"},
		{`return buffer("abc"):u32(1)`, "! bad argument #1 to 'u32' (4 bytes at 1 go beyond the end, 3)"},
		{`return buffer("abc"):u8(4)`, "! bad argument #1 to 'u8' (4 is not within 1 to 3)"},
		{`return buffer("abc"):u8(-1)`, "99"},
		{`return buffer():u8(1)`, "! bad argument #1 to 'u8' (1 is not within 1 to 0)"},
		{`return buffer("abc"):u16(1, "big")`, `! bad argument #2 to 'u16' (a byte order is ">" or "<")`},
		{`return buffer():set_u8(1, 256)`, "! bad argument #2 to 'set_u8' (unsigned overflow)"},
		{`return buffer():set_u8(1, -1)`, "! bad argument #2 to 'set_u8' (unsigned overflow)"},
		{`return buffer():set_i8(1, 128)`, "! bad argument #2 to 'set_i8' (integer overflow)"},
		{`return buffer():set_i64(1, u64("9223372036854775808"))`, "! bad argument #2 to 'set_i64' (integer overflow)"},
		{`return buffer():set_u8(1, 1.5)`, "! bad argument #2 to 'set_u8' (number has no integer representation)"},
		{`return buffer():set_u8(1)`, "! bad argument #2 to 'set_u8' (number expected, got no value)"},
		{`return buffer():set_u8(3, 1)`, "! bad argument #1 to 'set_u8' (3 is not within 1 to 1)"},
	})
}

// TestBufferModel makes random changes to buffers and views of them, and the same
// ones to a string that is cut and joined.
func TestBufferModel(t *testing.T) {
	seed := rand.Uint64()
	t.Log("seed", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	L := byteState(t)
	for range 100 {
		model := ""
		L.SetGlobal("b", newBuffer(L, &Buffer{}))
		for range 40 {
			data := strings.Repeat(string(rune('a'+r.IntN(26))), r.IntN(20))
			i := r.IntN(len(model)+1) + 1
			code := ""
			switch r.IntN(7) {
			case 0:
				code = fmt.Sprintf("b:append(%q)", data)
				model += data
			case 1:
				code = fmt.Sprintf("b:set(%d, %q)", i, data)
				model = model[:i-1] + data + model[min(len(model), i-1+len(data)):]
			case 2:
				code = fmt.Sprintf("b:drop(%d)", i-1)
				model = model[i-1:]
			case 3:
				code = fmt.Sprintf("b:resize(%d):fill(46, %d)", len(model)+len(data), len(model)+1)
				model += strings.Repeat(".", len(data))
			case 4:
				j := i + r.IntN(len(model)-i+2) // the end, exclusive
				code = fmt.Sprintf("b:slice(%d, %d):fill(46)", i, j-1)
				model = model[:i-1] + strings.Repeat(".", j-i) + model[j-1:]
			case 5:
				code = fmt.Sprintf("b:tail(%d):append(%q)", len(data)+r.IntN(9), data)
				model += data
			case 6:
				code = "b = b:copy()"
			}
			if got := eval(L, code+" return b, #b"); got != fmt.Sprintf("%s %d", model, len(model)) {
				t.Fatalf("%s\n got %q\nwant %q", code, got, model)
			}
			i = r.IntN(len(model)+1) + 1
			want := "nil"
			if at := strings.Index(model[i-1:], "aa"); at >= 0 {
				want = fmt.Sprintf("%d %d", i+at, i+at+1)
			}
			if got := eval(L, fmt.Sprintf(`return b:find("aa", %d)`, i)); got != want {
				t.Fatalf("find from %d in %q: got %s, want %s", i, model, got, want)
			}
			L.SetGlobal("s", lua.LString(model))
			j := r.IntN(2*len(model)+9) - len(model) - 4
			k := r.IntN(2*len(model)+9) - len(model) - 4
			if got := eval(L, fmt.Sprintf(`return b:sub(%d, %d) == s:sub(%d, %d), select("#", b:byte(%d, %d)) == #s:sub(%d, %d)`, j, k, j, k, j, k, j, k)); got != "true true" {
				t.Fatalf("sub or byte of %q from %d to %d: %s", model, j, k, got)
			}
		}
	}
}
