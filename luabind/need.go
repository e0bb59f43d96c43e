package luabind

import (
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"socksh/luabind/sock"
)

// A SkipError ends a script that needs what this system lacks: it has neither passed
// nor failed.
type SkipError struct{ Why string }

func (e *SkipError) Error() string { return "skipped: " + e.Why }

// needs are what a script may ask for.
var needs = map[string]func(*Session) error{
	"lab": func(s *Session) error { return s.lab.Begin() },
}

// Need returns a [SkipError] if this system lacks one of the things that are named.
func (s *Session) Need(what ...string) error {
	for _, name := range what {
		try := needs[name]
		if try == nil {
			return fmt.Errorf("no one knows what %s is; a script may need: lab", sock.Quote(name))
		}
		if err := try(s); err != nil {
			return &SkipError{Why: err.Error()}
		}
	}
	return nil
}

func (s *Session) openNeed() {
	s.define("need(what, ...)", "end the script as skipped, with status 77, where the system lacks something: \"lab\"", func(L *lua.LState) int {
		var names []string
		for i := 1; i <= L.GetTop(); i++ {
			names = append(names, L.CheckString(i))
		}
		if err := s.Need(names...); err != nil {
			s.raise(L, err)
		}
		return 0
	})
}

// Needs returns what the first line of a transcript, "# need: lab", asks for.
func Needs(transcript string) []string {
	first, _, _ := strings.Cut(transcript, "\n")
	list, ok := strings.CutPrefix(first, "# need: ")
	if !ok {
		return nil
	}
	return strings.Fields(list)
}
