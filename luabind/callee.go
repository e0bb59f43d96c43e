package luabind

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"socksh/luabind/sock"
	"socksh/luabind/source"
)

// uncallable ends the text of the error of a call of what is no function.
const uncallable = "attempt to call a non-function object"

// nameCallee adds to such an error's text what was called, if the line's code tells: a
// global that is nil, a method that no handle has, or a field that a library has not.
func (s *Session) nameCallee(text string) string {
	where, ok := strings.CutSuffix(text, ": "+uncallable)
	if !ok {
		return text
	}
	colon := strings.LastIndexByte(where, ':')
	line, err := strconv.Atoi(where[colon+1:])
	code, known := s.chunks[where[:max(colon, 0)]]
	if err != nil || !known {
		return text
	}
	locals, hints := source.Locals(code), map[string]bool{}
	for _, c := range source.Calls(code, line) {
		if hint := s.missingCallee(c, locals); hint != "" {
			hints[hint] = true
		}
	}
	if len(hints) != 1 {
		return text
	}
	for hint := range hints {
		text += ": " + hint
	}
	return text
}

// missingCallee says that there is no such function, "" if there may be one.
func (s *Session) missingCallee(c source.Callee, locals map[string]bool) string {
	didYouMean := func(near string) string {
		if near == "" {
			return ""
		}
		return "; did you mean " + near + "?"
	}
	methods, _ := s.handleMeta.RawGetString("__index").(*lua.LTable)
	switch {
	case c.Sign == "" && !locals[c.Name] && s.global(c.Name) == lua.LNil:
		return "there is no " + c.Name + didYouMean(sock.Nearest(c.Name, append(slices.Sorted(maps.Keys(locals)), s.names()...)))
	case c.Sign == ":" && methods != nil && methods.RawGetString(c.Name) == lua.LNil && !s.isMethod(c.Name):
		if s.global(c.Name).Type() == lua.LTFunction {
			return c.Name + " is no method of a handle; write " + c.Name + "(" + c.Of + ", ...)"
		}
		return "there is no method " + c.Name + didYouMean(sock.Nearest(c.Name, namesIn(methods)))
	case c.Sign == "." && !locals[c.Of]:
		if library, ok := s.global(c.Of).(*lua.LTable); ok && library.RawGetString(c.Name) == lua.LNil {
			return "there is no " + c.Of + "." + c.Name + didYouMean(sock.Nearest(c.Name, namesIn(library)))
		}
	}
	return ""
}

// isMethod reports whether texts, files or jobs have a method of that name.
func (s *Session) isMethod(name string) bool {
	if name == "join" || name == "cancel" {
		return true
	}
	for _, of := range []lua.LValue{s.global("string"), s.lua.GetTypeMetatable("FILE*")} {
		if methods, ok := of.(*lua.LTable); ok && methods.RawGetString(name) != lua.LNil {
			return true
		}
	}
	return false
}

// namesIn returns the keys of a table that are texts.
func namesIn(t *lua.LTable) []string {
	var names []string
	t.ForEach(func(key, _ lua.LValue) {
		if name, ok := key.(lua.LString); ok {
			names = append(names, string(name))
		}
	})
	slices.Sort(names)
	return names
}
