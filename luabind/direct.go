package luabind

import (
	lua "github.com/yuin/gopher-lua"

	"socksh/luabind/sock"
)

// direct makes the call that L holds by the short way of its verb, where the
// arguments are a handle and data, or a handle and perhaps a count, and no journal
// listens. It returns how
// many results it has pushed, or -1 where there is no short way.
func (s *Session) direct(L *lua.LState, v *sock.Verb) int {
	top := L.GetTop()
	if top == 0 || top > 2 || s.Table.Journal != nil {
		return -1
	}
	ud, ok := L.Get(1).(*lua.LUserData)
	if !ok {
		return -1
	}
	h, ok := ud.Value.(*sock.Handle)
	if !ok || h.Closed() {
		return -1
	}
	var out sock.Value
	var err error
	arg := L.Get(2)
	if arg == lua.LNil && v.RunCount != nil && v.Params[1].Optional {
		arg = lua.LNumber(v.Params[1].Default.Num)
	}
	switch arg := arg.(type) {
	case lua.LString:
		if v.RunData == nil {
			return -1
		}
		out, err = v.RunData(s.Loop.Current(), s.Table, h, string(arg))
	case lua.LNumber:
		n, ok := v.Params[1].Count(float64(arg))
		if v.RunCount == nil || !ok {
			return -1
		}
		out, err = v.RunCount(s.Loop.Current(), s.Table, h, n)
	default:
		return -1
	}
	s.ended = nil
	if err != nil {
		s.raise(L, s.Table.Failed(v, h, err))
	}
	L.Push(s.toLua(&out))
	if out.Type == sock.Nil {
		s.ended = v
		L.Push(lua.LString("eof"))
		return 2
	}
	return 1
}
