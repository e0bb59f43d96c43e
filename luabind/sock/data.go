package sock

import (
	"time"

	"golang.org/x/sys/unix"

	"socksh/luabind/loop"
)

const maxReceive = 1 << 30

// dataVerbs are the calls that carry data.
func dataVerbs() []Verb {
	socket := Param{Name: "socket", Kind: HandleKind, Fits: talks}
	data := Param{Name: "data", Kind: BytesKind}
	flags := Param{Name: "flags", Kind: FlagsKind, Optional: true}
	count := Param{Name: "max", Kind: RoomKind, Optional: true, Default: Num(65536), Min: 1, Max: maxReceive}
	sendErrors := []Cause{{"EPIPE", "the socket may not send: not connected, or shut down"}, {"ECONNRESET", "the peer has reset the connection"},
		{"EAGAIN", "with dontwait: there is no room"}, {"EMSGSIZE", "the datagram is too large"}, {"EDESTADDRREQ", "a datagram socket has no peer"}}
	recvErrors := []Cause{{"ENOTCONN", "the socket is not connected"}, {"ECONNRESET", "the peer has reset the connection"},
		{"ECONNREFUSED", "an earlier datagram was refused"}, {"EAGAIN", "with dontwait: nothing has come"}}
	return []Verb{
		{Name: "send", Aliases: []string{"write"}, Waits: true, Records: RecordSent, Gives: "how many bytes were sent",
			Summary: "send data",
			Details: "As a blocking send(2) it returns when the kernel has all of the data; with a timeout or dontwait, perhaps only a part. #N stands for N bytes.",
			Params:  []Param{socket, data, flags}, Errors: sendErrors,
			Example: `send 2 "GET / HTTP/1.0\r\n\r\n"`, See: "send(2)", Run: doSend, RunData: sendData},
		{Name: "recv", Aliases: []string{"read"}, Waits: true, Records: RecordStream, Gives: "the data; eof when the peer has ended the stream; with trunc also the real length",
			Summary: "receive data",
			Details: "It returns as soon as anything has come, at most MAX bytes and never more than a MiB. An empty datagram is empty data, not eof. A reset is ECONNRESET. With a buffer in place of MAX it receives into that, and gives how many bytes came.",
			Params:  []Param{socket, count, flags}, Errors: recvErrors,
			Example: "recv 3 1024 --timeout 500ms", See: "recv(2)", Run: doRecv, RunCount: recvCount},
		{Name: "sendto", Waits: true, Records: RecordSent, Gives: "how many bytes were sent",
			Summary: "send a datagram to an address",
			Params:  []Param{socket, data, {Name: "address", Kind: AddressKind}, flags},
			Errors: []Cause{{"EISCONN", "the stream is connected already"}, {"EAGAIN", "with dontwait: there is no room"}, {"EMSGSIZE", "the datagram is too large"},
				{"EACCES", "broadcasts take SO_BROADCAST"}, {"ECONNREFUSED", "an earlier datagram was refused, or no unix socket has the name"}, {"ENOENT", "there is no such path"}},
			Example: "sendto 1 hello 127.0.0.1:2333", See: "sendto(2), udp(7)", Run: doSendto},
		{Name: "recvfrom", Waits: true, Gives: "the data, and the sender's address; eof and trunc as recv",
			Summary: "receive a datagram and its sender's address",
			Params:  []Param{socket, count, flags}, Errors: recvErrors,
			Example: "recvfrom 1", See: "recvfrom(2), udp(7)", Run: doRecvfrom},
	}
}

func doSend(t *loop.Task, tab *Table, a *Args) (Result, error) {
	if a.Int(2)&msgZerocopy != 0 {
		return sendPinned(t, tab, a, nil, a.Int(2))
	}
	sent, err := a.Handle(0).transmit(t, a, a.Text(1), a.Int(2))
	if err != nil {
		err = a.Handle(0).owe(sent, err)
	}
	if err != nil {
		return nil, err
	}
	return a.Give(Num(sent)), nil
}

func sendData(t *loop.Task, tab *Table, h *Handle, data string) (Value, error) {
	sent, err := h.transmit(t, &tab.plain, data, 0)
	if err != nil {
		err = h.owe(sent, err)
	}
	return Num(sent), err
}

// transmit sends data and returns how much of it the kernel has: less than all
// only with an error, or with MSG_DONTWAIT in flags.
func (h *Handle) transmit(t *loop.Task, a *Args, data string, flags int) (int, error) {
	flags |= h.refusesData()
	if err := h.owed; err != nil {
		h.owed = nil
		return 0, err
	}
	sent := 0
	var patience time.Time
	for {
		if flags&unix.MSG_DONTWAIT != 0 || h.Ready(loop.Write) {
			n, err := sysSend(h.FD, data[sent:], flags)
			if err == nil {
				sent += n
				t.Spent(n)
				if sent == len(data) || flags&unix.MSG_DONTWAIT != 0 {
					return sent, nil
				}
				continue
			}
			if err == unix.EINTR {
				continue
			}
			if err == unix.ENOTSOCK && flags&^unix.MSG_DONTWAIT == 0 {
				if n, err = h.writeFile(data[sent:]); err == nil {
					if sent += n; sent == len(data) || flags != 0 {
						return sent, nil
					}
					continue
				}
			}
			if err != unix.EAGAIN || flags&unix.MSG_DONTWAIT != 0 {
				return sent, err
			}
			h.Drained(loop.Write)
		}
		if err := h.wait(t, loop.Write, a, &patience); err != nil {
			return sent, err
		}
	}
}

