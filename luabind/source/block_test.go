package source

import "testing"

func TestUnclosed(t *testing.T) {
	for code, want := range map[string]Block{
		"f(function()\n  if x then\n    y()\nend)\n":                 {"if", 2},
		"f(function() if x then y() end)":                            {"function", 1},
		"local function f()\n  for i = 1, 2 do\n    x()\nend\n":      {"for", 2},
		"while true do\n\n x()":                                      {"while", 1},
		"x()\nrepeat\n  y()\n":                                       {"repeat", 2},
		"x = {1, 2\n":                                                {"{", 1},
		"f(1,\n":                                                     {"(", 1},
		"do x() end do":                                              {"do", 1},
		"if a then -- end\n x = 'end'":                               {"if", 1},
		"x = { f = function() return (1) }":                          {"function", 1},
		"function f()\n\tif a then\n\t\tb()\n\telse c() end\n(\nend": {"(", 5},
	} {
		if got := Unclosed(code); got == nil || *got != want {
			t.Errorf("%q: %v, expected %v", code, got, want)
		}
	}
	for _, whole := range []string{"", "x()", "for i = 1, 2 do while true do break end end", "end", ")", "repeat until x", "f(function() end)"} {
		if got := Unclosed(whole); got != nil {
			t.Errorf("%q: %v", whole, got)
		}
	}
}
