package sock

import (
	"time"

	"golang.org/x/sys/unix"

	"socksh/luabind/loop"
)

// messageVerbs are the calls that carry data of several pieces, and control
// messages beside it.
func messageVerbs() []Verb {
	socket := Param{Name: "socket", Kind: HandleKind, Fits: talks}
	flags := Param{Name: "flags", Kind: FlagsKind, Optional: true}
	return []Verb{
		{Name: "sendmsg", Waits: true, Records: RecordSent, Gives: "how many bytes were sent",
			Summary: "send pieces of data as one message, with control messages",
			Details: "The pieces go out one after the other, of a datagram as one datagram. In Lua: s:sendmsg({\"a\", \"b\"}, {to = address, fds = {f}}). A descriptor that is passed on is shared from then on: its O_NONBLOCK is cleared, as other programs expect, unless nonblock has set it.",
			Params:  []Param{socket, {Name: "data", Kind: BytesKind, Optional: true, Rest: true}, {Name: "to", Kind: AddressKind, Optional: true}, flags, {Name: "control", Kind: ControlKind, Optional: true}},
			Errors: []Cause{{"EPIPE", "the socket may not send: not connected, or shut down"}, {"EINVAL", "a control message does not fit the socket, or more than 253 descriptors"},
				{"EPERM", "credentials that are not one's own"}, {"EMSGSIZE", "the datagram is too large"}, {"EDESTADDRREQ", "a datagram socket has no peer"},
				{"EISCONN", "an address was given, and the socket is connected"}, {"ETOOMANYREFS", "too many descriptors are on their way"}, {"EAGAIN", "with dontwait: there is no room"}},
			Example: `sendmsg 1 "take it" --fds 2`, See: "sendmsg(2), cmsg(3), unix(7), ip(7), ipv6(7)", Run: doSendmsg},
		{Name: "recvmsg", Waits: true, Gives: "the data, one result for each MAX; then what is known of the message: from, flags, control messages by name; eof as recv",
			Summary: "receive one message into pieces, with its control messages",
			Details: "With several MAX (numbers or buffers) the data fills one after the other. Descriptors that come become handles, in fds; beyond a limit of handles they are closed. Control messages that are not known are in cmsgs, with level, type and data. CONTROL is the room for control messages, in bytes: what does not fit is lost, and the flags have ctrunc.",
			Params: []Param{socket, {Name: "max", Kind: RoomKind, Optional: true, Rest: true, Min: 1, Max: maxReceive}, flags,
				{Name: "room", Kind: IntKind, Optional: true, Default: Num(8192), Max: 1 << 16}},
			Errors:  []Cause{{"ENOTCONN", "the socket is not connected"}, {"ECONNRESET", "the peer has reset the connection"}, {"EAGAIN", "with dontwait or errqueue: nothing has come"}},
			Example: "recvmsg 2", See: "recvmsg(2), cmsg(3), unix(7), ip(7), ipv6(7)", Run: doRecvmsg},
	}
}

// A message is what sendmsg(2) takes.
type message struct {
	parts   []string
	to      *Addr // nil for the peer
	control []byte
}

// skip takes n sent bytes off m, and the control messages, which went with the
// first of them.
func (m *message) skip(n int) {
	m.control = nil
	for n > 0 {
		if n < len(m.parts[0]) {
			m.parts[0] = m.parts[0][n:]
			return
		}
		n -= len(m.parts[0])
		m.parts = m.parts[1:]
	}
}

func doSendmsg(t *loop.Task, tab *Table, a *Args) (Result, error) {
	h, flags := a.Handle(0), a.Int(3)
	m := message{parts: make([]string, len(a.rest))}
	for i, v := range a.rest {
		m.parts[i] = v.Str
	}
	var err error
	if to := a.Addr(2); to != nil {
		if m.to, err = tab.concrete(t, to, h, a.Deadline()); err != nil {
			return nil, err
		}
	}
	if m.control, err = a.control(4); err != nil {
		return nil, err
	}
	return h.deliver(t, tab, a, &m, flags)
}

// deliver sends m and makes the result.
func (h *Handle) deliver(t *loop.Task, tab *Table, a *Args, m *message, flags int) (Result, error) {
	total := 0
	for _, part := range m.parts {
		total += len(part)
	}
	if flags&msgZerocopy != 0 {
		free, err := m.pin(total)
		if err != nil {
			return nil, err
		}
		defer free()
	}
	if err := h.owed; err != nil {
		h.owed = nil
		return nil, err
	}
	sent, err := h.sendMessage(t, tab, a, m, total, flags)
	if err == unix.EINPROGRESS && flags&msgFastopen != 0 && !h.dontWait() && flags&unix.MSG_DONTWAIT == 0 {
		// The peer has not told its cookie: the handshake goes first, as in a
		// blocking call.
		h.Drained(loop.Write)
		var patience time.Time
		if err = h.wait(t, loop.Write, a, &patience); err == nil {
			m.to = nil
			sent, err = h.sendMessage(t, tab, a, m, total, flags&^msgFastopen)
		}
	}
	if err != nil {
		err = h.owe(sent, err)
	}
	if err != nil {
		return nil, err
	}
	t.Spent(sent)
	return a.Give(Num(sent)), nil
}

