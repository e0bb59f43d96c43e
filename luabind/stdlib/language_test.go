package stdlib

import (
	"os/exec"
	"strings"
	"testing"
)

// languageCases are rules of the language that gopher-lua alone breaks. Each gives
// values, which are shown with a blank between them.
var languageCases = []struct{ code, want string }{
	// Assignment evaluates all, then assigns (2.4.3).
	{`local x, y = 1, 2 x, y = y, x return x, y`, `2 1`},
	{`local a, b = 1, 1 for i = 1, 5 do a, b = b, a + b end return a, b`, `8 13`},
	{`local i, a = 1, {} i, a[i] = i + 1, 20 return i, a[1], a[2]`, `2 20 nil`},
	{`local t, i = {}, 7 i, t.x = 5, i return i, t.x`, `5 7`},
	{`local t = {} local s = t t, t.y = {}, 7 return t.y, s.y`, `nil 7`},
	{`local t, v = {}, 4 g, t.a, t.b = 3, v return g, t.a, t.b`, `3 4 nil`},
	{`local a, i, j, b = {"a", "b"}, 1, 2 b = a i, a[i], a, j, a[j], a[i+j] = j, i, i, b, j, i return i, b[1], a, j == b, b[2], b[3]`, `2 1 1 true 2 1`},
	{`local function f(x) return x end local p = 1 p = f(3, p), #{} return p`, `3`},
	{`local a, b = 1, (nil or 2), #{} return a, b`, `1 2`},
	{`local function two() return 1, 2 end local t = {} t.a, g = two() return t.a, g`, `1 2`},
	// Constructors (2.5.7).
	{`local function g() return "G" end local t = {1, 2, k = g()} return #t, t[3], t.k`, `2 nil G`},
	{`local function v(...) return #{1, k = ...} end return v(7, 8, 9)`, `1`},
	// Loops (2.4.4, 2.4.5).
	{`local n = 0 for i = "1", "3", "1" do n = n + i end return n`, `6`},
	{`for i = 1, {} do end`, `error: code:1: 'for' limit must be a number`},
	{`for i = nil, 1 do end`, `error: code:1: 'for' initial value must be a number`},
	{`local n = 0 for i = 1, 0, 0.5 do n = n + 1 end for i = 1, 2, 0.25 do n = n + 1 end return n`, `5`},
	{`local seen = {} local function f(s, c) seen[#seen + 1] = tostring(c) if #seen % 3 ~= 0 then return #seen end end
	  for x in f do end for x in f do end return table.concat(seen, ",")`, `nil,1,2,nil,4,5`},
	{`local n = 0 for k in pairs{1, 2, 3} do if false then n = 9 end local x = n and 1 or k n = n + x end return n`, `3`},
	{`local n = 0 for k in pairs{1, 2, 3} do local x = (false or false) and 1 or k n = n + x end return n`, `6`},
	{`local n = 0 for k in pairs{1, 2} do if (1 and 1) then break end n = n + 1 end return n`, `0`},
	{`local n = 0 for k in pairs{1, 2} do do end if true then break end n = n + 1 end return n`, `0`},
	{`local n = 0 for k in pairs{1, 2} do if true then end do do break end end n = n + 1 end return n`, `0`},
	{`local n = 0 for k in pairs{1, 2} do while true do break end n = n + 1 end return n`, `2`},
	{`local n = 0 for k in pairs{1, 2} do repeat if "x" then break end until true n = n + 1 end return n`, `2`},
	{`local n = 0 for k in pairs{1, 2} do while false do end break end return n`, `0`},
	{`for k in pairs{1, 2, 3} do break end return "out"`, `out`},
	{`local function two() return 1, 2 end return true and two(), (nil or two()), false and 1, "x" or 2, nil and two()`, `1 1 false x nil`},
	// Texts and numbers stand for each other (2.2.1).
	{`return "10" + 1, "0x10" * 2, "010" + 0, -"2", "3" ^ "2", " 7 " % 4, 10 .. 20`, `11 32 10 -2 9 3 1020`},
	{`return "abc" + setmetatable({}, {__add = function(a, b) return a end})`, `abc`},
	{`return "0b1" + 1`, `error: code:1: attempt to perform arithmetic on a string value`},
	{`return "1_0" + 1`, `error: code:1: attempt to perform arithmetic on a string value`},
	{`return tonumber("0x1F"), tonumber(" 1e1 "), tonumber("0b1"), tonumber("1_000"), tonumber("ff", 16), tonumber("zz", 36), tonumber("8", 8), tonumber("-7", 8)`, `31 10 nil nil 255 1295 nil -7`},
	{`return 1e15, 2^63, 1/0, -1/0, 0.1, 1e100, 123456789012345`, `1e+15 9.2233720368548e+18 inf -inf 0.1 1e+100 1.2345678901234e+14`},
	// The basic functions (5.1).
	{`return select("#", assert(1, nil, 3)), select(-1, 1, 2, 3), select("2", "a", "b")`, `3 3 b`},
	{`return pcall(assert, false, "why")`, `false code:1: why`},
	{`local e = {} local ok, v = pcall(assert, nil, e) return ok, v == e`, `false true`},
	{`return pcall(assert)`, `false bad argument #1 to 'assert' (value expected)`},
	{`return select("#", pcall(error)), pcall(error, nil)`, `2 false nil`},
	{`local function f() error("two", 2) end
	  f()`, `error: code:2: two`},
	{`return rawset({}, 1, 2) ~= nil, pcall(setmetatable, 1, {})`, `true false bad argument #1 to 'setmetatable' (table expected, got number)`},
	{`local f = setfenv(function() return x end, {x = 5}) return f(), getfenv(f).x, getfenv(1) == _G, pcall(getfenv, 100)`, `5 5 true false bad argument #1 to 'getfenv' (invalid level)`},
	{`return collectgarbage("step"), collectgarbage("count") > 0, collectgarbage("setpause", 100), collectgarbage("setpause"), pcall(collectgarbage, "x")`,
		`true true 200 100 false bad argument #1 to 'collectgarbage' (invalid option 'x')`},
	{`return newproxy, _printregs`, `nil nil`},
	// math (5.6).
	{`return math.huge, math.modf(-3.5), math.modf(1/0)`, `inf -3 inf 0`},
	{`return math.fmod(-5, 3), math.mod(5, 3), math.log10(1000), math.frexp(10)`, `-2 2 3 0.625 4`},
	{`return pcall(math.random, 0)`, `false bad argument #1 to 'random' (interval is empty)`},
	{`math.randomseed(7) local a = math.random(1000) math.randomseed(7) return a == math.random(1000), math.random(3, 3), math.max(1, "5", 3)`, `true 3 5`},
}