// owe is send(2)'s rule for an error after a part was sent: that part counts, and
// the error comes with the next call. It returns the error that comes now.
func (h *Handle) owe(sent int, err error) error {
	if sent == 0 || err == loop.ErrCancelled {
		return err
	}
	if _, ok := err.(unix.Errno); ok && err != unix.EAGAIN {
		h.owed = err // the kernel does not tell it twice
	}
	return nil
}

func doRecv(t *loop.Task, tab *Table, a *Args) (Result, error) {
	h, n, flags := a.Handle(0), a.Int(1), a.Int(2)
	switch {
	case flags&(unix.MSG_OOB|msgErrQueue) != 0: // what comes is not from the stream
		flags |= urgent(flags)
	case flags&unix.MSG_WAITALL != 0 && flags&unix.MSG_TRUNC == 0 && h.Stream():
		return recvAll(t, tab, a, n, flags&^unix.MSG_WAITALL)
	case h.inbox != "":
		return h.fromInbox(a, n, flags), nil
	}
	a.into = a.buffer()
	got, err := tab.receive(t, h, n, flags, a)
	return tab.outcome(a, n, flags, got, err)
}

func recvCount(t *loop.Task, tab *Table, h *Handle, n int) (Value, error) {
	if h.inbox != "" {
		return h.takeInbox(n, false), nil
	}
	got, err := tab.receive(t, h, n, 0, &tab.plain)
	if err == errDeaf || err == nil && got == 0 && h.sotype != unix.SOCK_DGRAM {
		return Value{}, nil
	}
	return Value{Type: Scratch, Str: tab.received(got)}, err
}

// fromInbox and outcome are kept out of their callers' frames, which wait: with
// them a waiting task would need 8 KiB of stack instead of 4.
//
//go:noinline
func (h *Handle) fromInbox(a *Args, n, flags int) Result {
	v := h.takeInbox(n, flags&unix.MSG_PEEK != 0)
	return h.given(a, v, len(v.Str), flags)
}

// outcome is the result of a receive of at most n bytes that returned got.
//
//go:noinline
func (t *Table) outcome(a *Args, n, flags, got int, err error) (Result, error) {
	h := a.Handle(0)
	if err == errDeaf || err == nil && got == 0 && h.sotype != unix.SOCK_DGRAM {
		return a.eof(), nil
	}
	if err != nil {
		return nil, err
	}
	return h.given(a, Value{Type: Scratch, Str: a.received(t, min(got, n))}, got, flags), nil
}

// given is what a receive of the kernel's count got results in. MSG_TRUNC makes
// that count a result: it is a whole datagram's, or of the bytes of a TCP stream
// that were thrown away, tcp(7).
func (h *Handle) given(a *Args, data Value, got, flags int) Result {
	if flags&unix.MSG_TRUNC == 0 {
		return a.Give(a.put(data))
	}
	if h.Stream() && h.family != unix.AF_UNIX {
		data.Str = ""
	}
	return a.Give(a.put(data), Num(got))
}

// receive waits for data and leaves it in the room of a. With MSG_TRUNC in
// flags the count it returns may be more than n.
func (t *Table) receive(task *loop.Task, h *Handle, n, flags int, a *Args) (int, error) {
	flags |= h.refusesData()
	task.Share() // not after the call: what has come is in the scratch buffer of all
	var patience time.Time
	for {
		if h.lowWater > 1 && flags&unix.MSG_DONTWAIT == 0 && h.low(n) {
			h.Drained(loop.Read)
			err := h.wait(task, loop.Read, a, &patience)
			if err == unix.EAGAIN { // SO_RCVTIMEO is over: what has come will do
				flags |= unix.MSG_DONTWAIT
			} else if err != nil {
				return 0, err
			}
			continue
		}
		if flags&unix.MSG_DONTWAIT != 0 || h.lowWater > 1 || h.Ready(loop.Read) { // the poller tells nothing below the mark
			buf := a.room(t, n)
			got, err := sysRecv(h.FD, buf, flags)
			if err == nil {
				if got < len(buf) && got > 0 && flags == 0 && h.sotype == unix.SOCK_STREAM && h.family != unix.AF_UNIX {
					h.Drained(loop.Read) // the kernel gave all it had
				}
				task.Spend(got)
				return got, nil
			}
			if err == unix.EINTR {
				continue
			}
			if err == unix.ENOTSOCK && flags&^unix.MSG_DONTWAIT == 0 {
				if got, err = h.readFile(buf); err == nil {
					return got, nil
				}
			}
			if err != unix.EAGAIN || flags&unix.MSG_DONTWAIT != 0 {
				return 0, err
			}
			h.Drained(loop.Read)
		}
		if err := h.wait(task, loop.Read, a, &patience); err != nil {
			return 0, err
		}
	}
}

// recvAll is MSG_WAITALL, which a nonblocking descriptor does not do by itself:
// all of n, or what came before the end or the deadline.
func recvAll(t *loop.Task, tab *Table, a *Args, n, flags int) (Result, error) {
	h, collect := a.Handle(0), tab.collect
	if flags&unix.MSG_PEEK != 0 {
		collect = tab.peekAll
	}
	data, err := collect(t, h, a, n, flags)
	switch {
	case err == loop.ErrCancelled:
		if flags&unix.MSG_PEEK == 0 {
			h.inbox = data
		}
		return nil, err
	case data != "":
		return a.bytes(data), nil
	case err != nil:
		return nil, err
	}
	return a.eof(), nil
}

// bytes is a result of data; as fromInbox it is kept out of frames that wait.
//
//go:noinline
func (a *Args) bytes(data string) Result { return a.Give(a.put(Value{Type: Bytes, Str: data})) }

// eof is the result of a receive after the peer's FIN.
//
//go:noinline
func (a *Args) eof() Result { return a.Give(Value{}, Str("eof")) }
