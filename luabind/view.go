package luabind

import (
	"fmt"
	"time"

	"socksh/luabind/loop"
	"socksh/luabind/sock"
)

// viewPeriod is how often a prompt looks for what happens by itself, and viewLines
// how much of it is shown at a time.
const (
	viewPeriod = 100 * time.Millisecond
	viewLines  = 8
)

// View shows after each input what the kernel has changed, and at a prompt also
// what changes later.
func (s *Session) View(on bool) {
	switch {
	case !on:
		s.watch = nil
	case s.watch == nil:
		s.watch = s.kernel.Watch(s.Table)
		if s.Notify != nil && !s.watching {
			s.watching = true
			s.Loop.Go(s.watchLate)
		}
	}
}

// watchLate shows what changes while no input runs that changes it itself.
func (s *Session) watchLate(t *loop.Task) error {
	defer func() { s.watching = false }()
	for s.watch != nil {
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
	if s.watch == nil {
		return
	}
	lines := s.watch.Changes(s.Table)
	for i, line := range lines {
		if i == viewLines && len(lines) > viewLines+1 {
			s.note(fmt.Sprintf("and %d changes more", len(lines)-i))
			return
		}
		s.note(line)
	}
}

// viewVerb is the command over View.
func (s *Session) viewVerb() sock.Verb {
	return sock.Verb{Name: "view", Shell: true, Gives: "what it is, if nothing is given",
		Summary: "show what the kernel changes, or stop that",
		Details: "states: after each command the lines that matter: TCP states, the completed queues of listeners, data that has come; at a prompt also what happens later, such as a peer's FIN. It is on at a prompt, and off elsewhere.",
		Params:  []sock.Param{{Name: "what", Kind: sock.WordKind, Optional: true, Choices: []string{"states|on", "off"}}},
		Example: "view off", See: "tcp(7)",
		Run: func(_ *loop.Task, _ *sock.Table, a *sock.Args) (sock.Result, error) {
			switch a.Text(0) {
			case "states":
				s.View(true)
			case "off":
				s.View(false)
			default:
				if s.watch != nil {
					return a.Give(sock.Str("states")), nil
				}
				return a.Give(sock.Str("off")), nil
			}
			return nil, nil
		}}
}
