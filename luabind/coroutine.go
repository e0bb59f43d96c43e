package luabind

import (
	"errors"
	"iter"

	lua "github.com/yuin/gopher-lua"
)

// A coroutine is the coroutine library's own, on iter.Pull: unlike gopher-lua's
// it may yield and block across protected calls, metamethods, iterators and
// callbacks. Its Lua value is its thread.
type coroutine struct {
	thread *lua.LState
	body   *lua.LFunction
	next   func() (struct{}, bool)
	stop   func()
	yield  func(struct{}) bool
	in     []lua.LValue // from resume to the coroutine
	out    []lua.LValue // from yield or return to the resumer
	err    error
	status string
	parent *coroutine
	group  *group
}

var errAbandoned = errors.New("coroutine abandoned")

func (s *Session) openCoroutines() {
	lib := s.lua.CreateTable(0, 8)
	for name, f := range map[string]lua.LGFunction{
		"create": func(L *lua.LState) int { L.Push(s.newCoroutine(L).thread); return 1 },
		"resume": s.coResume, "yield": s.coYield, "wrap": s.coWrap,
		"status": func(L *lua.LState) int {
			status := "dead"
			if c := s.coroutines[L.CheckThread(1)]; c != nil {
				status = c.status
			}
			L.Push(lua.LString(status))
			return 1
		},
		"running": func(L *lua.LState) int {
			if c := localOf(s.Loop.Current()).coroutine; c != nil {
				L.Push(c.thread)
			} else {
				L.Push(lua.LNil)
			}
			return 1
		},
	} {
		lib.RawSetString(name, s.lua.NewFunction(f))
	}
	s.lua.SetGlobal("coroutine", lib)
	loaded := s.lua.GetField(s.lua.GetField(s.lua.Get(lua.EnvironIndex), "package"), "loaded")
	if t, ok := loaded.(*lua.LTable); ok {
		t.RawSetString("coroutine", lib)
	}
}

func (s *Session) newCoroutine(L *lua.LState) *coroutine {
	th, _ := s.lua.NewThread()
	th.SetContext(s.hook)
	c := &coroutine{thread: th, body: L.CheckFunction(1), status: "suspended", group: localOf(s.Loop.Current()).group}
	s.coroutines[th] = c
	c.next, c.stop = iter.Pull(func(yield func(struct{}) bool) {
		c.yield = yield
		th.Push(c.body)
		n := push(th, c.in)
		c.in = nil
		if c.err = th.PCall(n, lua.MultRet, nil); c.err == nil {
			c.out = values(th, 1)
		}
		th.SetTop(0)
	})
	return c
}

// resume runs c until it yields or ends.
func (s *Session) resume(c *coroutine, args []lua.LValue) error {
	l := localOf(s.Loop.Current())
	c.in, c.parent = args, l.coroutine
	outer := l.threads
	l.threads = append(outer, c.thread)
	if c.parent != nil {
		c.parent.status = "normal"
	}
	c.status, l.coroutine = "running", c
	_, more := c.next()
	l.threads = outer
	if l.coroutine = c.parent; c.parent != nil {
		c.parent.status = "running"
	}
	if more {
		c.status = "suspended"
		return nil
	}
	c.status = "dead"
	delete(s.coroutines, c.thread)
	return c.err
}

func (s *Session) coResume(L *lua.LState) int {
	c := s.coroutines[L.CheckThread(1)]
	if c == nil || c.status != "suspended" {
		status := "dead"
		if c != nil {
			status = c.status
		}
		L.Push(lua.LFalse)
		L.Push(lua.LString("cannot resume " + status + " coroutine"))
		return 2
	}
	err := s.resume(c, values(L, 2))
	if err != nil {
		L.Push(lua.LFalse)
		L.Push(s.errorObject(err))
		return 2
	}
	L.Push(lua.LTrue)
	return 1 + push(L, c.out)
}

func (s *Session) coWrap(L *lua.LState) int {
	c := s.newCoroutine(L)
	L.Push(L.NewFunction(func(L *lua.LState) int {
		if c.status != "suspended" {
			L.RaiseError("cannot resume %s coroutine", c.status)
		}
		if err := s.resume(c, values(L, 1)); err != nil {
			L.Error(s.errorObject(err), 0)
		}
		return push(L, c.out)
	}))
	return 1
}

func (s *Session) coYield(L *lua.LState) int {
	c := localOf(s.Loop.Current()).coroutine
	if c == nil {
		L.RaiseError("attempt to yield from outside a coroutine")
		return 0
	}
	c.out = values(L, 1)
	if !c.yield(struct{}{}) {
		panic(errAbandoned) // its goroutine ends; no Lua runs any more
	}
	return push(L, c.in)
}

// stopCoroutines ends the suspended coroutines of g, or all of them without one.
func (s *Session) stopCoroutines(of ...*group) {
	s.hook.abandoning = true // what a coroutine caught must not keep it alive
	defer func() { s.hook.abandoning = false }()
	for th, c := range s.coroutines {
		if len(of) == 0 || c.group == of[0] {
			c.status = "dead"
			delete(s.coroutines, th)
			c.stop()
		}
	}
}