// sendMessage sends m, of total bytes; see transmit.
func (h *Handle) sendMessage(t *loop.Task, tab *Table, a *Args, m *message, total, flags int) (sent int, err error) {
	flags |= h.refusesData()
	try := func() error {
		for {
			if m.to != nil {
				if err := tab.raw.encode(m.to); err != nil {
					return err
				}
			}
			n, err := sysSendmsg(h.FD, m, flags, &tab.raw)
			if err != nil {
				return err
			}
			if sent += n; sent >= total || !h.Stream() || flags&unix.MSG_DONTWAIT != 0 {
				return nil
			}
			m.skip(n)
		}
	}
	if m.to != nil && h.family == unix.AF_UNIX && flags&unix.MSG_DONTWAIT == 0 {
		if err = try(); err == unix.EAGAIN {
			err = h.insist(t, a, try)
		}
		return sent, err
	}
	return sent, h.retry(t, loop.Write, a, flags, try)
}

// sendPinned is send(2), or sendto(2) with an address, where its flags need more than
// a retry: zerocopy, or fastopen, which connects first.
func sendPinned(t *loop.Task, tab *Table, a *Args, to *Addr, flags int) (Result, error) {
	h := a.Handle(0)
	m := message{parts: []string{a.Text(1)}, to: to}
	return h.deliver(t, tab, a, &m, flags)
}

// An arrival is what recvmsg(2) told of a message.
type arrival struct {
	size    int // of its data, the real length with MSG_TRUNC
	flags   int // MSG_ flags
	control []byte
	from    *Addr
}

func doRecvmsg(t *loop.Task, tab *Table, a *Args) (Result, error) {
	h, flags := a.Handle(0), a.Int(2)
	if len(a.rest) == 0 {
		a.rest = append(a.rest, Num(65536))
	}
	if h.inbox != "" && flags&(unix.MSG_OOB|msgErrQueue) == 0 {
		rooms := tab.rooms(a)
		got := 0
		for _, room := range rooms {
			got += copy(room, h.takeInbox(len(room), false).Str)
		}
		return append(a.pieces(rooms, got), Value{Type: Record, Any: []Field(nil)}), nil
	}
	if cap(tab.control) < a.Int(3) {
		tab.control = make([]byte, a.Int(3))
	}
	var m arrival
	var rooms [][]byte
	err := h.retry(t, loop.Read, a, flags|urgent(flags)|h.refusesData(), func() (err error) {
		rooms = tab.rooms(a)
		m, err = sysRecvmsg(h.FD, rooms, tab.control[:a.Int(3)], flags, &tab.raw)
		return err
	})
	if err == errDeaf {
		return a.eof(), nil
	}
	if err != nil {
		return nil, err
	}
	fields := tab.arrived(&m, flags)
	if m.size == 0 && h.sotype != unix.SOCK_DGRAM && len(fields) == 0 {
		return a.eof(), nil
	}
	size := 0
	for _, room := range rooms {
		size += len(room)
	}
	if m.size > size {
		fields = append(fields, Field{"size", Num(m.size)})
	}
	return append(a.pieces(rooms, min(m.size, size)), Value{Type: Record, Any: fields}), nil
}

// rooms returns where each piece of a message is received to: the buffers of the
// call, and scratch for what is a number.
func (t *Table) rooms(a *Args) [][]byte {
	need := 0
	for _, v := range a.rest {
		if v.Type == Number {
			need += int(v.Num)
		}
	}
	scratch := t.buffer(need)
	rooms := make([][]byte, len(a.rest))
	for i, v := range a.rest {
		if v.Type == Memory {
			rooms[i] = v.Any.(Buffer).Room()
			continue
		}
		n := min(int(v.Num), len(scratch))
		rooms[i], scratch = scratch[:n], scratch[n:]
	}
	return rooms
}

// pieces makes results of the first n bytes in rooms, one for each room: the
// data, or how much came into a buffer.
func (a *Args) pieces(rooms [][]byte, n int) Result {
	a.out = a.out[:0]
	for i, room := range rooms {
		got := min(n, len(room))
		n -= got
		if v := a.rest[i]; v.Type == Memory {
			v.Any.(Buffer).Filled(got)
			a.out = append(a.out, Num(got))
			continue
		}
		a.out = append(a.out, Value{Type: Scratch, Str: stringOf(room[:got])})
	}
	return a.out
}

// arrived returns what is known of a message but its data. asked are the flags of
// the call.
func (t *Table) arrived(m *arrival, asked int) []Field {
	var fields []Field
	if m.from != nil && (m.from.family != unix.AF_UNIX || m.from.path != "") {
		fields = append(fields, Field{"from", m.from.text()})
	}
	if told := m.flags &^ msgCloexec; told != 0 {
		fields = append(fields, Field{"flags", Str(showBits(told, messageFlags))})
	}
	return append(fields, t.decodeControl(m.control)...)
}
