package luabind

import (
	"fmt"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"socksh/luabind/journal"
	"socksh/luabind/lab"
	"socksh/luabind/loop"
	"socksh/luabind/sock"
)

// newLab prepares the session's lab, which begins with its first host.
func (s *Session) newLab() {
	l := lab.New(s.Table, &s.kernel)
	l.OnBegin = func() {
		j := s.Journal()
		if !s.pumping {
			s.pumping = true
			j.Before = append(j.Before, l.Pump)
		}
		if len(s.view.what) > 0 && !s.view.shows("wire") {
			s.view.what = append(s.view.what, "wire")
			s.wire.Follow()
		}
	}
	l.Made = func(h *lab.Host) { s.lua.G.Global.RawSetString(h.Name(), s.host(h)) }
	l.OnEnd = func(h *lab.Host) {
		if s.lua.G.Global.RawGetString(h.Name()) == s.host(h) {
			s.lua.G.Global.RawSetString(h.Name(), lua.LNil)
		}
	}
	l.Choose = s.chooses
	s.lab = l
}

// chooses asks a function of Lua whether it wants a segment. One that fails wants none.
func (s *Session) chooses(function any, seg journal.Segment) bool {
	f, ok := function.(*lua.LFunction)
	if !ok {
		return false
	}
	t := s.lua.CreateTable(0, 8)
	for name, v := range map[string]lua.LValue{
		"from": lua.LString(seg.From.String()), "to": lua.LString(seg.To.String()), "protocol": lua.LString(seg.Protocol),
		"flags": lua.LString(seg.Flags), "seq": lua.LNumber(seg.Seq), "ack": lua.LNumber(seg.Ack),
		"len": lua.LNumber(seg.Len), "data": lua.LString(seg.Data),
	} {
		t.RawSetString(name, v)
	}
	results, err := s.call(f, []lua.LValue{t}, nil)
	if err != nil {
		s.note("the function that chooses segments: " + s.caught(err).Error())
		return false
	}
	return len(results) > 0 && !lua.LVIsFalse(results[0])
}

// openHosts makes the verbs that are about a host methods of hosts: client:socket().
func (s *Session) openHosts() {
	methods := s.lua.CreateTable(0, 32)
	for i := range s.verbs {
		v := &s.verbs[i]
		k := slices.IndexFunc(v.Params, func(p sock.Param) bool { return p.Kind == sock.HostKind && p.Name == "host" })
		if k < 0 {
			continue
		}
		f := s.lua.NewFunction(s.bind(v))
		if k > 0 {
			f = s.lua.NewFunction(s.onHost(v))
		}
		methods.RawSetString(v.Name, f)
	}
	s.hostMeta = s.lua.CreateTable(0, 2)
	s.hostMeta.RawSetString("__index", s.lua.NewFunction(func(L *lua.LState) int {
		h, ok := L.CheckUserData(1).Value.(*lab.Host)
		if !ok {
			L.ArgError(1, "host expected")
		}
		switch key := L.Get(2).String(); key {
		case "name":
			L.Push(lua.LString(h.Name()))
		case "addresses":
			all := s.lua.NewTable()
			for _, ip := range h.Addresses() {
				all.Append(lua.LString(ip.String()))
			}
			L.Push(all)
		default:
			L.Push(methods.RawGetString(key))
		}
		return 1
	}))
	s.hostMeta.RawSetString("__tostring", s.lua.NewFunction(func(L *lua.LState) int {
		L.Push(lua.LString(L.CheckUserData(1).Value.(*lab.Host).Name()))
		return 1
	}))
}

// onHost is a verb whose parameter host is the object that it is a method of.
func (s *Session) onHost(v *sock.Verb) lua.LGFunction {
	call := s.bind(v)
	return func(L *lua.LState) int {
		host := L.Get(1)
		L.Remove(1)
		options, ok := L.Get(L.GetTop()).(*lua.LTable)
		if !ok || options.Len() > 0 {
			options = s.lua.NewTable()
			L.Push(options)
		} else {
			given := options
			options = s.lua.NewTable()
			given.ForEach(options.RawSet)
			L.Replace(L.GetTop(), options)
		}
		options.RawSetString("host", host)
		return call(L)
	}
}

// host returns the one userdata of h.
func (s *Session) host(h *lab.Host) *lua.LUserData {
	if ud, ok := h.Script.(*lua.LUserData); ok {
		return ud
	}
	ud := &lua.LUserData{Value: h, Env: s.lua.Env, Metatable: s.hostMeta}
	h.Script = ud
	return ud
}

// atVerb is the command that says on which host something is to be done.
func (s *Session) atVerb() sock.Verb {
	return sock.Verb{Name: "at", Shell: true, Waits: true, Gives: "what the command gives; the host, without one",
		Summary: "make sockets on a host, or ask its kernel",
		Details: "With a command: run it with --host HOST. Without one: sockets are made on that host from now on, as the prompt shows; at real goes back to the real network.",
		Params:  []sock.Param{{Name: "host", Kind: sock.HostKind, Optional: true}, {Name: "command", Kind: sock.TextKind, Rest: true, Optional: true}},
		Example: "at client socket as c", See: "network_namespaces(7)",
		Run: func(t *loop.Task, tab *sock.Table, a *sock.Args) (sock.Result, error) {
			words := a.Rest()
			if len(words) == 0 {
				if a.Value(0).Type != sock.Nil {
					tab.Here = tab.HostArg(a, 0)
					return nil, nil
				}
				return a.Give(sock.HostValue(tab.Here)), nil
			}
			v, err := s.hostVerb(words[0].Str)
			if err != nil {
				return nil, err
			}
			c := tab.Begin(v)
			defer c.End()
			for _, w := range words[1:] {
				c.Add(w)
			}
			c.Set("host", a.Value(0))
			out, err := c.Run(t)
			return out.Keep(), err
		}}
}

// hostVerb returns the verb of that name, if it is about a host.
func (s *Session) hostVerb(name string) (*sock.Verb, error) {
	v := s.Verb(name)
	if v == nil {
		return nil, sock.Misuse(fmt.Sprintf("no command is called %s", sock.Quote(name)))
	}
	if !slices.ContainsFunc(v.Params, func(p sock.Param) bool { return p.Kind == sock.HostKind && p.Name == "host" }) {
		return nil, sock.Misuse(fmt.Sprintf("%s is the same on all hosts: a socket stays where it was made", name))
	}
	return v, nil
}

// Here returns the host on which sockets are made, "" for the real network.
func (s *Session) Here() string { return sock.HostName(s.Table.Here) }

// isHost reports whether a host is called name: handles and hosts share their names.
func (s *Session) isHost(name string) bool {
	h, _ := s.Table.FindHost(name)
	return h != nil
}
