// Package kernel asks the kernel what it knows of sockets: states, queues, timers
// and counters, of this session's handles and of all others in their network.
//
// It asks sock_diag(7) through one netlink socket, and getsockopt(2); neither
// needs a privilege. A handle and its kernel entry belong together by SO_COOKIE,
// which a connection keeps from its place in a listener's queue until its
// TIME_WAIT ends: so a closed handle can still be asked for.
//
// The package knows no Lua; its verbs join the registry of package sock.
package kernel

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"socksh/luabind/loop"
	"socksh/luabind/sock"
)

// A View is one session's way to the kernel. Its zero value is ready; it opens
// its netlink socket of a network when that is first asked.
type View struct {
	conns map[sock.Host]*conn
	files map[sock.Host]*counterFiles
}

// Close gives back what the view has opened.
func (v *View) Close() {
	for host := range v.conns {
		v.Leave(host)
	}
	for host := range v.files {
		v.Leave(host)
	}
}

// Leave gives back what the view has opened in one network.
func (v *View) Leave(host sock.Host) {
	if c := v.conns[host]; c != nil {
		c.close()
		delete(v.conns, host)
	}
	if f := v.files[host]; f != nil {
		f.close()
		delete(v.files, host)
	}
}

// errOutside is what a sandbox answers.
var errOutside = errors.New("the sandbox does not tell what is outside of it")

// states are the TCP states in the words of RFC 9293, and gone for a connection
// that the kernel has forgotten. Linux says SYN_RECV.
var states = []string{"ESTABLISHED", "SYN_SENT", "SYN_RCVD|SYN_RECV", "FIN_WAIT1", "FIN_WAIT2", "TIME_WAIT", "CLOSE|CLOSED", "CLOSE_WAIT", "LAST_ACK",
	"LISTEN", "CLOSING", "gone"}

