package luabind

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"socksh/luabind/journal"
	"socksh/luabind/loop"
	"socksh/luabind/sock"
)

// viewPeriod is how often a prompt looks for what happens by itself; viewLines is how
// much is shown at a time, and callLines where each call is wanted.
const (
	viewPeriod = 100 * time.Millisecond
	viewLines  = 8
	callLines  = 100
)

// journalSize is how many events a session keeps.
const journalSize = 10_000

// Journal returns the session's journal. Who first asks for it starts it.
func (s *Session) Journal() *journal.Journal {
	j := s.Record()
	if !s.journalOn {
		s.journalOn, s.cleared = true, j.Last()
	}
	return j
}

// Record returns the session's journal, and starts it if need be; but the session's
// own commands say that it is off until someone turns it on.
func (s *Session) Record() *journal.Journal {
	if s.Table.Journal == nil {
		j := journal.New(journalSize)
		s.Table.Journal = j
		s.watch = s.kernel.Watch(s.Table, j)
		s.watch.Before = s.wire.Before
	}
	return s.Table.Journal
}

// A view is what is shown of the journal after each input.
type view struct {
	what     []string // of calls, states, wire, counters
	last     int      // the event that was shown last
	watching bool     // a task shows what happens later
	blind    bool     // it was said that segments cannot be seen
}

func (v *view) shows(what string) bool { return slices.Contains(v.what, what) }

// View shows after each input what the kernel has changed, and at a prompt also what
// changes later: any of calls, states, wire and counters.
func (s *Session) View(what ...string) {
	s.seeWire(slices.Contains(what, "wire"))
	if s.view.what = what; len(what) == 0 {
		return
	}
	s.Journal().Look()
	s.view.last = s.Journal().Last()
	s.watch.Counters(s.view.shows("counters"))
	if s.Notify != nil && !s.view.watching {
		s.view.watching = true
		s.Loop.Go(s.watchLate)
	}
}

// DefaultView returns what a prompt's view begins with: states, and segments where they
// can be seen.
func (s *Session) DefaultView() []string {
	if s.wire.Show(true) != nil {
		return []string{"states"}
	}
	return []string{"states", "wire"}
}

// seeWire has segments captured, or not any more. Where that cannot be it says so once,
// unless there is a lab, whose segments are seen by anyone.
func (s *Session) seeWire(on bool) {
	if err := s.wire.Show(on); err != nil && !s.view.blind && len(s.Table.Hosts()) == 0 {
		s.view.blind = true
		s.note("no segments are seen: " + err.Error() + "; those that must have passed are told as derived")
	}
}

// watchLate shows what changes while no input runs that changes it itself.
func (s *Session) watchLate(t *loop.Task) error {
	defer func() { s.view.watching = false }()
	for len(s.view.what) > 0 {
		if err := t.Sleep(time.Now().Add(viewPeriod)); err != nil {
			return err
		}
		if s.running == 0 {
			s.showChanges()
		}
	}
	return nil
}

// showChanges shows what has changed since it was last called.
func (s *Session) showChanges() {
	j := s.Table.Journal
	if j == nil || len(s.view.what) == 0 {
		return
	}
	j.Look()
	var lines []string
	events := j.Events(s.view.last)
	ends := s.segmentEnds(events)
	for _, e := range events {
		line := s.viewLine(e)
		if f, is := e.Fact.(journal.Segment); is && s.view.shows("wire") {
			line = s.segmentLine(f, ends)
		}
		if line != "" {
			lines = append(lines, line)
		}
	}
	s.view.last = j.Last()
	most := viewLines
	if s.view.shows("calls") {
		most = callLines
	}
	for i, line := range lines {
		if i == most && len(lines) > most+1 {
			s.remark(fmt.Sprintf("and %d changes more", len(lines)-i))
			return
		}
		s.remark(line)
	}
}

// viewLine returns an event as the view shows it, "" if it does not.
func (s *Session) viewLine(e journal.Event) string {
	switch f := e.Fact.(type) {
	case journal.Call:
		if s.view.shows("calls") {
			return f.String()
		}
	case journal.Return:
		if s.view.shows("calls") {
			return f.String()
		}
	case journal.Note:
		if s.view.shows("wire") && e.Handle == 0 || s.view.shows("calls") {
			return f.Text
		}
	case journal.State:
		if s.view.shows("states") {
			return s.label(e.Handle) + ": " + f.String()
		}
	case journal.Counter:
		if s.view.shows("counters") {
			if f.Host != "" {
				return f.String()
			}
			return "this network: " + f.String()
		}
	case journal.Queue:
		if s.view.shows("states") && f.Tells() {
			return s.label(e.Handle) + ": " + f.String()
		}
	}
	return ""
}

// label returns how a handle is called in messages.
func (s *Session) label(n int) string {
	if h := s.Table.Known(n); h != nil {
		return h.Label()
	}
	return strconv.Itoa(n)
}

// viewVerb is the command over View.
func (s *Session) viewVerb() sock.Verb {
	return sock.Verb{Name: "view", Shell: true, Records: sock.RecordNone, Gives: "what it is, if nothing is given",
		Summary: "show what the kernel does, or stop that",
		Details: "After each command the lines that matter. states: TCP states, the completed queues of listeners, data that has come. wire: the segments of this session's sockets; without the right to see them (CAP_NET_RAW), which a lab does not need, those that must have passed, marked derived. calls: each call that was made, with its result. counters: those of this network that have moved and tell of drops, repetitions and resets, whatever program it was. At a prompt also what happens later, such as a peer's FIN. A prompt begins with states, and with wire where it has the right; elsewhere it is off.",
		Params:  []sock.Param{{Name: "what", Kind: sock.WordKind, Optional: true, Rest: true, Choices: []string{"calls", "states|on", "wire", "counters", "off"}}},
		Example: "view states wire", See: "tcp(7)",
		Run: func(_ *loop.Task, _ *sock.Table, a *sock.Args) (sock.Result, error) {
			if len(a.Rest()) == 0 {
				return a.Give(sock.Str(cmp.Or(strings.Join(s.view.what, " "), "off"))), nil
			}
			var what []string
			for _, v := range a.Rest() {
				if v.Str != "off" {
					what = append(what, v.Str)
				}
			}
			s.View(what...)
			return nil, nil
		}}
}
