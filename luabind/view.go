package luabind

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"socksh/luabind/journal"
	"socksh/luabind/loop"
	"socksh/luabind/sock"
)

// viewPeriod is how often a prompt looks for what happens by itself, and viewLines
// how much of it is shown at a time.
const (
	viewPeriod = 100 * time.Millisecond
	viewLines  = 8
)

// journalSize is how many events a session keeps.
const journalSize = 10_000

// Journal returns the session's journal. Who first asks for it starts it.
func (s *Session) Journal() *journal.Journal {
	if s.Table.Journal == nil {
		j := journal.New(journalSize)
		s.Table.Journal = j
		s.kernel.Watch(s.Table, j)
	}
	return s.Table.Journal
}

// A view is what is shown of the journal after each input.
type view struct {
	calls, states, wire bool
	last                int  // the event that was shown last
	watching            bool // a task shows what happens later
}

func (v *view) on() bool { return v.calls || v.states || v.wire }

func (v *view) String() string {
	var parts []string
	for _, p := range []struct {
		on   bool
		name string
	}{{v.calls, "calls"}, {v.states, "states"}, {v.wire, "wire"}} {
		if p.on {
			parts = append(parts, p.name)
		}
	}
	if len(parts) == 0 {
		return "off"
	}
	return strings.Join(parts, " ")
}

// View shows after each input what the kernel has changed, and at a prompt also
// what changes later.
func (s *Session) View(what ...string) {
	s.view.calls, s.view.states, s.view.wire = false, false, false
	for _, w := range what {
		switch w {
		case "calls":
			s.view.calls = true
		case "states":
			s.view.states = true
		case "wire":
			s.view.wire = true
		}
	}
	if !s.view.on() {
		return
	}
	s.Journal().Look()
	s.view.last = s.Journal().Last()
	if s.Notify != nil && !s.view.watching {
		s.view.watching = true
		s.Loop.Go(s.watchLate)
	}
}

// watchLate shows what changes while no input runs that changes it itself.
func (s *Session) watchLate(t *loop.Task) error {
	defer func() { s.view.watching = false }()
	for s.view.on() {
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
	if j == nil || !s.view.on() {
		return
	}
	j.Look()
	var lines []string
	for _, e := range j.Events(s.view.last) {
		if line := s.viewLine(e); line != "" {
			lines = append(lines, line)
		}
	}
	s.view.last = j.Last()
	for i, line := range lines {
		if i == viewLines && len(lines) > viewLines+1 {
			s.note(fmt.Sprintf("and %d changes more", len(lines)-i))
			return
		}
		s.note(line)
	}
}

// viewLine returns an event as the view shows it, "" if it does not.
func (s *Session) viewLine(e journal.Event) string {
	switch f := e.Fact.(type) {
	case journal.Call:
		if s.view.calls {
			return f.String()
		}
	case journal.Return:
		if s.view.calls {
			return f.String()
		}
	case journal.Segment:
		if s.view.wire {
			return f.String()
		}
	case journal.State:
		if s.view.states {
			return s.label(e.Handle) + ": " + f.String()
		}
	case journal.Queue:
		if s.view.states && (f.After > f.Before || f.Limit > 0) {
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
	return sock.Verb{Name: "view", Shell: true, Gives: "what it is, if nothing is given",
		Summary: "show what the kernel does, or stop that",
		Details: "After each command the lines that matter. states: TCP states, the completed queues of listeners, data that has come. wire: the segments, where they can be seen. calls: each call that Lua made, with its result. At a prompt also what happens later, such as a peer's FIN. A prompt begins with states; elsewhere it is off.",
		Params:  []sock.Param{{Name: "what", Kind: sock.WordKind, Optional: true, Rest: true, Choices: []string{"calls", "states|on", "wire", "off"}}},
		Example: "view states wire", See: "tcp(7)",
		Run: func(_ *loop.Task, _ *sock.Table, a *sock.Args) (sock.Result, error) {
			if len(a.Rest()) == 0 {
				return a.Give(sock.Str(s.view.String())), nil
			}
			var what []string
			for _, v := range a.Rest() {
				what = append(what, v.Str)
			}
			s.View(what...)
			return nil, nil
		}}
}
