package stdlib

import (
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// FuzzPattern tries any pattern on any subject: it ends, and gives a match that
// lies in the subject, or an error of Lua.
func FuzzPattern(f *testing.F) {
	for _, pattern := range []string{"", "^", "$", "%", "[", "[]", "[^]", "[a-", "%b", "%bxy", "%f", "%f[", "%f[%w]", "(", ")", "()",
		"(a*(.)%w(%s*))", "(()())", "%1", "(a)%1", "()%1", "a-b", ".-", "[]]", "[^%s%]]+", "[a-%]", "%z", "a?a?a?aaa", "x*$*", "[%a-z]"} {
		f.Add(pattern, "aab(xy)  \x00\xff")
	}
	f.Fuzz(func(t *testing.T, pattern, subject string) {
		L := newState(t)
		L.SetContext(&cancelling{left: 100})
		err := L.CallByParam(lua.P{Protect: true, Fn: L.NewFunction(func(L *lua.LState) int {
			ps := new(patterns)
			m := ps.matcher(call{L, "fuzz"}, pattern, subject)
			for from := 0; from <= len(subject); {
				start, end := m.find(from)
				if start < 0 {
					break
				}
				if start < from || end < start || end > len(subject) {
					t.Fatalf("a match from %d to %d, searched from %d", start, end, from)
				}
				from = max(end, start+1)
				m.pushCaptures(start, end)
				L.SetTop(0)
			}
			return 0
		})})
		if err == nil {
			return
		}
		api, ok := err.(*lua.ApiError)
		if !ok || api.Type != lua.ApiErrorRun {
			t.Fatal(err)
		}
	})
}

// TestMemory checks that a match needs memory for its pattern, not for its subject.
func TestMemory(t *testing.T) {
	L := newState(t)
	subject := strings.Repeat("a", 200)
	m := new(patterns).matcher(call{L, "match"}, "(.*)(a-)[ab]*b", subject)
	if m.match(0) >= 0 || cap(m.choices) > 4 {
		t.Errorf("%d choices are kept", cap(m.choices))
	}
}
