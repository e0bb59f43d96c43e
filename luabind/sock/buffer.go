package sock

import (
	"unsafe"

	"socksh/luabind/loop"
)

// A Buffer is the script's memory that verbs receive into and send from. While a
// task waits another one may change the buffer: its memory may move then, so it is
// asked for anew after each wait, but it never becomes less.
type Buffer interface {
	Room() []byte  // all its memory
	Bytes() []byte // what it holds
	Filled(n int)  // makes the first n bytes of the memory what it holds
}

// view returns what a buffer holds, without a copy.
func (v Value) view() string { return stringOf(v.Any.(Buffer).Bytes()) }

func stringOf(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// buffer returns the buffer that the call was given to receive into, or nil.
func (a *Args) buffer() Buffer {
	if a.values[1].Type != Memory {
		return nil
	}
	return a.values[1].Any.(Buffer)
}

// room returns where the next n bytes, or less, are received to.
func (a *Args) room(t *Table, n int) []byte {
	if a.into == nil {
		return t.buffer(n)
	}
	room := a.into.Room()[a.filled:]
	return room[:min(n, len(room), maxOnce)]
}

// received returns the first n bytes of the room, valid until the table's next
// call.
func (a *Args) received(t *Table, n int) string {
	if a.into == nil {
		return t.received(n)
	}
	return stringOf(a.into.Room()[:n])
}

// put returns received data as a result: itself, or, for a call that was given a
// buffer, how many bytes are there now. Only what the kernel wrote, Scratch, is
// there already.
func (a *Args) put(data Value) Value {
	b := a.buffer()
	if b == nil {
		return data
	}
	if data.Type == Bytes {
		copy(b.Room(), data.Str)
	}
	b.Filled(len(data.Str))
	return Num(len(data.Str))
}

// fill is recvexact into a buffer. What came before a failure is there, and the
// handle keeps it for the next receive as well, as it does without a buffer.
func fill(t *loop.Task, tab *Table, a *Args, n int) (Result, error) {
	h := a.Handle(0)
	a.into = a.buffer()
	a.filled = copy(a.into.Room()[:n], h.takeInbox(n, false).Str)
	for a.filled < n {
		got, err := tab.receive(t, h, n-a.filled, 0, a)
		if err == nil && got > 0 {
			a.filled += got
			continue
		}
		return fellShort(tab, a, err)
	}
	return a.Give(a.put(Value{Type: Scratch, Str: a.received(tab, n)})), nil
}

// fellShort is the result of a fill that ended before its time; it is kept out
// of the frame that waits, see fromInbox.
//
//go:noinline
func fellShort(tab *Table, a *Args, err error) (Result, error) {
	if a.filled == 0 {
		return tab.outcome(a, 0, 0, 0, err)
	}
	partial := string(a.into.Room()[:a.filled])
	a.into.Filled(a.filled)
	if err == nil {
		err = errCut
	} else {
		a.Handle(0).inbox = partial
	}
	return nil, &partialError{partial: partial, err: err}
}
