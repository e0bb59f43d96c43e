package luabind

import (
	"strings"

	"socksh/luabind/journal"
	"socksh/luabind/sock"
)

// look notes how things are when the trial first fails.
func (tr *Trial) look() {
	tr.Handles, tr.FailedAt = tr.session.Look()
	tr.NotGiven = tr.session.notGiven
}

// Look has the kernel asked for what has changed, and returns what the command handles
// shows and the journal's last event. It is for a task of the session.
func (s *Session) Look() (handles string, event int) {
	if j := s.Table.Journal; j != nil {
		j.Look()
		event = j.Last()
	}
	return s.handlesText(), event
}

// MarkFailure has the journal tell of a failure, at the handle that the last call was about,
// so that what is drawn of it shows where it came.
func (s *Session) MarkFailure(text string) {
	j := s.Table.Journal
	if j == nil || j.Last() == 0 {
		return
	}
	events, handle := j.Events(0), 0
	for i := len(events) - 1; i >= 0 && handle == 0; i-- {
		if _, is := events[i].Fact.(journal.Return); is {
			handle = events[i].Handle
		}
	}
	text, _, _ = strings.Cut(text, "\n")
	j.Add(nil, handle, journal.Failure{Text: cut(text)})
}

// handlesText returns what the command handles shows.
func (s *Session) handlesText() string {
	v := s.Verb("handles")
	c := s.Table.Begin(v)
	defer c.End()
	var a sock.Args
	out, err := v.Run(s.Loop.Current(), s.Table, &a)
	if err != nil {
		return err.Error()
	}
	return v.Show(out)
}
