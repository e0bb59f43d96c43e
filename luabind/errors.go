package luabind

import (
	"errors"
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"socksh/luabind/loop"
	"socksh/luabind/sock"
	"socksh/luabind/stdlib"
)

// An error value is a table with these fields, where they apply:
//
//	op       the verb
//	errno    the kernel's name for it, "ECONNREFUSED"
//	message  the whole text; tostring(e) gives it too
//	handle   the handle's number
//	address  the address
//	timeout  true if a deadline ended the call
//	partial  what had been received until then
//	sent     how many bytes had been sent until then
//	usage    the synopsis, if the arguments did not fit
//	where    "file:line:" of the call
//	expected, got  of a check, the values that it compared
func (s *Session) openErrors() {
	s.errorMeta = s.lua.CreateTable(0, 4)
	text := func(L *lua.LState, v lua.LValue) string {
		if t, ok := v.(*lua.LTable); ok && t.Metatable == s.errorMeta {
			return lua.LVAsString(t.RawGetString("message"))
		}
		return stdlib.ToString(L, v).String()
	}
	s.errorMeta.RawSetString("__tostring", s.lua.NewFunction(func(L *lua.LState) int {
		L.Push(lua.LString(text(L, L.Get(1))))
		return 1
	}))
	s.errorMeta.RawSetString("__concat", s.lua.NewFunction(func(L *lua.LState) int {
		L.Push(lua.LString(text(L, L.Get(1)) + text(L, L.Get(2))))
		return 1
	}))
}

// raise raises err at the line that called the Go function running on L. A task
// that must unwind does so whatever the script catches.
func (s *Session) raise(L *lua.LState, err error) {
	if t := s.Loop.Current(); t.Stopping() {
		L.RaiseError("%s", loop.ErrCancelled)
	}
	L.Error(s.errorValue(err, s.at(L)), 0)
}

// at returns where the script is, as Lua's own errors begin: "file:line:".
func (s *Session) at(L *lua.LState) string {
	if where := s.position(s.Loop.Current(), L); where != "" {
		return where + ":"
	}
	return L.Where(1)
}

// errorValue makes the Lua value of err.
func (s *Session) errorValue(err error, where string) lua.LValue {
	var raised *raisedError
	if errors.As(err, &raised) {
		s.placed(raised.value, where)
		return raised.value
	}
	e := s.lua.CreateTable(0, 8)
	e.Metatable = s.errorMeta
	last := &localOf(s.Loop.Current()).raised
	last.value, last.cause = e, err
	set := func(name, value string) {
		if value != "" {
			e.RawSetString(name, lua.LString(value))
		}
	}
	set("message", err.Error())
	set("where", where)
	var failed *sock.Error
	var misused *sock.UsageError
	switch {
	case errors.As(err, &failed):
		set("op", failed.Op)
		set("errno", failed.Errno())
		set("address", failed.Address)
		set("partial", failed.Partial)
		if failed.Handle != 0 {
			e.RawSetString("handle", lua.LNumber(failed.Handle))
		}
		if failed.Sent != 0 {
			e.RawSetString("sent", lua.LNumber(failed.Sent))
		}
		if failed.Timeout() {
			e.RawSetString("timeout", lua.LTrue)
		}
	case errors.As(err, &misused):
		set("op", misused.Verb.Name)
		set("usage", misused.Verb.Usage())
	}
	return e
}

// placed says where an error value was met, if that is not known: it came from a task
// that is no code of Lua.
func (s *Session) placed(v lua.LValue, where string) {
	if e, ok := v.(*lua.LTable); ok && e.Metatable == s.errorMeta && e.RawGetString("where") == lua.LNil && where != "" {
		e.RawSetString("where", lua.LString(where))
	}
}

// A raisedError is a Lua error value on its way through Go.
type raisedError struct {
	value lua.LValue
	text  string
	cause error  // what the value was made of, if that is known still
	trace string // Lua's traceback
}

func (e *raisedError) Error() string { return e.text }
func (e *raisedError) Unwrap() error { return e.cause }

// caught turns what a protected call returned into an error whose text is what a
// person should read: where and what, without Go's or Lua's stack.
func (s *Session) caught(err error) error {
	var api *lua.ApiError
	if !errors.As(err, &api) {
		return err
	}
	if api.Type == lua.ApiErrorSyntax {
		return &raisedError{value: api.Object, text: api.Object.String()}
	}
	if api.Object == nil || api.Object == lua.LNil {
		return &raisedError{value: lua.LNil, text: "error without a value"}
	}
	if t, ok := api.Object.(*lua.LTable); ok && t.Metatable == s.errorMeta {
		text := lua.LVAsString(t.RawGetString("message"))
		if where := lua.LVAsString(t.RawGetString("where")); where != "" && !strings.HasPrefix(where, "[G]") {
			text = where + " " + text
		}
		raised := &raisedError{value: t, text: text, trace: api.StackTrace}
		if last := &localOf(s.Loop.Current()).raised; t == last.value {
			raised.cause = last.cause
		}
		return raised
	}
	if t, ok := api.Object.(*lua.LTable); ok && t.Metatable == lua.LNil {
		return &raisedError{value: t, text: s.inspect(t), trace: api.StackTrace}
	}
	return &raisedError{value: api.Object, text: s.nameCallee(s.show(api.Object), api.StackTrace), trace: api.StackTrace}
}

// show returns tostring(v), whatever its metamethod does.
func (s *Session) show(v lua.LValue) (text string) {
	switch v := v.(type) {
	case lua.LString:
		return string(v)
	case lua.LNumber:
		return stdlib.FormatNumber(float64(v))
	case *lua.LTable, *lua.LUserData:
		th := s.thread()
		defer s.release(th)
		f := s.lua.G.Global.RawGetString("tostring")
		if err := th.CallByParam(lua.P{Fn: f, NRet: 1, Protect: true}, v); err == nil {
			return th.Get(-1).String()
		}
		return fmt.Sprintf("%s value", v.Type())
	}
	return v.String()
}
