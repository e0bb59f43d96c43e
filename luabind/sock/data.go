package sock

import (
	"golang.org/x/sys/unix"

	"socksh/luabind/loop"
)

const maxReceive = 1 << 30

// dataVerbs are the calls that carry data.
func dataVerbs() []Verb {
	socket := Param{Name: "socket", Kind: HandleKind, Fits: talks}
	data := Param{Name: "data", Kind: BytesKind}
	flags := Param{Name: "flags", Kind: FlagsKind, Optional: true}
	count := Param{Name: "max", Kind: IntKind, Optional: true, Default: Num(65536), Min: 1, Max: maxReceive}
	sendErrors := []Cause{{"EPIPE", "the socket may not send: not connected, or shut down"}, {"ECONNRESET", "the peer has reset the connection"},
		{"EAGAIN", "with dontwait: there is no room"}, {"EMSGSIZE", "the datagram is too large"}, {"EDESTADDRREQ", "a datagram socket has no peer"}}
	recvErrors := []Cause{{"ENOTCONN", "the socket is not connected"}, {"ECONNRESET", "the peer has reset the connection"},
		{"ECONNREFUSED", "an earlier datagram was refused"}, {"EAGAIN", "with dontwait: nothing has come"}}
	return []Verb{
		{Name: "send", Aliases: []string{"write"}, Waits: true, Gives: "how many bytes were sent",
			Summary: "send data",
			Details: "As a blocking send(2) it returns when the kernel has all of the data; with a timeout or dontwait, perhaps only a part. #N stands for N bytes.",
			Params:  []Param{socket, data, flags}, Errors: sendErrors,
			Example: `send 2 "GET / HTTP/1.0\r\n\r\n"`, See: "send(2)", Run: doSend},
		{Name: "recv", Aliases: []string{"read"}, Waits: true, Gives: "the data; eof when the peer has ended the stream",
			Summary: "receive data",
			Details: "It returns as soon as anything has come, at most MAX bytes and never more than a MiB. An empty datagram is empty data, not eof. A reset is ECONNRESET.",
			Params:  []Param{socket, count, flags}, Errors: recvErrors,
			Example: "recv 3 1024 --timeout 500ms", See: "recv(2)", Run: doRecv},
		{Name: "sendto", Waits: true, Gives: "how many bytes were sent",
			Summary: "send a datagram to an address",
			Params:  []Param{socket, data, {Name: "address", Kind: AddressKind}, flags},
			Errors:  append([]Cause{{"EISCONN", "the stream is connected already"}}, sendErrors...),
			Example: "sendto 1 hello 127.0.0.1:2333", See: "sendto(2), udp(7)", Run: doSendto},
		{Name: "recvfrom", Waits: true, Gives: "the data, and the sender's address; eof as recv",
			Summary: "receive a datagram and its sender's address",
			Params:  []Param{socket, count, flags}, Errors: recvErrors,
			Example: "recvfrom 1", See: "recvfrom(2), udp(7)", Run: doRecvfrom},
	}
}

func doSend(t *loop.Task, tab *Table, a *Args) (Result, error) {
	h, data, flags := a.Handle(0), a.Text(1), a.Int(2)
	sent := 0
	for {
		if flags&unix.MSG_DONTWAIT != 0 || h.Ready(loop.Write) {
			n, err := sysSend(h.FD, data[sent:], flags)
			if err == nil {
				sent += n
				if sent == len(data) || flags&unix.MSG_DONTWAIT != 0 {
					t.Spent(n)
					return a.Give(Num(sent)), nil
				}
				t.Spent(n)
				continue
			}
			if err == unix.EINTR {
				continue
			}
			if err != unix.EAGAIN || flags&unix.MSG_DONTWAIT != 0 {
				return someSent(a, sent, err)
			}
			h.Drained(loop.Write)
		}
		if err := t.Wait(&h.Source, loop.Write, a.Deadline()); err != nil {
			return someSent(a, sent, err)
		}
	}
}

// someSent is send(2)'s rule: what went out counts, and the error comes with the
// next call.
func someSent(a *Args, sent int, err error) (Result, error) {
	if sent > 0 && err != loop.ErrCancelled {
		return a.Give(Num(sent)), nil
	}
	return nil, err
}

