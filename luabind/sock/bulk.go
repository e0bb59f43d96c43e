package sock

import (
	"fmt"
	"strings"

	"golang.org/x/sys/unix"

	"socksh/luabind/loop"
)

// bulkVerbs move data that no script looks at. They count what they have moved,
// and `handles` shows it while they run.
func bulkVerbs() []Verb {
	socket := Param{Name: "socket", Kind: HandleKind, Fits: talks}
	count := Param{Name: "count", Kind: IntKind, Optional: true, Max: all}
	return []Verb{
		{Name: "discard", Waits: true, Gives: "how many bytes were thrown away",
			Summary: "receive and throw away",
			Details: "COUNT bytes, or all until the end of the stream.",
			Params:  []Param{socket, count},
			Example: "discard 3 1000000", See: "recv(2)", Run: doDiscard},
		{Name: "pump", Waits: true, Gives: "how many bytes were moved",
			Summary: "send on to one socket what another receives",
			Details: "COUNT bytes, or all until FROM ends; that end is not passed on (shutdown does so). A datagram stays one. What could not be sent any more stays with FROM. pump 3 3 is an echo server; a job for each way makes a proxy.",
			Params:  []Param{{Name: "from", Kind: HandleKind, Fits: talks}, {Name: "to", Kind: HandleKind, Fits: talks}, count},
			Example: "pump 3 4 &", See: "send(2), recv(2)", Run: doPump},
		{Name: "splice", Waits: true, Gives: "how many bytes were moved",
			Summary: "move bytes from one stream to another inside the kernel",
			Details: "As pump, but the data never comes into this program. From and to pipes and files too, if they do not block.",
			Params:  []Param{{Name: "from", Kind: HandleKind, Fits: talks}, {Name: "to", Kind: HandleKind, Fits: talks}, count},
			Errors:  []Cause{{"EPIPE", "TO may not send: not connected, or shut down"}, {"ECONNRESET", "a peer has reset its connection"}, {"ENOTCONN", "FROM is not connected"}, {"EINVAL", "both are the same pipe, or sockets of that kind cannot"}},
			Example: "splice 3 4 &", See: "splice(2)", Run: doSplice},
		{Name: "sendfile", Waits: true, Gives: "how many bytes were sent",
			Summary: "send a file",
			Details: "COUNT bytes from OFFSET on, or all up to its end. The kernel takes them from the file itself.",
			Params:  []Param{socket, {Name: "file", Kind: FileKind}, {Name: "offset", Kind: IntKind, Optional: true, Default: Num(0), Max: all - 1}, count},
			Errors:  []Cause{{"ENOENT", "there is no such file"}, {"EPIPE", "the socket may not send: not connected, or shut down"}, {"ECONNRESET", "the peer has reset the connection"}},
			Example: "sendfile 3 go.mod", See: "sendfile(2)", Run: doSendfile},
		{Name: "recvfile", Waits: true, Gives: "how many bytes were received",
			Summary: "receive into a file",
			Details: "COUNT bytes, or all until the end of the stream. The file is made, or overwritten. What it could not take stays with the socket.",
			Params:  []Param{socket, {Name: "file", Kind: FileKind}, count},
			Errors:  []Cause{{"ENOSPC", "the disk is full"}, {"EACCES", "the file may not be written"}, {"ECONNRESET", "the peer has reset the connection"}},
			Example: "recvfile 3 copy.bin", See: "recv(2), write(2)", Run: doRecvfile},
	}
}

// all is the count of a call that was given none: more than any file has, and
// still exact in a float64.
const all = 1 << 53

func (a *Args) count(i int) int {
	if a.values[i].Type == Nil {
		return all
	}
	return a.Int(i)
}

// A work is a long call under way on a handle.
type work struct {
	verb        string
	done, total int
}

func (w *work) String() string {
	if w.total == all {
		return fmt.Sprintf("%s: %d bytes", w.verb, w.done)
	}
	return fmt.Sprintf("%s: %d of %d bytes", w.verb, w.done, w.total)
}

// begin notes that a long call runs on h, end that it is over.
func (h *Handle) begin(verb string, total int) *work {
	w := &work{verb: verb, total: total}
	h.works = append(h.works, w)
	return w
}

func (h *Handle) end(w *work) {
	for i, x := range h.works {
		if x == w {
			h.works = append(h.works[:i], h.works[i+1:]...)
			return
		}
	}
}

// busy returns in words which long calls run on h, and how far they are.
func (h *Handle) busy() string {
	texts := make([]string, len(h.works))
	for i, w := range h.works {
		texts[i] = w.String()
	}
	return strings.Join(texts, ", ")
}

// A block is memory of a call's own, to receive into across waits.
type block []byte

const blockSize = 256 << 10

func (b block) Room() []byte  { return b }
func (b block) Bytes() []byte { return b }
func (b block) Filled(int)    {}

// portion receives up to n bytes into the block of a, what the handle holds
// first. It returns "" and false at the end of the stream.
func (t *Table) portion(task *loop.Task, a *Args, n int) (string, bool, error) {
	h := a.Handle(0)
	if h.inbox != "" {
		return h.takeInbox(n, false).Str, true, nil
	}
	got, err := t.receive(task, h, min(n, maxOnce), 0, a)
	if err == errDeaf || err == nil && got == 0 && h.sotype != unix.SOCK_DGRAM {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("receiving: %w", err)
	}
	return a.received(t, got), true, nil
}

// giveBack makes data, which could not be passed on, the next to be received.
func (h *Handle) giveBack(data string) { h.inbox = data + h.inbox }

// forward gives what the call's handle receives to put, piece by piece, until
// total bytes have gone or the stream has ended. What put does not take stays
// with the handle.
func (t *Table) forward(task *loop.Task, a *Args, verb string, total int, put func(data string) (int, error)) (Result, error) {
	h := a.Handle(0)
	w := h.begin(verb, total)
	defer h.end(w)
	a.into = make(block, blockSize)
	for w.done < w.total {
		data, more, err := t.portion(task, a, w.total-w.done)
		if err != nil {
			return nil, &partialError{sent: w.done, err: err}
		}
		if !more {
			if w.total != all {
				return nil, &partialError{sent: w.done, err: errCut}
			}
			break
		}
		n, err := put(data)
		w.done += n
		if err != nil {
			h.giveBack(data[n:])
			return nil, &partialError{sent: w.done, err: err}
		}
	}
	return a.Give(Num(w.done)), nil
}

func doPump(t *loop.Task, tab *Table, a *Args) (Result, error) {
	to := a.Handle(1)
	return tab.forward(t, a, "pump", a.count(2), func(data string) (int, error) {
		n, err := to.transmit(t, a, data, 0)
		if err != nil {
			err = fmt.Errorf("sending: %w", err)
		}
		return n, err
	})
}

func doDiscard(t *loop.Task, tab *Table, a *Args) (Result, error) {
	h := a.Handle(0)
	if !h.Stream() {
		return nil, errNoStream
	}
	return tab.forward(t, a, "discard", a.count(1), func(data string) (int, error) { return len(data), nil })
}