// Verbs returns the rows of this package, in the order help prints them.
func (v *View) Verbs() []sock.Verb {
	ever := sock.Param{Name: "socket", Kind: sock.HandleKind, Ever: true}
	host := sock.Param{Name: "host", Kind: sock.HostKind, Optional: true}
	return []sock.Verb{
		{Name: "handles", Aliases: []string{"ls", "status"}, Asks: true, Records: sock.RecordCall, Gives: "a row for each open handle; then those for closed ones",
			Summary: "list the handles, with what the kernel says of each",
			Details: "Each row: the number, a mark at the current one, the name, family and type, TCP state, own and peer address, R W X where it is readable, writable, has an exception, the descriptor; then what there is of: bytes to read, bytes not acknowledged, a FIN, how many wait at a listener, the timer that runs, bytes received but not taken, how far a long call is. A closed handle stays in the list as long as the kernel keeps its connection.",
			Example: "handles", See: "tcp(7), ss(8)", Show: showHandles, Run: v.handles},
		{Name: "state", Asks: true, Records: sock.RecordState, Gives: "the state, and a table of what goes with it: bytes in the queues, timer",
			Summary: "tell the TCP state of a socket, even after close",
			Details: "A closed handle may be asked for as long as the kernel keeps its connection, then it is gone. recv counts what has come and was not read, send what the peer has not acknowledged; a FIN is told apart from both. The timer says when the kernel acts by itself.",
			Params:  []sock.Param{ever},
			Example: "state 2", See: "tcp(7), sock_diag(7), RFC 9293 section 3.3.2",
			Run: func(_ *loop.Task, tab *sock.Table, a *sock.Args) (sock.Result, error) {
				e, err := v.entry(tab, a.Handle(0))
				if err != nil {
					return nil, err
				}
				return a.Give(sock.Str(e.state), e.details()), nil
			}},
		{Name: "wait_state", Asks: true, Waits: true, Records: sock.RecordState, Gives: "the state",
			Summary: "wait until a socket is in a TCP state",
			Details: "It asks again and again, at most every 20 ms. In a script it takes the place of a sleep.",
			Params:  []sock.Param{ever, {Name: "state", Kind: sock.WordKind, Choices: states}},
			Example: "wait_state 3 CLOSE_WAIT --timeout 1s", See: "tcp(7)", Run: v.waitState},
		{Name: "queues", Asks: true, Records: sock.RecordQueues, Gives: "both queues of a listener: lengths, limit, entries",
			Summary: "tell who waits at a listener",
			Details: "Incomplete: a SYN has come, the handshake is not over. Completed: connections that accept has not taken; at most one more than the backlog. A connection that was reset while it waited counts in the length and has no entry any more: it is dead. The kernel does not tell in which order accept will take them: they are listed by handle, then by address.",
			Params:  []sock.Param{{Name: "socket", Kind: sock.HandleKind, Fits: (*sock.Handle).Listening}},
			Errors:  []sock.Cause{{Errno: "EINVAL", When: "the socket does not listen"}},
			Example: "queues srv", See: "listen(2), sock_diag(7)", Show: showQueues, Run: v.queues},
		{Name: "sockets", Asks: true, Records: sock.RecordCall, Gives: "a row for each socket",
			Summary: "list all sockets of this network, of whatever program",
			Details: "Those of this session have their handle's number first. Of a listener recv is how many wait, and send the backlog, as ss shows them.",
			Params: []sock.Param{{Name: "protocol", Kind: sock.WordKind, Optional: true, Default: sock.Str("tcp"), Choices: []string{"tcp", "udp"}},
				{Name: "port", Kind: sock.IntKind, Optional: true, Default: sock.Num(0), Max: 65535}, host},
			Example: "sockets tcp 2333", See: "sock_diag(7), ss(8)", Show: showSockets, Run: v.sockets},
		{Name: "counters", Asks: true, Records: sock.RecordCall, Gives: "the counters by name",
			Summary: "tell the counters of this network",
			Details: "Without names: those that are not 0. A name may be a part of one: Listen gives ListenOverflows and ListenDrops. They are what nstat shows, of IP, ICMP, TCP and UDP.",
			Params:  []sock.Param{{Name: "names", Kind: sock.TextKind, Rest: true, Optional: true}, host},
			Example: "counters Listen Retrans", See: "nstat(8), proc(5)", Show: showCounters, Run: v.counters},
		{Name: "doctor", Asks: true, Records: sock.RecordNone, Gives: "a row for each thing",
			Summary: "tell what this system allows, and what to do about the rest",
			Details: "Each is tried, not guessed: sock_diag, IPv6, ports below 1024, how many descriptors, raw sockets, private networks.",
			Example: "doctor", See: "capabilities(7), user_namespaces(7)", Show: showDoctor, Run: v.doctor},
	}
}

func (v *View) waitState(t *loop.Task, tab *sock.Table, a *sock.Args) (sock.Result, error) {
	want := a.Text(1)
	pause := time.Millisecond / 4
	for {
		e, err := v.entry(tab, a.Handle(0))
		if err != nil {
			return nil, err
		}
		if e.state == want {
			return a.Give(sock.Str(want)), nil
		}
		wake, deadline := time.Now().Add(pause), a.Deadline()
		if !deadline.IsZero() && !wake.Before(deadline) {
			return nil, fmt.Errorf("%w waiting for %s: it is %s", loop.ErrTimeout, want, e.state)
		}
		if err := t.Sleep(wake); err != nil {
			return nil, err
		}
		pause = min(2*pause, 20*time.Millisecond)
	}
}

// An entry is what the kernel says of one socket.
type entry struct {
	state       string
	local, peer string // addresses, peer "" without one
	port        uint16 // of local
	recv, send  uint32 // bytes: not read, not acknowledged; of a listener its queue and the backlog
	finCame     bool   // the peer's FIN is among what has come
	finSent     bool   // the own FIN is not acknowledged
	timer       string // what the kernel will do, "" for nothing
	expires     time.Duration
	repeats     int // retransmissions, or probes without an answer
	cookie      uint64
	inode       uint32
	shut        uint8 // 1 receiving, 2 sending
}

