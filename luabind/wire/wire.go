// Package wire tells which segments pass: it captures frames, reads them, tells the
// journal of those that concern the session's handles, and writes them into files.
//
// A capture is a packet socket on an interface, see packet(7). The loopback runs in the
// caller's system call, so all segments of a call are there before it returns, and they
// are read then; what comes later, such as a retransmission or a peer's FIN, is read
// when the loop reports it. The loopback shows each frame twice, on its way out and in: one
// of them is taken. It knows no segments of Ethernet's size (its MTU is 64 KB), and
// leaves checksums to be filled in by a card that it does not have.
//
// What is told of a frame: RFC 791 and 8200 (IP), 9293, 7323 and 2018 (TCP), 768
// (UDP), 792 and 4443 (ICMP). Files are pcapng, as the IETF's draft
// draft-ietf-opsawg-pcapng describes it.
//
// Capturing needs CAP_NET_RAW. Without it those segments are told that must have passed,
// by what calls and the kernel's states say, and marked as derived: see derive.go.
//
// The package knows no Lua; its verbs join the registry of package sock. Decoding and a
// [Tracker] need no session.
package wire

import (
	"slices"

	"socksh/luabind/journal"
	"socksh/luabind/loop"
	"socksh/luabind/sock"
)

// loopback is the interface that a session watches if none is named.
const loopback = "lo"

// A Wire is one session's sight of segments. It opens nothing until somebody wants to
// see them. It belongs to the goroutine of the table's loop.
type Wire struct {
	// Say tells the person or the script's log of what no call can report any more.
	Say func(text string)

	tab         *sock.Table
	journal     func() *journal.Journal
	log         *journal.Journal // nil until the first use
	taps        []*tap
	tracker     Tracker
	owners      owners
	calls       map[int]openCall // by the event of their begin
	busy        map[int][]int    // the open calls on a handle, by its number
	unsettled   map[int]openCall // those on handles that had no peer
	whole       []byte           // the frame that is being told, all of it
	length      int              // how long it was on the wire
	file        *recording       // nil without one
	shown       bool             // somebody wants to see segments of the loopback
	following   bool             // others tell the journal of segments; see Follow
	deriving    bool             // but that cannot be
	conclusions conclusions
}

// An openCall is one that has not returned.
type openCall struct {
	verb, text string
	handle     int
	task       *loop.Task
}

// New returns a wire with nobody at it. The journal is asked for when it is first used.
func New(tab *sock.Table, log func() *journal.Journal, say func(string)) *Wire {
	return &Wire{Say: say, tab: tab, journal: log}
}

// Close ends all captures, and completes the file.
func (w *Wire) Close() {
	if r := w.file; r != nil {
		if err := w.stop(); err != nil && !r.said {
			w.Say(err.Error())
		}
	}
	for _, t := range w.taps {
		t.close()
	}
	w.taps = nil
}

// Show has segments of the loopback told or not. Without the right to capture its error
// says which one is missing, and segments are derived from now on.
func (w *Wire) Show(on bool) error {
	if on {
		w.begin()
	}
	w.shown, w.deriving = on && !w.tab.Policy.Loopback, false
	err := w.arrange()
	if on && w.tab.Policy.Loopback {
		err = errSandbox
	}
	if w.deriving = on && err != nil; w.deriving {
		w.shown = false
	}
	return err
}

// Follow has the wire know whose the segments are that others tell the journal of, from now
// on: those of a lab.
func (w *Wire) Follow() {
	w.begin()
	w.following = true
}

// arrange opens the interfaces that are wanted, and closes the others.
func (w *Wire) arrange() error {
	var wanted []string
	if w.shown {
		wanted = append(wanted, loopback)
	}
	if w.file != nil {
		wanted = append(wanted, w.file.wanted...)
	}
	w.remove(func(t *tap) bool { return !slices.Contains(wanted, t.name) })
	for _, name := range wanted {
		if slices.ContainsFunc(w.taps, func(t *tap) bool { return t.name == name }) {
			continue
		}
		t, err := openTap(name)
		if err != nil {
			return err
		}
		w.add(t)
	}
	return nil
}

// watches reports whether anybody wants to know whose segments are.
func (w *Wire) watches() bool { return len(w.taps) > 0 || w.file != nil || w.deriving || w.following }

// begin joins the journal, and learns what was there before.
func (w *Wire) begin() {
	if w.log == nil {
		w.log = w.journal()
		w.log.OnReturn = slices.Insert(w.log.OnReturn, 0, w.look) // before the states: what has passed is why they have changed
		w.log.Follow(w.follow)
	}
	if !w.watches() {
		w.calls, w.busy, w.unsettled = make(map[int]openCall), make(map[int][]int), make(map[int]openCall)
		w.owners = owners{}
		for _, h := range w.tab.Handles() {
			w.owners.learn(w.tab, h)
		}
	}
}

func (w *Wire) add(t *tap) {
	w.begin()
	t.source.Init(w.tab.Loop, t.fd)
	w.taps = append(w.taps, t)
	w.tab.Loop.Go(func(task *loop.Task) error {
		for {
			if err := task.Wait(&t.source, loop.Read, noDeadline); err != nil {
				return err
			}
			w.drain(nil)
		}
	})
}

func (w *Wire) remove(unwanted func(*tap) bool) {
	w.taps = slices.DeleteFunc(w.taps, func(t *tap) bool {
		if unwanted(t) {
			t.close()
			return true
		}
		return false
	})
}

// follow learns from the journal which calls go on, and where handles are.
func (w *Wire) follow(e *journal.Event) {
	if !w.watches() {
		return
	}
	switch f := e.Fact.(type) {
	case journal.Socket:
		if h := w.tab.Known(e.Handle); h != nil {
			w.owners.learn(w.tab, h)
		}
		if f.Of != 0 && w.deriving && w.calls[e.During].verb == "accept" {
			w.conclusions.accepted(e.Handle)
		}
	case journal.Call:
		w.callBegins(e, f)
	case journal.Return:
		w.callEnds(f.Call)
	case journal.Segment:
		if w.file != nil && len(f.Frame) > 0 {
			w.record(e, f)
		}
	}
}

func (w *Wire) callBegins(e *journal.Event, f journal.Call) {
	c := openCall{f.Verb, f.Text, e.Handle, w.tab.Loop.Current()}
	w.calls[e.N] = c
	h := w.tab.Known(c.handle)
	if h == nil {
		return
	}
	w.busy[c.handle] = append(w.busy[c.handle], e.N)
	if p := w.owners.places[h]; !h.Listening() && (p == nil || !p.peer.IsValid()) {
		w.unsettled[e.N] = c
	}
}

func (w *Wire) callEnds(n int) {
	h := w.calls[n].handle
	delete(w.calls, n)
	delete(w.unsettled, n)
	if left := slices.DeleteFunc(w.busy[h], func(other int) bool { return other == n }); len(left) > 0 {
		w.busy[h] = left
	} else {
		delete(w.busy, h)
	}
}
