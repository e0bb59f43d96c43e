package wire

import (
	"bytes"
	"fmt"
	"time"

	"socksh/luabind/journal"
	"socksh/luabind/loop"
	"socksh/luabind/sock"
)

// frameMost is how much of a frame the journal keeps; a file gets all of it.
const frameMost = 2 << 10

var noDeadline time.Time

// look tells what has passed until now. The journal asks at the end of each call.
func (w *Wire) look(int) {
	w.drain(w.tab.Loop.Current())
	if w.deriving {
		w.deriveFromCall()
	}
}

// drain tells the frames that are there. One that passed after it began ends it: it
// belongs to no call that has returned, and a flood must not hold up the loop. It tells
// them in the name of the task whose call ends, nil if none does.
func (w *Wire) drain(now *loop.Task) {
	most := frameMost
	if w.file != nil {
		most = roomMost
	}
	learned := false
	for _, t := range w.taps {
		began, any := time.Now(), false
		for frame := t.next(most); frame != nil; frame = t.next(most) {
			if any = true; !learned {
				learned = true
				w.settle()
			}
			w.tell(now, t, frame)
			if t.stamp.After(began) { // its own time: at may be that of one before it
				break
			}
		}
		if any {
			if n := t.lost(); n > 0 {
				w.log.Add(nil, 0, journal.Note{Text: fmt.Sprintf("%d frames of %s were not seen: they came faster than they were read", n, t.name)})
			}
		}
	}
	if w.file != nil {
		w.flush()
	}
}

// settle asks where those handles are now that had no peer when a call on them began
// which has not returned: a SYN has passed before its connect has ended.
func (w *Wire) settle() {
	for _, c := range w.unsettled {
		if h := w.tab.Known(c.handle); h != nil {
			w.owners.learn(w.tab, h)
		}
	}
}

// tell tells of one frame, if it concerns a handle.
func (w *Wire) tell(now *loop.Task, t *tap, frame []byte) {
	decode := Decode
	if t.link == linkIP {
		decode = DecodeIP
	}
	p, ok := decode(frame)
	if !ok {
		return
	}
	if p.fragment.protocol != 0 {
		w.tracker.reunite(&p)
	}
	from, to := w.owners.both(&p)
	about := from
	if about == nil {
		about = to
	}
	if about == nil {
		return
	}
	s := w.tracker.Segment(&p)
	read := time.Now()                                                   // the journal's clock is not the one on the wall: what they have in common is how long ago it was
	t.told = max(t.told, w.log.Since(read.Add(-max(0, read.Sub(t.at))))) // both clocks cannot be read at once: one frame is not older than another for that
	s.At = t.told
	s.Where, s.Frame = t.name, bytes.Clone(frame[:min(len(frame), frameMost)])
	w.whole, w.length = frame, t.length
	w.log.Add(w.during(now, from, to), about.N, s)
	w.whole, w.length = nil, 0
}

// during returns the task in whose call a segment passed: in that which ends now, if it
// is about an end; else in one that has begun on an end, its sender's first; else in
// the one that ends now, if there is one.
func (w *Wire) during(now *loop.Task, ends ...*sock.Handle) *loop.Task {
	var first *loop.Task
	for _, h := range ends {
		if h == nil {
			continue
		}
		for _, n := range w.busy[h.N] {
			switch c := w.calls[n]; {
			case c.task == now:
				return now
			case first == nil:
				first = c.task
			}
		}
	}
	if first != nil {
		return first
	}
	return now
}

// Ends returns the handles at the ends of a segment, nil for an end that is none of
// this session's.
func (w *Wire) Ends(s journal.Segment) (from, to *sock.Handle) {
	for _, protocol := range []string{s.Protocol, "TCP", "UDP"} { // an ICMP error has the ends of what it is about
		from, to = w.owners.of(s.FromHost, protocol, s.From, s.To), w.owners.of(s.ToHost, protocol, s.To, s.From)
		if from != nil || to != nil || s.Protocol == "TCP" || s.Protocol == "UDP" {
			break
		}
	}
	return from, to
}
