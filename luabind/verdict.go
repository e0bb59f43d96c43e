package luabind

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"socksh/luabind/loop"
	"socksh/luabind/sock"
)

// A SkipError ends a script that cannot be judged here, with the reason.
type SkipError struct {
	Reason string
	Need   bool // something that it needs is missing
}

func (e *SkipError) Error() string { return "skipped: " + e.Reason }

// A cleanup is what defer has put off, and where.
type cleanup struct {
	f      lua.LValue
	args   []lua.LValue
	closes *sock.Handle // the handle that it closes, nil for anything else
	where  string       // "file.lua:12"
}

// done reports whether there is nothing to do any more: a handle is closed already.
func (c cleanup) done() bool { return c.closes != nil && c.closes.Closed() }

// openVerdicts defines what a scenario says of itself while it runs.
func (s *Session) openVerdicts() {
	s.define("defer(f, ...)", "run f(...) when the scenario or script has ended, however it ended; the last first", func(L *lua.LState) int {
		g := s.groupOf(L, "defer")
		c := cleanup{f: L.CheckFunction(1), args: values(L, 2), where: strings.TrimRight(s.at(L), ": ")}
		if ud, ok := L.Get(2).(*lua.LUserData); ok && c.f == s.builtins.RawGetString("close") {
			c.closes, _ = ud.Value.(*sock.Handle)
		}
		g.deferred = append(g.deferred, c)
		return 0
	})
	s.functions[len(s.functions)-1].details = "defer(close, s) closes s unless that has been done."
	s.define("skip(reason)", "end the scenario, or the subtest, as skipped: it neither passes nor fails", func(L *lua.LState) int {
		s.skip(L, &SkipError{Reason: reasonOf(L)})
		return 0
	})
	s.define("xfail(reason)", "this scenario is known to fail: it counts as expected if it does, and fails if it passes", func(L *lua.LState) int {
		reason := reasonOf(L)
		if g := localOf(s.Loop.Current()).group; g != nil && g.trial != nil {
			g.trial.Expected = reason
		}
		return 0
	})
	s.define("need{words…}", "skip the scenario unless the system has all of it", func(L *lua.LState) int {
		for _, word := range s.needed(L) {
			why, known := s.Missing(word)
			if !known {
				L.ArgError(1, "nobody knows a need called "+sock.Quote(word)+"; help need lists them")
			}
			if why != "" {
				s.skip(L, &SkipError{Reason: why, Need: true})
			}
		}
		return 0
	})
	s.functions[len(s.functions)-1].details = "Words: " + requirementWords() + ". socksh run ends with status 77 where one is missing."
	s.define("subtest(name, f)", "run f as a part of the scenario that is reported by name; the scenario goes on where it fails, and fails at its end", func(L *lua.LState) int {
		s.subtest(L, L.CheckString(1), L.CheckFunction(2))
		return 0
	})
}

// reasonOf takes a reason, which reports show.
func reasonOf(L *lua.LState) string {
	reason := L.CheckString(1)
	if strings.TrimSpace(reason) == "" {
		L.ArgError(1, "a reason is some text")
	}
	return reason
}

// needed takes the words of need, as arguments or in a table.
func (s *Session) needed(L *lua.LState) []string {
	var words []string
	add := func(v lua.LValue) {
		word, ok := v.(lua.LString)
		if !ok {
			L.ArgError(1, `needs are words, as need{"ipv6", "cmd:nc"}`)
		}
		words = append(words, strings.Fields(string(word))...)
	}
	for _, v := range values(L, 1) {
		if table, ok := v.(*lua.LTable); ok {
			table.ForEach(func(_, item lua.LValue) { add(item) })
		} else {
			add(v)
		}
	}
	return words
}

// skip ends the subtest, the scenario or the script that runs on L.
func (s *Session) skip(L *lua.LState, why *SkipError) {
	g := localOf(s.Loop.Current()).group
	switch {
	case g == nil:
		L.RaiseError("%s", why)
	case len(localOf(s.Loop.Current()).inside) > 0:
		inside := localOf(s.Loop.Current()).inside
		inside[len(inside)-1].Skipped = why.Reason
		L.RaiseError("%s", why)
	case g.skipped == nil:
		g.skipped = why
		s.cancelGroup(g)
	}
	L.RaiseError("%s", why)
}

// A Subtest is a part of a scenario that has a name of its own.
type Subtest struct {
	Name    string
	Skipped string // the reason
	Failed  bool
}

func (s *Session) subtest(L *lua.LState, name string, f *lua.LFunction) {
	g := localOf(s.Loop.Current()).group
	if g == nil || g.trial == nil {
		if _, err := s.call(f, nil, nil); err != nil {
			s.rethrow(L, err)
		}
		return
	}
	l := localOf(s.Loop.Current())
	if n := len(l.inside); n > 0 {
		name = l.inside[n-1].Name + " / " + name
	}
	sub := &Subtest{Name: name}
	g.trial.Subtests, l.inside = append(g.trial.Subtests, sub), append(l.inside, sub)
	_, err := s.call(f, nil, nil)
	l.inside = l.inside[:len(l.inside)-1]
	if s.Loop.Current().Stopping() {
		L.RaiseError("%s", loop.ErrCancelled) // which no script catches
	}
	if err != nil && sub.Skipped == "" {
		sub.Failed = true
		failure := s.judge(s.caught(err))
		failure.Phase = name
		g.trial.fail(failure)
	}
}
