package luabind

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	lua "github.com/yuin/gopher-lua"

	"socksh/luabind/source"
)

// uncallable ends the text of the error of a call of what is no function.
const uncallable = "attempt to call a non-function object"

// A chunk is code that was compiled under a name.
type chunk struct {
	code   string
	shared bool // other code had the name before, as the lines typed have
}

// chunksKept is how many chunks a session keeps the code of, for messages.
const chunksKept = 100

func (s *Session) keepChunk(name, code string) {
	before, known := s.chunks[name]
	if !known && len(s.chunks) == chunksKept {
		clear(s.chunks)
	}
	s.chunks[name] = chunk{code, before.shared || known && before.code != code}
}

// nameCallee adds to such an error's text what was called, if the line's code leaves no
// doubt: a global that is nil or a library, a method that no handle has, or a field that a
// library has not, and nothing else that may be no function.
func (s *Session) nameCallee(text, trace string) string {
	where, ok := strings.CutSuffix(text, ": "+uncallable)
	if !ok {
		return text
	}
	colon := strings.LastIndexByte(where, ':')
	line, err := strconv.Atoi(where[colon+1:])
	c, known := s.chunks[where[:max(colon, 0)]]
	if err != nil || !known || c.shared && !inMainChunk().MatchString(trace) {
		return text
	}
	calls, all := source.Calls(c.code, line)
	if !all {
		return text
	}
	names := callees{s, source.Locals(c.code), source.Functions(c.code)}
	hint := ""
	for _, callee := range calls {
		missing, sure := names.missing(callee)
		switch {
		case !sure || missing != "" && hint != "":
			return text
		case missing != "":
			hint = ": " + missing
		}
	}
	return text + hint
}

// inMainChunk finds a traceback whose innermost function is a chunk itself.
var inMainChunk = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^stack traceback:\n(?:\t\[G\].*\n)*\t\S+:\d+: in main chunk`)
})

// callees are the names that code may call.
type callees struct {
	s         *Session
	locals    map[string]bool
	functions map[string]bool // that the code defines
}

// missing says that there is no such function, "" if there is one; it is not sure where
// that depends on values.
func (n callees) missing(c source.Callee) (hint string, sure bool) {
	s := n.s
	switch {
	case n.functions[c.Name]:
		return "", c.Sign == ""
	case c.Sign == "" && n.locals[c.Name]:
		return "", false
	case c.Sign == "" && s.global(c.Name) == lua.LNil:
		return "there is no " + c.Name + didYouMean(c.Name, append(slices.Sorted(maps.Keys(n.functions)), s.names()...)), true
	case c.Sign == "" && s.isLibrary(c.Name):
		return c.Name + " is a table; help " + c.Name + " tells of it", true
	case c.Sign == "":
		return "", s.global(c.Name).Type() == lua.LTFunction
	case c.Sign == ".":
		library, ok := s.global(c.Of).(*lua.LTable)
		if !ok || n.locals[c.Of] {
			return "", false
		}
		if library.RawGetString(c.Name) == lua.LNil {
			return "there is no " + c.Of + "." + c.Name + didYouMean(c.Name, namesIn(library)), true
		}
		return "", true
	}
	methods, _ := s.handleMeta.RawGetString("__index").(*lua.LTable)
	switch {
	case methods == nil:
		return "", false
	case methods.RawGetString(c.Name) != lua.LNil || s.isMethod(c.Name):
		return "", true
	case s.global(c.Name).Type() == lua.LTFunction && c.Of != "":
		return c.Name + " is no method of a handle; write " + c.Name + "(" + c.Of + ", ...)", true
	}
	return "there is no method " + c.Name + didYouMean(c.Name, namesIn(methods)), true
}

// isLibrary reports whether a name is that of a table of functions that cannot be called.
func (s *Session) isLibrary(name string) bool {
	library, ok := s.builtins.RawGetString(name).(*lua.LTable)
	return ok && s.global(name) == library && s.lua.GetMetaField(library, "__call") == lua.LNil && s.describeFunctions(name) != ""
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
