package luabind

import (
	"fmt"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"socksh/luabind/journal"
	"socksh/luabind/sock"
)

// peerFunctions are those of the embedded module peer, which is loaded when one of them
// is first called.
var peerFunctions = [][2]string{
	{"peer.server([address,] how, ...)", "a server that does how(conn, ...) to each connection; gives its address, 127.0.0.1 and a free port unless told. To try a client by hand: socksh -e 'print(peer.server(peer.silent))'; ^C ends it"},
	{"peer.client(address, how, ...)", "a client that connects and does how(conn, ...); gives the job, which join waits for. The connection stays open until the scenario ends, unless how closes it; peers are no leftovers. A function of your own may send first: peer.client(at, function(c) c:send(\"GET \") peer.stall(c) end). What how raises is an error of the scenario, unless its connection has ended"},
	{"peer.reset(conn)", "for peer.server and peer.client: RST at once"},
	{"peer.silent(conn)", "keep the connection open, and neither read nor send; returns at once"},
	{"peer.half_close(conn)", "send FIN, and read until the other side has sent its own"},
	{"peer.stall(conn [, pause])", "read nothing, so that the small window which peer.server and peer.client give it fills and closes; returns at once. With a pause one byte is read after each until the stream ends, however long that takes: cancel the job to end it"},
	{"peer.trickle(conn, data [, pause [, open]])", "send data byte by byte, each a segment of its own, and close unless open is true"},
	{"peer.cut(conn, data, n [, abort])", "send n bytes of data and close in the middle of it; with RST if abort is true, else what comes is read for a moment, so that it is FIN"},
	{"peer.linger(conn, data [, seconds])", "send data and close with SO_LINGER: close waits for the other side to take it"},
	{"peer.late(conn, data)", "wait for the other side's FIN, then send data, and close"},
	{"peer.never_accept([backlog])", "the address of a listener that never accepts: connect succeeds, and nobody answers"},
	{"peer.full()", "the address of a listener whose queue is full: connect gets no answer"},
	{"peer.reset_before_accept([address])", "a client that resets while it waits to be accepted; without an address, a server that resets those who wait: gives its address"},
}

// openPeer defines peer.*: badly behaved peers, which end with the scenario or script.
func (s *Session) openPeer() {
	for _, f := range peerFunctions {
		name := function{usage: f[0]}.name()[len("peer."):]
		s.define(f[0], f[1], func(L *lua.LState) int {
			s.tellPeer(L.Get(1), "peer."+name)
			l := localOf(s.Loop.Current())
			before := l.caller
			l.caller = s.position(s.Loop.Current(), L)
			defer func() { l.caller = before }()
			module, err := s.call(s.lua.GetGlobal("require"), []lua.LValue{lua.LString("peer")}, nil)
			if err != nil {
				s.rethrow(L, err)
			}
			table, ok := module[0].(*lua.LTable)
			if !ok {
				L.RaiseError("the module peer is no table")
			}
			if table.RawGetString("lost") == lua.LNil {
				table.RawSetString("lost", s.lua.NewFunction(s.lostPeer))
			}
			results, err := s.call(table.RawGetString(name), values(L, 1), nil)
			if err != nil {
				s.blame(L, err)
			}
			return push(L, results)
		})
	}
}

// lostBy are the errors by which a connection has ended; see tcp(7), socket(7).
var lostBy = []string{"ECONNRESET", "EPIPE", "ENOTCONN", "ECONNABORTED", "ESHUTDOWN", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "ENETDOWN"}

// lostPeer is lost(conn, e) of the module: whether the error is that the connection has ended,
// by the other side or as the scenario has closed it.
func (s *Session) lostPeer(L *lua.LState) int {
	conn, _ := L.CheckUserData(1).Value.(*sock.Handle)
	e, ok := L.Get(2).(*lua.LTable)
	lost := false
	if ok && conn != nil && e.Metatable == s.errorMeta && !s.isCheck(e) {
		errno, failed := e.RawGetString("errno").(lua.LString)
		of := e.RawGetString("handle") == lua.LNumber(conn.N) && (!failed || slices.Contains(lostBy, string(errno)))
		closed := strings.Contains(lua.LVAsString(e.RawGetString("message")), fmt.Sprintf("handle %d is closed", conn.N))
		lost = of && e.RawGetString("timeout") == lua.LNil || closed && conn.Closed()
	}
	L.Push(lua.LBool(lost))
	return 1
}

// tellPeer has the journal told how the connection conn behaves from now on, if it is one.
func (s *Session) tellPeer(conn lua.LValue, how string) {
	ud, ok := conn.(*lua.LUserData)
	if !ok || s.Table.Journal == nil {
		return
	}
	if h, ok := ud.Value.(*sock.Handle); ok {
		s.Table.Journal.Add(s.Loop.Current(), h.N, journal.Note{Text: "plays " + how})
	}
}

// blame raises what a function of an embedded module has raised, as at the script's
// line that called it.
func (s *Session) blame(L *lua.LState, err error) {
	object, at := s.errorObject(err), s.at(L)
	ofModule := func(where string) bool {
		chunk, _, _ := strings.Cut(where, ":")
		return embedded(chunk)
	}
	switch e := object.(type) {
	case *lua.LTable:
		if e.Metatable == s.errorMeta && ofModule(lua.LVAsString(e.RawGetString("where"))) {
			e.RawSetString("where", lua.LString(at))
		}
	case lua.LString:
		if m := positioned().FindStringSubmatch(string(e)); m != nil && ofModule(m[1]) {
			object = lua.LString(at + " " + m[2])
		}
	}
	if s.Loop.Current().Stopping() {
		s.rethrow(L, err)
	}
	L.Error(object, 0)
}
