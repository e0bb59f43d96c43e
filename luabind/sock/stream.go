package sock

import (
	"strings"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"socksh/luabind/loop"
)

// streamVerbs are the comforts over recv and send: they make several calls where
// one does not do. What they receive beyond their end stays with the handle, and
// the next receive, of any kind, takes it first.
func streamVerbs() []Verb {
	socket := Param{Name: "socket", Kind: HandleKind, Fits: talks}
	const cut = " Raises with what had come (partial) when the stream ends or the time is up in the middle."
	return []Verb{
		{Name: "sendall", Waits: true, Records: RecordSent, Gives: "how many bytes were sent",
			Summary: "send all of the data, in as many calls as it takes",
			Details: "Unlike send it fails when only a part could be sent.",
			Params:  []Param{socket, {Name: "data", Kind: BytesKind}},
			Example: "sendall 2 #1000000", See: "send(2)", Run: doSendall},
		{Name: "recvline", Waits: true, Records: RecordLines, Gives: "the line without its end; eof as recv",
			Summary: "receive one line",
			Details: `A line ends with "\n" or "\r\n".` + cut,
			Params:  []Param{socket},
			Example: "recvline 3", See: "recv(2)", Run: doRecvline},
		{Name: "recvlines", Waits: true, Records: RecordLines, Gives: "a list of lines without their ends; eof as recv",
			Summary: "receive the lines that have come, at least one",
			Details: "It waits for the first line only. For many short lines it is much faster than recvline." + cut,
			Params:  []Param{socket, {Name: "max", Kind: IntKind, Optional: true, Default: Num(1000), Min: 1, Max: 1e6}},
			Example: "recvlines 3 100", See: "recv(2)", Run: doRecvlines},
		{Name: "recvuntil", Waits: true, Records: RecordStream, Gives: "the data up to the mark and with it; eof as recv",
			Summary: "receive up to a mark in the stream",
			Details: "The mark is plain text, or a pattern of Lua's: then it ends with the first match in what has come so far." + cut,
			Params:  []Param{socket, {Name: "mark", Kind: BytesKind}, {Name: "as", Kind: WordKind, Optional: true, Default: Str("text"), Choices: []string{"text|plain", "pattern"}}},
			Example: `recvuntil 3 "\r\n\r\n"`, See: "recv(2)", Run: doRecvuntil},
		{Name: "recvexact", Waits: true, Records: RecordStream, Gives: "the data; eof as recv",
			Summary: "receive exactly so many bytes",
			Details: cut[1:] + " With a buffer in place of COUNT it fills that, and gives how many bytes came.",
			Params:  []Param{socket, {Name: "count", Kind: RoomKind, Max: maxReceive}},
			Example: "recvexact 3 4", See: "recv(2)", Run: doRecvexact, RunCount: recvexactCount},
	}
}

func doSendall(t *loop.Task, tab *Table, a *Args) (Result, error) {
	total := len(a.Text(1))
	for left := a.Text(1); ; {
		a.values[1].Str = left
		out, err := doSend(t, tab, a)
		if err != nil {
			return nil, &partialError{sent: total - len(left), err: err}
		}
		if left = left[int(out[0].Num):]; left == "" {
			return a.Give(Num(total)), nil
		}
	}
}

func doRecvexact(t *loop.Task, tab *Table, a *Args) (Result, error) {
	h, n := a.Handle(0), a.Int(1)
	if a.buffer() != nil && h.Stream() {
		return fill(t, tab, a, n)
	}
	v, err := tab.exactly(t, h, n, a)
	switch {
	case err != nil:
		return nil, err
	case v.Type == Nil:
		return a.eof(), nil
	}
	return a.Give(v), nil
}

func recvexactCount(t *loop.Task, tab *Table, h *Handle, n int) (Value, error) {
	return tab.exactly(t, h, n, &tab.plain)
}

// exactly receives n bytes; the zero Value stands for the end of the stream.
func (t *Table) exactly(task *loop.Task, h *Handle, n int, a *Args) (Value, error) {
	if !h.Stream() {
		return Value{}, errNoStream
	}
	if h.inbox == "" && n > 0 {
		// More room than asked for tells, when it is not filled, that the kernel
		// has no more: the next call need not ask.
		got, err := t.receive(task, h, max(n, len(t.scratch)), 0, a)
		switch {
		case err == errDeaf || err == nil && got == 0:
			return Value{}, nil
		case err != nil:
			return Value{}, err
		case got >= n:
			h.inbox = strings.Clone(t.received(got)[n:])
			return Value{Type: Scratch, Str: t.received(n)}, nil
		}
		h.inbox = strings.Clone(t.received(got))
	}
	data, err := t.collect(task, h, a, n, 0)
	switch {
	case len(data) == n:
		return Value{Type: Bytes, Str: data}, nil
	case err != nil:
		h.inbox = data
		return Value{}, &partialError{partial: data, err: err}
	case data != "":
		return Value{}, &partialError{partial: data, err: errCut}
	}
	return Value{}, nil
}

// collect receives until it has n bytes, or the stream ends, or a wait fails. It
// returns what it has in any case.
func (t *Table) collect(task *loop.Task, h *Handle, a *Args, n, flags int) (string, error) {
	if len(h.inbox) >= n {
		return h.takeInbox(n, false).Str, nil
	}
	data := append(make([]byte, 0, min(n, 1<<20)), h.inbox...)
	h.inbox = ""
	for len(data) < n {
		got, err := t.receive(task, h, n-len(data), flags, a)
		if err != nil || got == 0 {
			return string(data), err
		}
		data = append(data, t.scratch[:got]...)
	}
	return unsafe.String(unsafe.SliceData(data), len(data)), nil
}

// peekAll waits as collect does, and leaves the data where it is.
func (t *Table) peekAll(task *loop.Task, h *Handle, a *Args, n, flags int) (string, error) {
	if len(h.inbox) >= n {
		return h.takeInbox(n, true).Str, nil
	}
	want := n - len(h.inbox)
	var patience time.Time
	for {
		got, err := t.receive(task, h, want, flags, a)
		if err != nil {
			return h.inbox, err
		}
		data := h.inbox + t.received(got)
		if got >= min(want, maxOnce) || flags&unix.MSG_DONTWAIT != 0 || h.ended() {
			return data, nil
		}
		if err := h.wait(task, loop.Read, a, &patience); err != nil {
			return data, err
		}
	}
}

// ended reports whether nothing can come any more beyond what has come.
func (h *Handle) ended() bool {
	fds := []unix.PollFd{{Fd: int32(h.FD), Events: pollRdHup}}
	n, err := unix.Poll(fds, 0)
	return n > 0 || err != nil
}

var errNoStream = misuse("the socket is no stream; use recv")

// received returns the first n bytes of the scratch buffer as a string that is
// valid until the table's next call.
func (t *Table) received(n int) string {
	return unsafe.String(unsafe.SliceData(t.scratch), min(n, len(t.scratch)))
}

// takeInbox returns at most n bytes of what was received before.
func (h *Handle) takeInbox(n int, peek bool) Value {
	n = min(n, len(h.inbox))
	v := Value{Type: Bytes, Str: h.inbox[:n]}
	if !peek {
		h.inbox = h.inbox[n:]
	}
	return v
}
