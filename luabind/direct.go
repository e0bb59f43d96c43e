package luabind

import (
	lua "github.com/yuin/gopher-lua"

	"socksh/luabind/sock"
)

// direct returns the Lua function of a verb that has a short way: it takes that
// where the arguments are a handle and data, or a handle and a count, and
// otherwise calls long.
func (s *Session) direct(v *sock.Verb, long lua.LGFunction) lua.LGFunction {
	return func(L *lua.LState) int {
		if L.GetTop() != 2 {
			return long(L)
		}
		ud, ok := L.Get(1).(*lua.LUserData)
		if !ok {
			return long(L)
		}
		h, ok := ud.Value.(*sock.Handle)
		if !ok || h.Closed() {
			return long(L)
		}
		var out sock.Value
		var err error
		switch arg := L.Get(2).(type) {
		case lua.LString:
			if v.RunData == nil {
				return long(L)
			}
			out, err = v.RunData(s.Loop.Current(), s.Table, h, string(arg))
		case lua.LNumber:
			n, ok := v.Params[1].Count(float64(arg))
			if v.RunCount == nil || !ok {
				return long(L)
			}
			out, err = v.RunCount(s.Loop.Current(), s.Table, h, n)
		default:
			return long(L)
		}
		if err != nil {
			s.raise(L, s.Table.Failed(v, h, err))
		}
		L.Push(s.toLua(&out))
		if out.Type == sock.Nil {
			L.Push(lua.LString("eof"))
			return 2
		}
		return 1
	}
}
