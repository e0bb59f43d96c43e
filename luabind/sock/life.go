package sock

import (
	"context"
	"time"

	"golang.org/x/sys/unix"

	"socksh/luabind/loop"
)

func listens(h *Handle) bool { return h.listening }
func talks(h *Handle) bool   { return !h.listening }

// lifeVerbs are the calls that make and end sockets and connections.
func lifeVerbs() []Verb {
	socket := Param{Name: "socket", Kind: HandleKind}
	return []Verb{
		{Name: "socket", Makes: true, Gives: "the handle",
			Summary: "open a socket",
			Details: "The socket has no address yet. tcp, tcp6, udp and udp6 are short for a family and a type. Families, types and protocols go by name or number; to the type nonblock may be added: stream|nonblock. cloexec is always on. With a host of a lab the socket is in that host's network.",
			Params: []Param{
				{Name: "family", Kind: FamilyKind, Optional: true, Default: Str("inet")},
				{Name: "type", Kind: TypeKind, Optional: true},
				{Name: "protocol", Kind: ProtocolKind, Optional: true, Default: Num(0)},
				{Name: "host", Kind: HostKind, Optional: true}},
			Errors:  []Cause{{"EMFILE", "this program has no descriptors left"}, {"EPROTONOSUPPORT", "the family has no such type or protocol"}, {"EAFNOSUPPORT", "the system lacks the family"}, {"EPERM", "raw and packet sockets take a privilege, CAP_NET_RAW"}},
			Example: "socket inet stream as srv", See: "socket(2), socket(7), tcp(7), udp(7), unix(7)",
			Run: doSocket},
		{Name: "socketpair", Makes: true, Gives: "two handles, connected to each other",
			Summary: "open two sockets that are connected to each other",
			Params: []Param{
				{Name: "family", Kind: FamilyKind, Optional: true, Default: Str("unix")},
				{Name: "type", Kind: TypeKind, Optional: true},
				{Name: "protocol", Kind: ProtocolKind, Optional: true, Default: Num(0)}},
			Errors:  []Cause{{"EOPNOTSUPP", "only unix sockets come in pairs"}},
			Example: "a, b = socketpair unix dgram", See: "socketpair(2)",
			Run: doSocketpair},
		{Name: "bind", Records: RecordNamed, Gives: "the address now bound, with the port the system chose for 0",
			Summary: "give a socket its own address",
			Params:  []Param{{Name: "socket", Kind: HandleKind, Fits: talks}, {Name: "address", Kind: AddressKind}},
			Errors: []Cause{{"EADDRINUSE", "another socket has the address"}, {"EADDRNOTAVAIL", "the address is not of this machine"},
				{"EACCES", "the port is privileged, or the path may not be written"}, {"EINVAL", "the socket has an address already, or the address is of another family"}},
			Example: "bind srv 127.0.0.1:2333", See: "bind(2), ip(7), unix(7)",
			Run: doBind},
		{Name: "listen",
			Summary: "let clients connect to a socket",
			Details: "It returns at once. From now on the kernel completes handshakes by itself and queues the connections until accept takes them. Linux lets one more than the backlog in, and never more than net.core.somaxconn.",
			Params: []Param{{Name: "socket", Kind: HandleKind, Fits: talks},
				{Name: "backlog", Kind: IntKind, Optional: true, Default: Num(128), Min: -1 << 31, Max: 1<<31 - 1}},
			Errors:  []Cause{{"EADDRINUSE", "another socket listens at the address"}, {"EINVAL", "the socket is connected"}, {"EOPNOTSUPP", "sockets of this type do not listen"}},
			Example: "listen srv 128", See: "listen(2)",
			Run: doListen},
		{Name: "accept", Waits: true, Makes: true, Gives: "a new handle, and the client's address",
			Summary: "take the first connection from a listener's queue",
			Details: "It waits while the queue is empty. The listener stays as it is. With nonblock the new handle is nonblocking; it does not inherit that. cloexec is always on.",
			Params:  []Param{{Name: "socket", Kind: HandleKind, Fits: listens}, {Name: "flags", Kind: BitsKind, Bits: socketFlags, Optional: true}},
			Errors:  []Cause{{"EAGAIN", "the listener is nonblocking, and its queue empty"}, {"EINVAL", "the socket does not listen"}, {"EMFILE", "this program has no descriptors left"}, {"EOPNOTSUPP", "the socket is no stream"}},
			Example: "accept srv", See: "accept(2)",
			Run: doAccept},
		{Name: "connect", Waits: true,
			Summary: "connect a socket to a peer",
			Details: "A stream waits for the end of the handshake; a datagram socket only notes its peer. When it ends by its timeout the kernel goes on trying.",
			Params:  []Param{{Name: "socket", Kind: HandleKind, Fits: talks}, {Name: "address", Kind: AddressKind}},
			Errors: []Cause{{"ECONNREFUSED", "nobody listens there"}, {"ETIMEDOUT", "nobody answered"}, {"EISCONN", "the socket is connected already"},
				{"EHOSTUNREACH", "no way leads to that host"}, {"EAFNOSUPPORT", "the address is of another family than the socket"}, {"EALREADY", "an earlier connect goes on"}, {"EINPROGRESS", "the socket is nonblocking, and the handshake goes on: poll for out, then ask SO_ERROR"}, {"ENOENT", "no socket has that path"}},
			Example: "connect 2 localhost:2333", See: "connect(2)",
			Run: doConnect},
		{Name: "disconnect",
			Summary: "undo a socket's connect",
			Details: "A datagram socket has no peer any more and takes datagrams from all; a port that the system chose for it is given back. A TCP connection is reset, and a listener stops listening: both can connect anew. It is connect(2) to an address of the family AF_UNSPEC.",
			Params:  []Param{socket},
			Errors:  []Cause{{"EINVAL", "sockets of this family stay connected"}},
			Example: "disconnect 2", See: "connect(2), udp(7)",
			Run: doDisconnect},
		{Name: "shutdown",
			Summary: "end one or both directions of a connection",
			Details: "write sends FIN: the peer reads eof and may still send. read throws away what comes. The handle stays open.",
			Params: []Param{socket, {Name: "how", Kind: WordKind, Optional: true, Default: Str("both"),
				Choices: []string{"read|rd|in", "write|wr|out", "both|rdwr"}}},
			Errors:  []Cause{{"ENOTCONN", "the socket is not connected"}},
			Example: "shutdown 3 write", See: "shutdown(2)",
			Run: func(_ *loop.Task, _ *Table, a *Args) (Result, error) {
				how := int(a.Value(1).Num)
				err := unix.Shutdown(a.Handle(0).FD, how)
				if err == nil && how != unix.SHUT_WR {
					a.Handle(0).deaf = true
				}
				return nil, err
			}},
		{Name: "close", Waits: true,
			Summary: "close a socket",
			Details: "The handle is gone whatever the kernel says. It waits only when SO_LINGER says so.",
			Params:  []Param{socket},
			Example: "close 3", See: "close(2), socket(7)",
			Run: doClose},
	}
}

