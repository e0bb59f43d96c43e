package luabind

import (
	"errors"

	"socksh/luabind/loop"
	"socksh/luabind/sock"
)

// explainFailure notes why an input failed, from the facts of this moment.
func (s *Session) explainFailure(err error) {
	if failed := new(sock.Error); errors.As(err, &failed) {
		s.failure, s.explained = failed, s.kernel.Explain(s.Table, failed)
	}
}

// Why returns why an input failed with err, "" if nothing is known beyond that.
func (s *Session) Why(err error) string {
	if failed := new(sock.Error); errors.As(err, &failed) && failed == s.failure {
		return s.explained
	}
	return ""
}

// explainVerb tells what explainFailure has noted.
func (s *Session) explainVerb() sock.Verb {
	return sock.Verb{Name: "explain", Shell: true, Records: sock.RecordNone, Gives: "the cause, and what to do",
		Summary: "tell why the last command failed, or when verbs give an error",
		Details: "The cause comes from what the kernel says at that moment: who holds the address, whose queue is full, in which state the connection is. With the name of an error: which verbs give it, and when.",
		Params:  []sock.Param{{Name: "errno", Kind: sock.TextKind, Optional: true}},
		Example: "explain EADDRINUSE", Show: func(r sock.Result) string { return r[0].Str },
		Run: func(_ *loop.Task, _ *sock.Table, a *sock.Args) (sock.Result, error) {
			if name := a.Text(0); name != "" {
				text, err := s.Help(name)
				return a.Give(sock.Str(text)), err
			}
			if s.failure == nil {
				return a.Give(sock.Str("nothing has failed yet")), nil
			}
			if s.explained == "" {
				return a.Give(sock.Str(s.failure.Error() + ": there is nothing to add")), nil
			}
			return a.Give(sock.Str(s.failure.Error() + ": " + s.explained)), nil
		}}
}
