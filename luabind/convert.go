package luabind

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"socksh/luabind/lab"
	"socksh/luabind/sock"
	"socksh/luabind/stdlib"
)

// toValue converts an argument from Lua. Texts stay texts: sock parses them.
func (s *Session) toValue(v lua.LValue) sock.Value {
	switch v := v.(type) {
	case lua.LString:
		return sock.Value{Type: sock.Text, Str: string(v)}
	case lua.LNumber:
		return sock.Value{Type: sock.Number, Num: float64(v)}
	case lua.LBool:
		return sock.Flag(bool(v))
	case *lua.LNilType:
		return sock.Value{}
	case *lua.LUserData:
		switch x := v.Value.(type) {
		case *sock.Handle:
			return sock.Value{Type: sock.AHandle, Any: x}
		case *sock.Job:
			return sock.Value{Type: sock.AJob, Any: x}
		case *lab.Host:
			return sock.HostValue(x)
		case *stdlib.Buffer:
			return sock.Value{Type: sock.Memory, Any: x}
		case stdlib.Integer:
			return sock.Value{Type: sock.Text, Str: x.String(), Any: v}
		}
	case *lua.LTable:
		if v.Len() > 0 {
			var list []sock.Value
			for i := 1; i <= v.Len(); i++ {
				item := v.RawGetInt(i)
				if nested, ok := item.(*lua.LTable); ok { // perhaps in itself: a verb takes records only
					list = append(list, s.toRecord(nested))
					continue
				}
				list = append(list, s.toValue(item))
			}
			return sock.Value{Type: sock.List, Any: list}
		}
		return s.toRecord(v)
	}
	return foreign(v)
}

// toRecord converts a table that tells of a handle, such as poll gives, with its
// plain fields. Any other stays the script's own.
func (s *Session) toRecord(t *lua.LTable) sock.Value {
	if t.Len() > 0 || t.RawGetString("handle") == lua.LNil {
		return foreign(t)
	}
	var fields []sock.Field
	t.ForEach(func(name, value lua.LValue) {
		field := sock.Field{Name: name.String(), Value: foreign(value)}
		if _, nested := value.(*lua.LTable); !nested {
			field.Value = s.toValue(value)
		}
		fields = append(fields, field)
	})
	return sock.Value{Type: sock.Record, Any: fields}
}

func foreign(v lua.LValue) sock.Value {
	return sock.Value{Type: sock.Foreign, Any: v, Str: v.Type().String()}
}

func (s *Session) toValues(vs []lua.LValue) sock.Result {
	var out sock.Result
	for _, v := range vs {
		out = append(out, s.toValue(v))
	}
	return out
}

// toLua converts a result.
func (s *Session) toLua(v *sock.Value) lua.LValue {
	switch v.Type {
	case sock.Nil:
		return lua.LNil
	case sock.Bool:
		return lua.LBool(v.Num != 0)
	case sock.Number:
		return s.number(v.Num)
	case sock.Text, sock.Bytes:
		if i, ok := v.Any.(*lua.LUserData); ok { // a u64 or i64 on its way back
			return i
		}
		return lua.LString(v.Str)
	case sock.Memory:
		return v.Any.(*stdlib.Buffer).Object()
	case sock.Scratch:
		return lua.LString(strings.Clone(v.Str))
	case sock.AHandle:
		return s.handle(v.Any.(*sock.Handle))
	case sock.AJob:
		return s.job(v.Any.(*sock.Job))
	case sock.AHost:
		if h, ok := v.Any.(*lab.Host); ok {
			return s.host(h)
		}
		return lua.LString(sock.RealNetwork)
	case sock.List:
		items := v.Any.([]sock.Value)
		t := s.lua.CreateTable(len(items), 0)
		for _, e := range items {
			t.Append(s.toLua(&e))
		}
		return t
	case sock.Record:
		fields := v.Any.([]sock.Field)
		t := s.lua.CreateTable(0, len(fields))
		for _, f := range fields {
			t.RawSetString(f.Name, s.toLua(&f.Value))
		}
		return t
	}
	if lv, ok := v.Any.(lua.LValue); ok {
		return lv
	}
	return lua.LNil
}

func (s *Session) number(n float64) lua.LValue {
	i := int(n)
	if i < 0 || i >= len(s.numbers) || float64(i) != n {
		return lua.LNumber(n)
	}
	if s.numbers[i] == nil {
		s.numbers[i] = lua.LNumber(n)
	}
	return s.numbers[i]
}

// handle returns the one userdata of h.
func (s *Session) handle(h *sock.Handle) *lua.LUserData {
	if ud, ok := h.Script.(*lua.LUserData); ok {
		return ud
	}
	ud := &lua.LUserData{Value: h, Env: s.lua.Env, Metatable: s.handleMeta}
	h.Script = ud
	if t := s.Loop.Current(); s.trial != nil && t != nil {
		h.Made = s.whereIs(t)
	}
	return ud
}

// job returns the one userdata of j.
func (s *Session) job(j *sock.Job) *lua.LUserData {
	if ud, ok := j.Script.(*lua.LUserData); ok {
		return ud
	}
	ud := &lua.LUserData{Value: j, Env: s.lua.Env, Metatable: s.jobMeta}
	j.Script = ud
	return ud
}

// variable returns the handle that a global variable or a path such as "t.srv"
// holds, or nil.
func (s *Session) variable(path string) *sock.Handle {
	v := lua.LValue(s.lua.G.Global)
	for _, name := range strings.Split(path, ".") {
		t, ok := v.(*lua.LTable)
		if !ok {
			return nil
		}
		v = t.RawGetString(name)
	}
	switch v := v.(type) {
	case *lua.LUserData:
		h, _ := v.Value.(*sock.Handle)
		return h
	case lua.LNumber:
		h, _ := s.Table.Find(v.String())
		return h
	}
	return nil
}
