package stdlib

import (
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// TestConcat compares the operator with the one of lua5.1 as the manual has it.
func TestConcat(t *testing.T) {
	for code, want := range map[string]string{
		`return 1e15 .. " " .. 2^63 .. " " .. 0.1 + 0.2 .. " " .. 1/0 .. 7`: `1e+15 9.2233720368548e+18 0.3 inf7`,
		`return "" .. ""`:                     ``,
		`return "\000" .. "\255" .. 1`:        "\x00\xff1",
		`return ("ab"):gsub("a", "x") .. "!"`: `xb!`,
		`return "!" .. ("ab"):gsub("a", "x")`: `!xb`,
		`return "n" .. select("#", 1, 2)`:     `n2`,
		`return "a" .. ("b" .. "c") .. "d"`:   `abcd`,
		`local m = setmetatable({}, {__concat = function(a, b) return "<" .. tostring(type(a)) .. tostring(type(b)) .. ">" end})
		 return "a" .. 1 .. m .. "b" .. 2`: `a1<tablestring>`,
		`local function join(a, b) return (a.s or a) .. "+" end
		 return setmetatable({s = "x"}, {__concat = join}) .. "y" .. "z"`: `x+`,
		`return nil .. "x"`:              `code:1: attempt to concatenate a nil value`,
		`return "x" .. {} .. 1`:          `code:1: attempt to concatenate a table value`,
		`return "x" .. print`:            `code:1: attempt to concatenate a function value`,
		`setfenv(1, {}) return "x" .. 5`: `x5`,
	} {
		L := newState(t)
		got := ""
		L.Push(compiled(t, L, code))
		if err := L.PCall(0, 1, nil); err != nil {
			got = err.(*lua.ApiError).Object.String()
		} else {
			got = L.Get(-1).String()
		}
		if got != want {
			t.Errorf("%s\n gives %q\n  want %q", code, got, want)
		}
	}
}

func BenchmarkConcat(b *testing.B) {
	for _, code := range []string{`local i, s = 7, "text" return "a" .. i .. s`, `local s, t = "some text", "more text" return s .. t`} {
		for name, ours := range map[string]bool{"gopher": false, "ours": true} {
			b.Run(name, func(b *testing.B) {
				L := newState(b)
				f, err := L.LoadString(code)
				if err != nil {
					b.Fatal(err)
				}
				if ours {
					f = compiled(b, L, code)
				}
				for range b.N {
					L.Push(f)
					L.Call(0, 0)
				}
			})
		}
	}
}
