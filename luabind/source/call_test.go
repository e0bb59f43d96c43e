package source

import (
	"fmt"
	"maps"
	"slices"
	"testing"
)

func TestCalls(t *testing.T) {
	code := "-- f()\nlocal c = connected()\nc:send(\"x()\") string.rep 'a' g{}\nx..f(y) a.b.c[[z]] if (i) then j () end\nfunction k(l) m = n end p(function() q() end)\nfunction O:each(cb) end function O.x() end\nf()() g(h)\nx.s:print(1)"
	for line, want := range map[int]string{
		1: "[] true", 2: "[{  connected}] true", 3: "[{c : send} {string . rep} {  g}] true", 4: "[{  f} { . c} {  j}] true", 5: "[{  p} {  q}] true",
		6: "[] true", 7: "[{  f} {  g}] false", 8: "[{ : print}] true", 9: "[] false",
	} {
		if got := fmt.Sprint(Calls(code, line)); got != want {
			t.Errorf("line %d: %s, expected %s", line, got, want)
		}
	}
}

func TestNames(t *testing.T) {
	code := "local a, b = c, d\nlocal function e(f, g) local h end\nfor i, j in k() do l = m end x = function(n) end o(function() p() end)\nfunction q.r:s(t) end"
	for what, test := range map[string]struct {
		got  map[string]bool
		want string
	}{
		"locals":    {Locals(code), "[a b e f function g h i j n q r s t]"},
		"functions": {Functions(code), "[e s x]"},
	} {
		delete(test.got, "end")
		delete(test.got, "local")
		if got := fmt.Sprint(slices.Sorted(maps.Keys(test.got))); got != test.want {
			t.Errorf("%s: %s, expected %s", what, got, test.want)
		}
	}
}
