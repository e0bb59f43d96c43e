package source

import (
	"fmt"
	"maps"
	"slices"
	"testing"
)

func TestCalls(t *testing.T) {
	code := "-- f()\nlocal c = connected()\nc:send(\"x()\") string.rep 'a' g{}\nx..f(y) a.b.c[[z]] (h)() if (i) then j () end\nfunction k(l) m = n end p(function() q() end)"
	for line, want := range map[int]string{
		1: "[]", 2: "[{  connected}]", 3: "[{c : send} {string . rep} {  g}]", 4: "[{  f} {b . c} {  j}]", 5: "[{  p} {  q}]", 6: "[]",
	} {
		if got := fmt.Sprint(Calls(code, line)); got != want {
			t.Errorf("line %d: %s, expected %s", line, got, want)
		}
	}
}

func TestLocals(t *testing.T) {
	code := "local a, b = c, d\nlocal function e(f, g) local h end\nfor i, j in k() do l = m end x = function(n) end o(function() p() end)"
	names := Locals(code)
	for _, name := range []string{"a", "b", "e", "f", "g", "h", "i", "j", "n"} {
		if !names[name] {
			t.Errorf("%s is local", name)
		}
		delete(names, name)
	}
	for _, name := range []string{"c", "d", "k", "l", "m", "o", "p", "x"} {
		if names[name] {
			t.Errorf("%s is not local: %v", name, slices.Sorted(maps.Keys(names)))
		}
	}
}
