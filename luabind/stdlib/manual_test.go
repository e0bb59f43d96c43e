package stdlib

import (
	"fmt"
	"math"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// result runs code and returns what it gives, texts quoted as by Go, or its error.
func result(L *lua.LState, code string) string {
	defer L.SetTop(0)
	f, err := Load(L, code, "code")
	if err != nil {
		return err.Error()
	}
	L.Push(f)
	if err := L.PCall(0, lua.MultRet, nil); err != nil {
		if api, ok := err.(*lua.ApiError); ok {
			return "error: " + api.Object.String()
		}
		return "error: " + err.Error()
	}
	var parts []string
	for i := 1; i <= L.GetTop(); i++ {
		switch v := L.Get(i).(type) {
		case lua.LString:
			parts = append(parts, fmt.Sprintf("%q", string(v)))
		case lua.LNumber:
			parts = append(parts, FormatNumber(float64(v)))
		default:
			parts = append(parts, v.String())
		}
	}
	return strings.Join(parts, " ")
}

// TestManual holds what the manual says and gopher-lua does otherwise, and what
// the random calls leave out.
func TestManual(t *testing.T) {
	for _, c := range []struct{ code, want string }{
		// Bytes are bytes.
		{`return ("\233\000x"):upper(), ("\200A"):lower()`, `"\xe9\x00X" "\xc8a"`},
		{`return ("\000\255"):reverse(), #("\000"):rep(3)`, `"\xff\x00" 3`},
		{`return string.byte("\000\200")`, `0`},
		{`return string.format("%s|%3s|%c", "a\000b", "\000", 0)`, `"a\x00b|  \x00|\x00"`},
		{`return ("a\000b"):find("\000", 1, true), ("a\000b"):match("%z(.)"), ("a\000b"):match("\000(.)")`, `2 "b" "b"`},
		{`return ("a\000\000b"):gsub("\000+", "-")`, `"a-b" 1`},
		{`return ("a\000b"):find("[\000]")`, `2 2`},
		// Numbers and texts stand for each other.
		{`return ("x"):rep("3"), string.len(1e15), string.sub(12345, "2", 3.9)`, `"xxx" 5 "23"`},
		{`return table.concat({1e15, 2^63, 0.1, -1e100, 1/0, -1/0}, " ")`, `"1e+15 9.2233720368548e+18 0.1 -1e+100 inf -inf"`},
		{`return string.format("%d", "0x10"), string.format("%s", 0.1)`, `"16" "0.1"`},
		{`return string.format("%d", "010")`, `"10"`},
		{`return ("x"):rep("1_0")`, `error: code:1: bad argument #1 to 'rep' (number expected, got string)`},
		// Formats are C's.
		{`return string.format("%x %X %u %o", -1, 255, 3, 8)`, `"ffffffffffffffff FF 3 10"`},
		{`return string.format("%5.1f|%-6d|%+d|%#x|%05d|%.3s", 3.14159, 42, 7, 255, -42, "abcdef")`, `"  3.1|42    |+7|0xff|-0042|abc"`},
		{`return string.format("%g %e %F", 1e20, 0, 1/0)`, `"1e+20 0.000000e+00 INF"`},
		{`return string.format("%d")`, `error: code:1: bad argument #2 to 'format' (no value)`},
		{`return string.format("%d", nil)`, `error: code:1: bad argument #2 to 'format' (number expected, got nil)`},
		{`return string.format("%v", 1)`, `error: code:1: invalid option '%v' to 'format'`},
		{`return string.format("%", 1)`, `error: code:1: invalid option '%' to 'format'`},
		{`return #string.format("%99.99f", -1e308)`, `410`},
		{`return string.format("%q", 'a"\\\n\r\000')`, `"\"a\\\"\\\\\\\n\\r\\000\""`},
		// Arguments are counted as they are written.
		{`return ("x"):rep({})`, `error: code:1: bad argument #1 to 'rep' (number expected, got table)`},
		{`return string.rep("x", {})`, `error: code:1: bad argument #2 to 'rep' (number expected, got table)`},
		{`return string.rep()`, `error: code:1: bad argument #1 to 'rep' (string expected, got no value)`},
		{`local t = {rep = string.rep} return t:rep(2)`, `error: code:1: calling 'rep' on bad self (string expected, got table)`},
		{`local rep = string.rep return rep(nil)`, `error: code:1: bad argument #1 to 'rep' (string expected, got nil)`},
		{`return pcall(string.rep)`, `false "code:1: bad argument #1 to 'rep' (string expected, got no value)"`},
		// Positions beyond all texts.
		{`return ("hello"):sub(2, math.huge), ("hello"):sub(-math.huge, 2), ("hello"):sub(0/0)`, `"ello" "he" "hello"`},
		{`return ("hello"):sub(2^53, 2^60), ("hello"):find("l", -2^60)`, `"" 3 3`},
		{`return select("#", string.byte(("x"):rep(100000), 1, -1))`, `100000`},
		{`return string.byte(("x"):rep(2000000), 1, -1)`, `error: code:1: string slice too long`},
		{`return ("x"):rep(2^31)`, `error: code:1: resulting string too large (more than 1 GiB)`},
		{`return ("xyz"):rep(1e300)`, `error: code:1: resulting string too large (more than 1 GiB)`},
		{`return (""):rep(1e300), ("x"):rep(-1)`, `"" ""`},
		{`return string.dump(function() end)`, `error: code:1: unable to dump given function: string.dump is not available here`},
		// Patterns.
		{`return ("a"):gsub("a", "%")`, `error: code:1: invalid use of '%' in replacement string: it ends with '%'`},
		{`return ("a"):gsub("a", "%9")`, `error: code:1: invalid capture index`},
		{`return #(("a"):rep(10000000):match("^(.*)a"))`, `9999999`},
		{`return #(("a"):rep(10000000):match("^(.-)$"))`, `10000000`},
		{`return (("a?"):rep(50000) .. "$"):len(), ("a"):rep(50000):find(("a?"):rep(50000) .. "$")`, `100001 1 50000`},
		{`return ("x"):find(("("):rep(33))`, `error: code:1: too many captures`},
		{`return select(2, ("x,"):rep(1000000):gsub(",", ""))`, `1000000`},
		{`local n = 0 for w in ("x,"):rep(1000000):gmatch("[^,]+") do n = n + 1 end return n`, `1000000`},
		{`for a in ("^a"):gmatch("^a") do return a end`, `"^a"`},
		{`local s = "" for i = 1, 2 do for w in ("ab"):gmatch(".") do s = s .. w end end return s`, `"abab"`},
		{`return string.gfind == string.gmatch, string.__index, getmetatable("").__index == string`, `true nil true`},
		{`local t = {} ("abc"):gsub("%w", function(c) ("xyz"):gsub(".", function(d) t[#t + 1] = c .. d end) end) return table.concat(t, " ")`,
			`"ax ay az bx by bz cx cy cz"`},
		// Tables.
		{`local t = {} for i = 1, 1000000 do t[i] = i end return #table.concat(t, ","), select("#", unpack(t))`, `6888895 1000000`},
		{`return unpack({}, 1, 1e7)`, `error: code:1: too many results to unpack`},
		{`return unpack({}, -2^53, 2^53)`, `error: code:1: too many results to unpack`},
		{`return unpack({}, 1, 2^63)`, `error: code:1: too many results to unpack`},
		{`return unpack({[-1] = "a", [0] = "b", "c"}, -1, 1)`, `"a" "b" "c"`},
		{`return table.concat({1, nil, 3}, ",", 1, 3)`, `error: code:1: invalid value (nil) at index 2 in table for 'concat'`},
		{`return table.concat({}, ",", 2^53, 2^53)`, `error: code:1: invalid value (nil) at index 9007199254740992 in table for 'concat'`},
		{`return select("#", table.remove({1, 2, 3}, 7)), #{table.remove({})}, #{table.remove({1, 2, 3}, -1)}`, `0 0 0`},
		{`return table.insert({}, 1, 2, 3)`, `error: code:1: wrong number of arguments to 'insert'`},
		{`return table.insert({})`, `error: code:1: wrong number of arguments to 'insert'`},
		{`return table.insert({1}, nil, 2)`, `error: code:1: bad argument #2 to 'insert' (number expected, got nil)`},
		{`return table.setn({}, 1)`, `error: code:1: 'setn' is obsolete`},
		{`return table.maxn({1, 2, [10.5] = true, [-3] = true, x = 1, [2^40] = 1}), table.maxn({}), table.maxn({x = 1}), table.maxn({[10.5] = 1})`, `1099511627776 0 0 10.5`},
		{`return table.getn({1, 2}), table.foreach({a = 1}, function(k, v) return k .. v end), table.foreachi({5, 6}, function(i, v) if v == 6 then return i end end)`, `2 "a1" 2`},
		{`local t = {1, 2, 3} t[3] = nil table.insert(t, 9) return #t, t[3], table.remove(t), #t`, `3 9 9 2`},
	} {
		if testing.Short() && strings.Contains(c.code, "000000") {
			continue // a million of anything takes long under the race detector
		}
		got := result(newState(t), c.code)
		if got != c.want {
			t.Errorf("%s\n gives %.300s\n  want %s", c.code, got, c.want)
		}
	}
}

// TestQuoteReadsBack checks that Lua reads the same bytes back from %q.
func TestQuoteReadsBack(t *testing.T) {
	L := newState(t)
	all := make([]byte, 0, 1024)
	for i := range 256 {
		all = append(all, byte(i), '1', byte(i), '\n')
	}
	L.SetGlobal("all", lua.LString(all))
	if got := result(L, `return loadstring("return " .. string.format("%q", all))() == all`); got != "true" {
		t.Error(got)
	}
}

func TestFormatNumber(t *testing.T) {
	for n, want := range map[float64]string{
		0: "0", math.Copysign(0, -1): "-0", 1: "1", -15: "-15", 0.1: "0.1", 1e14: "1e+14", 99999999999999: "99999999999999",
		-99999999999999: "-99999999999999", 1e15: "1e+15", 123456.789: "123456.789", 1.0 / 3: "0.33333333333333",
		0.0001: "0.0001", 0.00001: "1e-05", 1 << 63: "9.2233720368548e+18", 1e308: "1e+308", math.Inf(1): "inf",
		math.Inf(-1): "-inf", 5e-324: "4.9406564584125e-324", math.NaN(): "nan", math.Copysign(math.NaN(), -1): "-nan", 99999999999999.9: "1e+14",
	} {
		if got := FormatNumber(n); got != want {
			t.Errorf("%v: %s, want %s", n, got, want)
		}
	}
}
