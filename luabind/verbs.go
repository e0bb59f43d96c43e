package luabind

import (
	"strconv"

	lua "github.com/yuin/gopher-lua"

	"socksh/luabind/sock"
)

// openVerbs makes each verb a global function, and a method of the handles where
// its first parameter is one. The methods are a plain table, so that s:send(...)
// costs no more than the call; what a handle is, is asked by verbs too: s:fd().
func (s *Session) openVerbs() {
	methods := s.lua.CreateTable(0, len(s.verbs))
	for i := range s.verbs {
		v := &s.verbs[i]
		f := s.lua.NewFunction(s.bind(v))
		for _, name := range append([]string{v.Name}, v.Aliases...) {
			s.builtins.RawSetString(name, f)
			if len(v.Params) > 0 && v.Params[0].Kind == sock.HandleKind {
				methods.RawSetString(name, f)
			}
		}
	}
	s.define("lines(socket [, options])", "iterate over a stream's lines until its end", s.lines)
	methods.RawSetString("lines", s.builtins.RawGetString("lines"))
	s.handleMeta = s.lua.CreateTable(0, 2)
	s.handleMeta.RawSetString("__index", methods)
	s.handleMeta.RawSetString("__tostring", s.lua.NewFunction(func(L *lua.LState) int {
		L.Push(lua.LString(strconv.Itoa(L.CheckUserData(1).Value.(*sock.Handle).N)))
		return 1
	}))
}

// bind returns the Lua function of a verb. A last table with names in it gives
// parameters by name, as --name does on a command.
func (s *Session) bind(v *sock.Verb) lua.LGFunction {
	short := v.RunData != nil || v.RunCount != nil
	return func(L *lua.LState) int {
		if short {
			if n := s.direct(L, v); n >= 0 {
				return n
			}
		}
		t := s.Loop.Current()
		c := s.Table.Begin(v)
		top := L.GetTop()
		for i := 1; i <= top; i++ {
			switch arg := L.Get(i).(type) {
			case *lua.LUserData:
				if h, ok := arg.Value.(*sock.Handle); ok {
					c.AddHandle(h)
					continue
				}
				c.Add(s.toValue(arg))
			case lua.LString:
				c.AddText(string(arg))
			case lua.LNumber:
				c.AddNumber(float64(arg))
			case *lua.LTable:
				if i < top || arg.Len() > 0 {
					c.Add(s.toValue(arg))
					continue
				}
				arg.ForEach(func(key, value lua.LValue) { c.Set(key.String(), s.toValue(value)) })
			default:
				c.Add(s.toValue(arg))
			}
		}
		out, err := c.Run(t)
		s.ended = nil
		if err != nil {
			c.End()
			if misused, ok := err.(*sock.UsageError); ok {
				hintColon(L, v, misused)
			}
			s.raise(L, err)
		}
		n := len(out)
		if n == 2 && out[0].Type == sock.Nil && out[1].Str == "eof" {
			s.ended = v
		}
		for i := range out {
			L.Push(s.toLua(&out[i]))
		}
		c.End()
		return n
	}
}

// lines is the iterator over a stream's lines; it ends with the stream.
func (s *Session) lines(L *lua.LState) int {
	recvline := s.Verb("recvline")
	line := s.bind(recvline)
	args := []lua.LValue{L.CheckAny(1)}
	if options, ok := L.Get(2).(*lua.LTable); ok {
		args = append(args, options)
	}
	L.Push(L.NewFunction(func(L *lua.LState) int {
		L.SetTop(0)
		for _, a := range args {
			L.Push(a)
		}
		if n := line(L); n > 1 {
			L.Pop(n - 1) // nil, without "eof"
		}
		return 1
	}))
	return 1
}