// TestLanguage holds the rules; where lua5.1 is installed it must agree, but for
// what its errors say.
func TestLanguage(t *testing.T) {
	for _, c := range languageCases {
		L := newState(t)
		got := result(L, "return (function(...) local t = {} for i = 1, select('#', ...) do t[i] = tostring((select(i, ...))) end return table.concat(t, ' ') end)((function() "+c.code+" end)())")
		if got = strings.ReplaceAll(strings.Trim(got, `"`), "code:1: bad", "bad"); got != c.want {
			t.Errorf("%s\n gives %s\n  want %s", c.code, got, c.want)
		}
	}
}

func TestConstructors(t *testing.T) {
	items := func(n int) string { return strings.TrimSuffix(strings.Repeat("1,", n), ",") }
	for code, want := range map[string]string{
		`return #{` + items(25551) + `}`: "25551",
		`return #{` + items(60000) + `}`: "60000",
		`local t = {` + items(50) + `, k = tostring(2), l = tostring(3) .. 4} return #t, t[1]`: `50 1`,
		`return #(function(...) return {` + items(50) + `, ...} end)(5, 6)`:                    "52",
		`return #(function(...) return {` + items(100) + `, k = ..., ...} end)(5, 6)`:          "102",
		`return #(function(...) return {` + items(49) + `, ...} end)(5, 6)`:                    "51",
		`return #(function(...) return {` + items(25550) + `, ...} end)()`:                     "code line:1(column:0) near '':   " + errConstructor.Error() + "\n",
	} {
		if got := result(newState(t), code); got != want {
			t.Errorf("%.30s... %s\n gives %s\n  want %s", code, code[max(0, len(code)-40):], got, want)
		}
	}
}

// TestLanguageOfReference lets lua5.1 judge the cases themselves.
func TestLanguageOfReference(t *testing.T) {
	path, err := exec.LookPath("lua5.1")
	if err != nil {
		t.Skip("SKIPPED: lua5.1 is not installed, so nothing was compared")
	}
	for _, c := range languageCases {
		switch {
		case strings.Contains(c.want, "error") || strings.Contains(c.want, "false"), strings.Contains(c.code, "newproxy"), strings.Contains(c.code, `"-7"`), strings.Contains(c.code, "collectgarbage"):
			continue // worded otherwise, or ours
		}
		script := `local t = {(function() ` + c.code + ` end)()} for i = 1, 20 do if t[i] ~= nil or t[i + 1] ~= nil then io.write(i > 1 and " " or "", tostring(t[i])) end end`
		reference := exec.Command(path, "-")
		reference.Stdin = strings.NewReader(script)
		out, err := reference.CombinedOutput()
		if got := string(out); err != nil || !strings.HasPrefix(c.want, got) {
			t.Errorf("%s\n lua5.1 gives %s\n  want %s", c.code, got, c.want)
		}
	}
}