func doRecv(t *loop.Task, tab *Table, a *Args) (Result, error) {
	h, n, flags := a.Handle(0), a.Int(1), a.Int(2)
	if h.inbox != "" {
		return a.Give(h.takeInbox(n, flags&unix.MSG_PEEK != 0)), nil
	}
	if flags&unix.MSG_WAITALL != 0 && h.Stream() {
		return recvAll(t, tab, a, h, n, flags&^unix.MSG_WAITALL)
	}
	got, err := tab.receive(t, h, n, flags, a)
	if err != nil {
		return nil, err
	}
	if got == 0 && h.sotype != unix.SOCK_DGRAM {
		return a.eof(), nil
	}
	return a.Give(Value{Type: Scratch, Str: tab.received(got)}), nil
}

// receive waits for data and leaves it in the scratch buffer.
func (t *Table) receive(task *loop.Task, h *Handle, n, flags int, a *Args) (int, error) {
	for {
		if flags&unix.MSG_DONTWAIT != 0 || h.Ready(loop.Read) {
			buf := t.buffer(n)
			got, err := sysRecv(h.FD, buf, flags)
			if err == nil {
				if got < len(buf) && got > 0 && flags == 0 && h.sotype == unix.SOCK_STREAM && h.family != unix.AF_UNIX {
					h.Drained(loop.Read) // the kernel gave all it had
				}
				task.Spent(got)
				return min(got, len(buf)), nil // MSG_TRUNC tells of more
			}
			if err == unix.EINTR {
				continue
			}
			if err != unix.EAGAIN || flags&unix.MSG_DONTWAIT != 0 {
				return 0, err
			}
			h.Drained(loop.Read)
		}
		if err := task.Wait(&h.Source, loop.Read, a.Deadline()); err != nil {
			return 0, err
		}
	}
}

// recvAll is MSG_WAITALL, which a nonblocking descriptor does not do by itself:
// all of n, or what came before the end or the deadline.
func recvAll(t *loop.Task, tab *Table, a *Args, h *Handle, n, flags int) (Result, error) {
	data, err := tab.collect(t, a, n, flags)
	switch {
	case err == loop.ErrCancelled:
		h.inbox = data
		return nil, err
	case data != "":
		return a.Give(Value{Type: Bytes, Str: data}), nil
	case err != nil:
		return nil, err
	}
	return a.eof(), nil
}

func doSendto(t *loop.Task, tab *Table, a *Args) (Result, error) {
	h, data, flags := a.Handle(0), a.Text(1), a.Int(3)
	addr, err := tab.concrete(t, a.Addr(2), h.family, a.Deadline())
	if err != nil {
		return nil, err
	}
	n := 0
	err = h.retry(t, loop.Write, a, flags, func() (err error) {
		if err = tab.raw.encode(addr); err == nil {
			n, err = sysSendto(h.FD, data, flags, &tab.raw)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	t.Spent(n)
	return a.Give(Num(n)), nil
}

func doRecvfrom(t *loop.Task, tab *Table, a *Args) (Result, error) {
	h, n, flags := a.Handle(0), a.Int(1), a.Int(2)
	if h.inbox != "" {
		return a.Give(h.takeInbox(n, flags&unix.MSG_PEEK != 0)), nil
	}
	var buf []byte
	got := 0
	err := h.retry(t, loop.Read, a, flags, func() (err error) {
		buf = tab.buffer(n)
		got, err = sysRecvfrom(h.FD, buf, flags, &tab.raw)
		return err
	})
	if err != nil {
		return nil, err
	}
	if got == 0 && h.sotype != unix.SOCK_DGRAM {
		return a.eof(), nil
	}
	from := tab.raw.decode().text()
	data := tab.received(min(got, len(buf))) // MSG_TRUNC tells of more
	return a.Give(Value{Type: Scratch, Str: data}, from), nil
}

// eof is the result of a receive after the peer's FIN.
func (a *Args) eof() Result { return a.Give(Value{}, Str("eof")) }
