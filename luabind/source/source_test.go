package source

import (
	"math"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// run compiles code and returns what it gives, or the error.
func run(code string) string {
	chunk, err := Parse(code, "code")
	if err != nil {
		return strings.TrimSpace(err.Error())
	}
	proto, err := lua.Compile(chunk, "code")
	if err != nil {
		return err.Error()
	}
	L := lua.NewState()
	defer L.Close()
	L.Push(L.NewFunctionFromProto(proto))
	if err := L.PCall(0, 1, nil); err != nil {
		return err.(*lua.ApiError).Object.String()
	}
	return L.Get(-1).String()
}

func TestParse(t *testing.T) {
	for _, c := range []struct{ code, want string }{
		// Escapes.
		{`return "\x41\x0a\xfF\0"`, "A\n\xff\x00"},
		{`return '\u{41}\u{20AC}\u{10FFFF}\u{D800}'`, "A\u20ac\U0010ffff\xed\xa0\x80"},
		{"return 'a\\z  \n\t\r\n  b\\z' .. 'c'", "abc"},
		{"local s = 'a\\z\n\n  b' error(s)", "code:3: ab"},
		{`return "\q\'\"\\x41\/"`, `q'"\x41/`},
		{"return 'a\\\nb\\\r\nc'", "a\nb\nc"},
		{`return [[\x41]] .. [==[ ]] \z ]==] -- "\x4"`, `\x41 ]] \z `},
		{"-- '\\x4\n--[[ \"\\u ]] return 'ok'", "ok"},
		{`return "\065\10\9x\1234"`, "A\n\tx{4"},
		{`return "\x4"`, `code line:1(column:0) near '':   \x needs two hex digits, as in \x41`},
		{"\n\nreturn '\\xg1'", `code line:3(column:0) near '':   \x needs two hex digits, as in \x41`},
		{`return "\u41"`, `code line:1(column:0) near '':   \u needs the number of a character, as in \u{20AC}`},
		{`return "\u{110000}"`, `code line:1(column:0) near '':   \u needs the number of a character, as in \u{20AC}`},
		{`return "\256"`, `code line:1(column:0) near '':   \256 is more than a byte`},
		{"return 'a\nb'", "code line:1(column:0) near 'a':   unterminated string"},
		{"\nreturn 'a", "code line:2(column:0) near 'a':   unterminated string"},
		{`return "\`, `code line:1(column:0) near '':   a backslash at the end`},
		// Numerals.
		{"return 0010 + 08 + 00", "18"},
		{"return 0xffffffffffffffff == 2^64 and 0X10 == 16", "true"},
		{"return 1e999 == math.huge * 10 and -1e999 < 0", "true"},
		{"return .5 + 3. + 3e-1 + 0.1E+1", "4.8"},
		{"return a1 == nil and 1 ..2", "12"},
		{"return 3x", "code line:1(column:0) near '':   malformed number near 3x"},
		{"a=1b=2", "code line:1(column:0) near '':   malformed number near 1b"},
		{"return 1..2", "code line:1(column:0) near '':   malformed number near 1..2"},
		{"return 0x", "code line:1(column:0) near '':   malformed number near 0x"},
		{"return 1e", "code line:1(column:0) near '':   malformed number near 1e"},
		{"return 1_000", "code line:1(column:0) near '':   malformed number near 1_000"},
		// Comments and long texts.
		{"--[====\n--[= x\n--[\n--[==[ \n ]]\n ]==] return 7 --", "7"},
		{"--[==\rreturn '\\x41'", "A"},
		{"return #[[\n\nx]]", "2"},
		{"local t = {5} local i = {1} return t[i[1]]", "5"},
		{"return (function(...) return ... end)'x'", "x"},
	} {
		if got := run(c.code); got != c.want {
			t.Errorf("%s\n gives %q\n  want %q", c.code, got, c.want)
		}
	}
}

func TestFile(t *testing.T) {
	for text, want := range map[string]string{"#!/x\nreturn 1": "\nreturn 1", "#": "", "x": "x", "": ""} {
		if got := File(text); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

func TestParseNumber(t *testing.T) {
	for text, want := range map[string]float64{
		"0": 0, "10": 10, "-15": -15, "+.5": 0.5, "5.": 5, "1e3": 1000, "0x10": 16, "-0xA": -10, "0x.8p1": 1, " 12\t\v\n": 12,
		"010": 10, "1e999": math.Inf(1), "-1e999": math.Inf(-1),
	} {
		if n, ok := ParseNumber(text); !ok || n != want {
			t.Errorf("%q: %v, %v", text, n, ok)
		}
	}
	for _, text := range []string{"", " ", "+", "--1", "+-1", "1_0", "0x", "0b1", "0o7", "1e", "1 2", "10\x00", "x", "1f", ".", "inf", "-infinity", "nan", "e5"} {
		if n, ok := ParseNumber(text); ok {
			t.Errorf("%q is no number, but %v", text, n)
		}
	}
}

// FuzzParse looks for code that crashes the reader, or whose lines it moves.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{`return "\x41\z  \u{41}"`, "--[==\n[=[ ]=] 0x1p4 1..2 'a\\\r\n'", "\"\\", "[=", "--["} {
		f.Add(seed)
	}
	f.Add("for x in f{} do if (a) then b:c'' end end) }")
	f.Fuzz(func(t *testing.T, code string) {
		Unclosed(code)
		Locals(code)
		Functions(code)
		Calls(code, 1)
		if _, err := Parse(code, ""); err != nil {
			return
		}
		if text, _ := rewrite(code); strings.Count(text, "\n") != strings.Count(code, "\n") {
			t.Errorf("%q has other lines: %q", code, text)
		}
	})
}
