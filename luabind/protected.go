package luabind

import (
	"fmt"
	"time"

	lua "github.com/yuin/gopher-lua"

	"socksh/luabind/loop"
	"socksh/luabind/sock"
)

// A local is what a task carries for this package.
type local struct {
	coroutine *coroutine    // the one that runs, nil outside
	depth     int           // of protected calls
	group     *group        // the script the task belongs to, nil for the session's own
	job       *sock.Job     // what an input has become that was sent to the background
	input     *input        // that the task runs, nil without a journal
	threads   []*lua.LState // that run, each called by the one before
	inside    []*Subtest    // that run, one within the other
	outside   *outside      // what it waits for beside the calls, nil for nothing
	caller    string        // where the script has called the embedded function that runs
	raised    struct {      // the last error value that was made in it, and of what
		value *lua.LTable
		cause error
	}
}

func localOf(t *loop.Task) *local {
	if l, ok := t.Local.(*local); ok {
		return l
	}
	l := new(local)
	t.Local = l
	return l
}

// maxDepth bounds protected calls in each other: each takes Go stack.
const maxDepth = 190

// call runs f with args on a Lua thread of its own. That cures gopher-lua's
// habit of detaching the upvalues of every running frame when an error is caught
// (its issue 448): the frames outside are on another thread.
func (s *Session) call(f lua.LValue, args []lua.LValue, handler *lua.LFunction) ([]lua.LValue, error) {
	l := localOf(s.Loop.Current())
	if l.depth >= maxDepth {
		return nil, &raisedError{value: lua.LString("stack overflow"), text: "stack overflow (protected calls in each other)"}
	}
	if f.Type() != lua.LTFunction && s.lua.GetMetaField(f, "__call") == lua.LNil {
		text := lua.LString("attempt to call a " + f.Type().String() + " value")
		f = s.lua.NewFunction(func(L *lua.LState) int { L.Error(text, 0); return 0 })
	}
	l.depth++
	th, running, outer := s.threadFor(l), l.coroutine, l.threads
	l.threads = append(outer, th)
	th.Push(f)
	push(th, args)
	err := th.PCall(len(args), lua.MultRet, handler)
	l.depth--
	l.coroutine, l.threads = running, outer
	if err != nil {
		s.release(th)
		return nil, err
	}
	results := values(th, 1)
	s.release(th)
	return results, nil
}

// values returns the arguments of L from the n-th on.
func values(L *lua.LState, n int) []lua.LValue {
	top := L.GetTop()
	if top < n {
		return nil
	}
	vs := make([]lua.LValue, 0, top-n+1)
	for i := n; i <= top; i++ {
		vs = append(vs, L.Get(i))
	}
	return vs
}

// push puts values on the stack of L. A stack grows by small steps, each of which
// copies all of it, so room for many is made at once.
func push(L *lua.LState, vs []lua.LValue) int {
	if top := L.GetTop(); len(vs) > 64 {
		L.SetTop(top + len(vs))
		L.SetTop(top)
	}
	for _, v := range vs {
		L.Push(v)
	}
	return len(vs)
}

// protect is pcall's work: true and the results, or false and the error value.
func (s *Session) protect(L *lua.LState, f lua.LValue, args []lua.LValue, handler *lua.LFunction) int {
	results, err := s.call(f, args, handler)
	if s.Loop.Current().Stopping() {
		L.RaiseError("%s", loop.ErrCancelled) // which no script catches
	}
	if err != nil {
		L.Push(lua.LFalse)
		L.Push(s.errorObject(err))
		return 2
	}
	L.Push(lua.LTrue)
	return 1 + push(L, results)
}

// errorObject returns the Lua value of a failed call.
func (s *Session) errorObject(err error) lua.LValue {
	if api, ok := err.(*lua.ApiError); ok && api.Object != nil {
		return api.Object
	}
	return s.errorValue(err, "")
}

func (s *Session) openProtected() {
	pcall := func(L *lua.LState) int {
		return s.protect(L, L.CheckAny(1), values(L, 2), nil)
	}
	s.replace("", "pcall", pcall)
	s.define("try(f, ...)", "true and what f gives, or false and the error", pcall)
	s.replace("", "xpcall", func(L *lua.LState) int {
		return s.protect(L, L.CheckAny(1), values(L, 3), L.CheckFunction(2))
	})
	s.define("with_timeout(seconds, f, ...)", "what f gives, or an error when the time is up", s.withTimeout)
}

// withTimeout is with_timeout(seconds, f, ...): what f returns, or an error with
// timeout=true as soon as the time is up, whatever f waits for or catches.
func (s *Session) withTimeout(L *lua.LState) int {
	d, err := sock.Duration(s.toValue(L.CheckAny(1)))
	if err != nil {
		L.ArgError(1, err.Error())
	}
	f, args := L.CheckFunction(2), values(L, 3)
	t := s.Loop.Current()
	var results []lua.LValue
	expired := t.Within(d, func() { results, err = s.call(f, args, nil) })
	switch {
	case t.Stopping():
		L.RaiseError("%s", loop.ErrCancelled)
	case expired && err != nil:
		s.raise(L, &sock.Error{Op: "with_timeout", Err: fmt.Errorf("%w after %s", loop.ErrTimeout, d.Round(time.Microsecond))})
	case err != nil:
		L.Error(s.errorObject(err), 0)
	}
	return push(L, results)
}