func doSocket(t *loop.Task, tab *Table, a *Args) (Result, error) {
	family, sotype, nonblock := kindOf(a)
	host := tab.HostArg(a, 3)
	err := tab.Policy.allowKind(family, sotype, host)
	if err == nil {
		err = tab.allowMore(1)
	}
	if err != nil {
		return nil, err
	}
	fd, err := socketOn(host, family, sotype, a.Int(2))
	if err != nil {
		return nil, err
	}
	h := tab.add(fd, family, sotype)
	h.Host = host
	h.setNonblock(nonblock)
	return a.Give(handleValue(h)), nil
}

func doSocketpair(t *loop.Task, tab *Table, a *Args) (Result, error) {
	family, sotype, nonblock := kindOf(a)
	if err := tab.allowMore(2); err != nil {
		return nil, err
	}
	fds, err := sysSocketpair(family, sotype, a.Int(2))
	if err != nil {
		return nil, err
	}
	one, other := tab.add(fds[0], family, sotype), tab.add(fds[1], family, sotype)
	one.setNonblock(nonblock)
	other.setNonblock(nonblock)
	return a.Give(handleValue(one), handleValue(other)), nil
}

func doBind(t *loop.Task, tab *Table, a *Args) (Result, error) {
	h := a.Handle(0)
	addr, err := tab.concrete(t, a.Addr(1), h, time.Time{})
	if err != nil {
		return nil, err
	}
	if err := tab.raw.encode(addr); err != nil {
		return nil, err
	}
	if err := sysBind(h.FD, &tab.raw); err != nil {
		return nil, err
	}
	return tab.name(a, false)
}

