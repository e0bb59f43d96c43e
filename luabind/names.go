package luabind

import (
	"sort"

	lua "github.com/yuin/gopher-lua"

	"socksh/luabind/line"
	"socksh/luabind/sock"
)

// mayName checks a handle's new name before anything is done.
func (s *Session) mayName(v *sock.Verb, name string) error {
	if err := s.Table.MayName(nil, name); err != nil {
		return &sock.UsageError{Verb: v, Why: err.Error()}
	}
	return nil
}

func isKeyword(word string) bool {
	l, err := line.Parse(word+"=nil", func(string) bool { return false })
	return err != nil || l.Kind != line.Lua
}

// global returns what a global's name stands for. It asks no metatable of a script's,
// which could raise, or wait.
func (s *Session) global(name string) lua.LValue {
	if v := s.lua.G.Global.RawGetString(name); v != lua.LNil {
		return v
	}
	return s.builtins.RawGetString(name)
}

// named makes a handle's name a Lua variable.
func (s *Session) named(h *sock.Handle, before string) {
	if before != "" && s.lua.G.Global.RawGetString(before) == s.handle(h) {
		s.lua.G.Global.RawSetString(before, lua.LNil)
	}
	if h.Name != "" {
		s.lua.G.Global.RawSetString(h.Name, s.handle(h))
	}
}

func (s *Session) setCurrent(h *sock.Handle, out sock.Result) {
	for _, v := range out {
		if made, ok := v.Any.(*sock.Handle); ok {
			s.Table.Current = made
			return
		}
	}
	if h != nil && !h.Closed() {
		s.Table.Current = h
	}
}

// assign gives a command's results to Lua variables.
func (s *Session) assign(targets string, out sock.Result) error {
	f, err := s.compile(targets+" = ...", "line", false)
	if err != nil {
		return err
	}
	var args []lua.LValue
	for _, v := range out {
		args = append(args, s.toLua(&v))
	}
	if _, err := s.call(f, args, nil); err != nil {
		return s.caught(err)
	}
	return nil
}

// setLast keeps the first result as the Lua variable _.
func (s *Session) setLast(out sock.Result) {
	if len(out) > 0 {
		s.lua.G.Global.RawSetString("_", s.toLua(&out[0]))
	}
}

// names returns the names of all commands.
func (s *Session) names() []string {
	names := make([]string, 0, len(s.byName))
	for name := range s.byName {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