// details is what goes with the state, what is 0 left out.
func (e *entry) details() sock.Value {
	var fields []sock.Field
	add := func(name string, v sock.Value) { fields = append(fields, sock.Field{Name: name, Value: v}) }
	if e.state == "LISTEN" {
		add("queued", sock.Num(int(e.recv)))
		add("backlog", sock.Num(int(e.send)))
		return sock.Value{Type: sock.Record, Any: fields}
	}
	if e.recv > 0 {
		add("recv", sock.Num(int(e.recv)))
	}
	if e.send > 0 {
		add("send", sock.Num(int(e.send)))
	}
	if e.finCame {
		add("fin", sock.Str("received"))
	} else if e.finSent {
		add("fin", sock.Str("sent"))
	}
	if e.timer != "" {
		add("timer", sock.Str(e.timer))
		add("expires", sock.Seconds(e.expires))
	}
	if e.repeats > 0 {
		add("repeats", sock.Num(e.repeats))
	}
	return sock.Value{Type: sock.Record, Any: fields}
}

// row is the entry as a record.
func (e *entry) row(h *sock.Handle) []sock.Field {
	fields := []sock.Field{{Name: "state", Value: sock.Str(e.state)}, {Name: "address", Value: sock.Str(e.local)}, {Name: "peer", Value: sock.Str(e.peer)}}
	if h != nil {
		fields = append(fields, sock.Field{Name: "handle", Value: sock.Value{Type: sock.AHandle, Any: h}})
	}
	return append(fields, e.details().Any.([]sock.Field)...)
}

func showQueues(r sock.Result) string {
	var rows []string
	list := func(entries sock.Value, more func(e sock.Value) string) {
		for _, e := range entries.Any.([]sock.Value) {
			who := e.Field("peer").Str
			if h := e.Field("handle"); h.Type == sock.AHandle {
				who += ", which is handle " + h.String()
			}
			rows = append(rows, "  "+e.Field("state").Str+"  "+who+more(e))
		}
	}
	q := r[0]
	backlog := int(q.Field("backlog").Num)
	rows = append(rows, fmt.Sprintf("incomplete: %d", len(q.Field("incomplete").Any.([]sock.Value))))
	list(q.Field("incomplete"), func(e sock.Value) string {
		text := ", SYN+ACK sent"
		if n := int(e.Field("repeats").Num); n > 0 {
			text += " and repeated " + sock.Times(n)
		}
		return text
	})
	completed := fmt.Sprintf("completed: %d of at most %d", int(q.Field("length").Num), backlog+1)
	if dead := int(q.Field("dead").Num); dead > 0 {
		completed += fmt.Sprintf(", %d of them dead", dead)
	}
	rows = append(rows, completed)
	list(q.Field("completed"), func(e sock.Value) string {
		if n := int(e.Field("recv").Num); n > 0 {
			return fmt.Sprintf(", %d bytes received", n)
		}
		return ""
	})
	return strings.Join(rows, "\n")
}

func showSockets(r sock.Result) string {
	entries := r[0].Any.([]sock.Value)
	if len(entries) == 0 {
		return "no sockets"
	}
	rows := [][]string{{"", "state", "recv", "send", "address", "peer", "timer"}}
	for _, e := range entries {
		timer := e.Field("timer").Str
		if timer != "" {
			timer += " in " + roughly(e.Field("expires"))
		}
		recv, send := e.Field("recv"), e.Field("send")
		if e.Field("state").Str == "LISTEN" {
			recv, send = e.Field("queued"), e.Field("backlog")
		}
		rows = append(rows, []string{e.Field("handle").String(), e.Field("state").Str, number(recv), number(send),
			e.Field("address").Str, e.Field("peer").Str, timer})
	}
	return sock.Columns(rows)
}

func number(v sock.Value) string {
	if v.Type == sock.Nil {
		return "0"
	}
	return v.String()
}

func showDoctor(r sock.Result) string {
	var rows [][]string
	for _, f := range r[0].Any.([]sock.Value) {
		mark := "ok"
		if f.Field("ok").Num == 0 {
			mark = "no"
		}
		rows = append(rows, []string{mark, f.Field("what").Str, f.Field("found").Str})
		if remedy := f.Field("remedy").Str; remedy != "" {
			rows = append(rows, []string{"", "", remedy})
		}
	}
	return sock.Columns(rows)
}

func showCounters(r sock.Result) string {
	var rows [][]string
	for _, f := range r[0].Any.([]sock.Field) {
		rows = append(rows, []string{f.Name, f.Value.String()})
	}
	return sock.Columns(rows)
}