func doListen(t *loop.Task, tab *Table, a *Args) (Result, error) {
	h := a.Handle(0)
	err := tab.allowListen(h)
	if err == nil {
		err = unix.Listen(h.FD, a.Int(1))
	}
	if err == nil {
		h.listening = true
	}
	return nil, err
}

func doAccept(t *loop.Task, tab *Table, a *Args) (Result, error) {
	h := a.Handle(0)
	var fd int
	var err error
	if flags := h.refusesAccept(); h.isForeign() && flags == 0 {
		fd, err = h.acceptAside(t, tab, a)
	} else {
		err = h.retry(t, loop.Read, a, flags, func() (err error) {
			if err = tab.allowMore(1); err != nil {
				return err
			}
			fd, err = sysAccept(h.FD, &tab.raw)
			return err
		})
	}
	if err != nil {
		return nil, err
	}
	t.Spent(0)
	c := tab.add(fd, h.family, h.sotype)
	c.Host = h.Host
	c.lingers, c.resets, c.patience, c.lowWater = h.lingers, h.resets, h.patience, h.lowWater // the kernel copies the listener's options
	c.setNonblock(a.Int(1)&flagNonblock != 0)
	return a.Give(handleValue(c), tab.raw.decode().text()), nil
}

func doConnect(t *loop.Task, tab *Table, a *Args) (Result, error) {
	h := a.Handle(0)
	addr, err := tab.concrete(t, a.Addr(1), h, a.Deadline())
	if err != nil {
		return nil, err
	}
	if h.isForeign() && !h.dontWait() {
		return nil, h.connectAside(t, a, addr)
	}
	if err := tab.raw.encode(addr); err != nil {
		return nil, err
	}
	var patience time.Time
	err = sysConnect(h.FD, &tab.raw)
	if err != nil && h.mode != 0 {
		return nil, err
	}
	if err == unix.EINPROGRESS {
		// On the loopback the handshake is over by now, and the answer is there.
		err = connectOutcome(h.FD, &tab.raw)
		for err == unix.EALREADY {
			h.Drained(loop.Write)
			switch err = h.wait(t, loop.Write, a, &patience); err {
			case nil:
			case unix.EAGAIN:
				return nil, unix.EINPROGRESS
			default:
				return nil, err
			}
			if err = tab.raw.encode(addr); err != nil {
				return nil, err
			}
			if h.family == unix.AF_INET || h.family == unix.AF_INET6 {
				err = connectOutcome(h.FD, &tab.raw)
			} else {
				err = attemptOutcome(h.FD) // connect(2) may begin anew
			}
		}
	}
	if err == unix.EAGAIN && h.family == unix.AF_UNIX {
		err = h.insist(t, a, func() error {
			if err := tab.raw.encode(addr); err != nil {
				return err
			}
			return sysConnect(h.FD, &tab.raw)
		})
	}
	return nil, err
}

// insist makes the call try from time to time while the queue of a unix peer is
// full: no poller tells when there is room.
func (h *Handle) insist(t *loop.Task, a *Args, try func() error) error {
	end, late := a.Deadline(), error(loop.ErrTimeout)
	if patience := h.patience[loop.Write-loop.Read]; patience != 0 {
		if own := time.Now().Add(patience); end.IsZero() || own.Before(end) {
			end, late = own, unix.EAGAIN
		}
	}
	for pause := time.Millisecond; ; pause = min(2*pause, 50*time.Millisecond) {
		wake := time.Now().Add(pause)
		last := !end.IsZero() && end.Before(wake)
		if last {
			wake = end
		}
		if err := t.Sleep(wake); err != nil {
			return err
		}
		if h.closed {
			return loop.ErrClosed
		}
		if err := try(); err != unix.EAGAIN && err != unix.EINTR {
			return err
		}
		if last {
			return late
		}
	}
}

func doDisconnect(_ *loop.Task, _ *Table, a *Args) (Result, error) {
	h := a.Handle(0)
	if err := sysDisconnect(h.FD); err != nil {
		return nil, err
	}
	h.listening, h.deaf = false, false
	return nil, nil
}

func doClose(t *loop.Task, tab *Table, a *Args) (Result, error) {
	h := a.Handle(0)
	tab.forget(h)
	if !h.lingers {
		return nil, closing(h.FD, sysClose)
	}
	_, err := loop.Block(t, a.Deadline(), func(context.Context) (struct{}, error) {
		return struct{}{}, closing(h.FD, closeLingering)
	}, nil)
	return nil, err
}
