package luabind

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"

	"socksh/luabind/loop"
	"socksh/luabind/sock"
)

// patience is how long a check waits for what is not there yet, unless told.
const patience = 5 * time.Second

// openEventually defines the checks of what the kernel does in its own time.
// They ask again and again, and other tasks run meanwhile.
func (s *Session) openEventually() {
	s.define("eventually(f [, timeout])", "what f() gives, as soon as that is neither nil nor false; an error after the timeout, 5 s unless given", func(L *lua.LState) int {
		f, d, t := L.CheckFunction(1), s.timeout(L, 2), s.Loop.Current()
		end := time.Now().Add(d)
		return push(L, s.eventually(L, d, func() ([]lua.LValue, string) {
			var results []lua.LValue
			var err error
			expired := t.Within(time.Until(end), func() { results, err = s.call(f, nil, nil) })
			switch {
			case t.Stopping():
				L.RaiseError("%s", loop.ErrCancelled)
			case err != nil && expired:
				return nil, "the condition did not come true"
			case err != nil:
				if e, ok := s.errorObject(err).(*lua.LTable); ok && s.isCheck(e) {
					return nil, lua.LVAsString(e.RawGetString("message"))
				}
				s.rethrow(L, err)
			case len(results) == 0 || lua.LVIsFalse(results[0]):
				return nil, "the condition did not come true"
			}
			return results, ""
		}))
	})
	s.functions[len(s.functions)-1].details = "A check in f that is not met is tried again, any other error ends it. What f waits for at the timeout ends."
	s.define("expect.state(socket, state [, timeout])", "its TCP state is, or becomes, this one", func(L *lua.LState) int {
		want, states := L.CheckString(2), s.Verb("wait_state").Params[1]
		name, ok := states.Choice(want)
		if !ok {
			hint := cmp.Or(didYouMean(want, states.Names()), "; these are: "+strings.Join(states.Names(), ", "))
			L.ArgError(2, "no state is called "+sock.Quote(want)+hint)
		}
		s.eventually(L, s.timeout(L, 3), func() ([]lua.LValue, string) {
			state := s.verb(L, "state", L.Get(1))
			if name == state[0].String() {
				return nil, ""
			}
			return nil, fmt.Sprintf("expected %s, got %s", want, state[0])
		})
		return 0
	})
	s.define("expect.queue(listener, {completed = n, incomplete = n, dead = n} [, timeout])", "the listener's queues are, or become, that long; what is left out may be anything", func(L *lua.LState) int {
		want := L.CheckTable(2)
		s.eventually(L, s.timeout(L, 3), func() ([]lua.LValue, string) {
			queues := s.verb(L, "queues", L.Get(1))[0].(*lua.LTable)
			got := s.lua.NewTable()
			got.RawSetString("completed", queues.RawGetString("length"))
			got.RawSetString("incomplete", lua.LNumber(queues.RawGetString("incomplete").(*lua.LTable).Len()))
			got.RawSetString("dead", queues.RawGetString("dead"))
			fits := true
			want.ForEach(func(name, n lua.LValue) { fits = fits && got.RawGet(name) == n })
			if fits {
				return nil, ""
			}
			return nil, fmt.Sprintf("expected %s, got %s", s.inspect(want), s.inspect(got))
		})
		return 0
	})
	s.define("expect.counter(name, n, f, ...)", "while f(...) runs a counter of this network grows by at least n; gives what f gives", func(L *lua.LState) int {
		name, n := L.CheckString(1), L.CheckNumber(2)
		read := func() lua.LNumber {
			all := s.verb(L, "counters", lua.LString(name))[0].(*lua.LTable)
			v, ok := all.RawGetString(name).(lua.LNumber)
			if !ok {
				L.ArgError(1, "no counter is called "+sock.Quote(name))
			}
			return v
		}
		before := read()
		results, err := s.call(L.CheckFunction(3), values(L, 4), nil)
		if err != nil {
			s.rethrow(L, err)
		}
		s.eventually(L, patience, func() ([]lua.LValue, string) {
			if moved := read() - before; moved < n {
				return nil, fmt.Sprintf("expected %s to grow by %s, got %s", name, n, moved)
			}
			return nil, ""
		})
		return push(L, results)
	})
	s.define("expect.no_leaks()", "no handle is open, and no task runs beside this one", func(L *lua.LState) int {
		var open []string
		for _, h := range s.Table.Handles() {
			open = append(open, fmt.Sprintf("handle %d (%s)", h.N, s.Table.Summary(h)))
		}
		self := s.Loop.Current()
		for _, j := range s.Table.Jobs() {
			if !j.Ended() && j.Task != self {
				open = append(open, j.Name()+" "+j.Text)
			}
		}
		if len(open) > 0 {
			s.unmet(L, 0, "expected nothing to be left, got %s", strings.Join(open, ", "))
		}
		return 0
	})
}

// isCheck reports whether an error is that of a check which was not met.
func (s *Session) isCheck(e *lua.LTable) bool {
	return e.Metatable == s.errorMeta && e.RawGetString("op") == lua.LString("expect")
}

// timeout takes the argument that says how long to wait.
func (s *Session) timeout(L *lua.LState, n int) time.Duration {
	if L.Get(n) == lua.LNil {
		return patience
	}
	d, err := sock.Duration(s.toValue(L.Get(n)))
	if err != nil {
		L.ArgError(n, err.Error())
	}
	return d
}

// verb calls a verb as a script would.
func (s *Session) verb(L *lua.LState, name string, args ...lua.LValue) []lua.LValue {
	results, err := s.call(s.builtins.RawGetString(name), args, nil)
	if err != nil {
		s.rethrow(L, err)
	}
	return results
}

// rethrow raises the error of a call made for the function that runs on L.
func (s *Session) rethrow(L *lua.LState, err error) {
	if s.Loop.Current().Stopping() {
		L.RaiseError("%s", loop.ErrCancelled)
	}
	e := s.errorObject(err)
	s.placed(e, s.at(L))
	L.Error(e, 0)
}

// eventually makes try until it has nothing to object, and returns what it gives.
// When the time is up its last objection is raised, with the last call in it that failed.
func (s *Session) eventually(L *lua.LState, d time.Duration, try func() ([]lua.LValue, string)) []lua.LValue {
	end, pause := time.Now().Add(d), time.Millisecond/4
	last := &localOf(s.Loop.Current()).raised
	for {
		last.value, last.cause = nil, nil
		results, objection := try()
		if objection == "" {
			return results
		}
		wake := time.Now().Add(pause)
		if wake.After(end) {
			failed, misused := new(sock.Error), new(sock.UsageError)
			switch {
			case errors.As(last.cause, &failed):
				s.unmet(L, 0, "%s after %s; the last call in it that failed: %w", objection, d, failed)
			case errors.As(last.cause, &misused):
				s.unmet(L, 0, "%s after %s; the last call in it that failed: %s", objection, d, misused)
			}
			s.unmet(L, 0, "%s after %s", objection, d)
		}
		if err := s.Loop.Current().Sleep(wake); err != nil {
			L.RaiseError("%s", loop.ErrCancelled)
		}
		pause = min(2*pause, 20*time.Millisecond)
	}
}
