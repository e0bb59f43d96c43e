package repl

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"socksh/luabind"
	"socksh/luabind/loop"
	"socksh/scripts"
)

// A Batch is input without a person: a pipe, a file, or the command line.
type Batch struct {
	Streams   *scripts.Streams
	KeepGoing bool // go on after a failure
}

// Lines runs the lines of standard input until their end, quit, or the first
// failure, and returns the exit status.
func (b Batch) Lines() int {
	return b.with(func(s *luabind.Session) int {
		return b.run(s, "stdin", b.Streams.NextLine)
	})
}

// Commands runs texts, of one line or several each, and then leaves the session
// to stay, if that is not nil.
func (b Batch) Commands(texts []string, stay func(*luabind.Session) int) int {
	return b.with(func(s *luabind.Session) int {
		lines := strings.Split(strings.Join(texts, "\n"), "\n")
		status := b.run(s, "-c", func() (string, error) {
			if len(lines) == 0 {
				return "", io.EOF
			}
			line := lines[0]
			lines = lines[1:]
			return line, nil
		})
		if status == scripts.OK && stay != nil {
			return stay(s)
		}
		return status
	})
}

// Session goes on with a session, whose script has ended, by the lines of
// standard input.
func (b Batch) Session(s *luabind.Session) int {
	return b.Streams.Finish(s, b.run(s, "stdin", b.Streams.NextLine))
}

func (b Batch) with(f func(*luabind.Session) int) int {
	s, err := b.Streams.Open(luabind.Config{})
	if err != nil {
		return scripts.Status(b.Streams, err)
	}
	defer s.Close()
	return b.Streams.Finish(s, f(s))
}

// run takes lines from next and runs them, each when it is complete.
func (b Batch) run(s *luabind.Session, source string, next func() (string, error)) int {
	signalled, stop := scripts.Guard(s, nil)
	defer stop()
	status, text, first := scripts.OK, "", 0
	for n := 1; ; n++ {
		line, err := next()
		if err != nil && !errors.Is(err, io.EOF) {
			fmt.Fprintf(b.Streams.Err, "%s:%d: %v\n", source, n, err)
			return scripts.Failed
		}
		if err != nil && text == "" {
			break
		}
		if text == "" {
			first = n
		}
		text += line
		if err == nil && s.Incomplete(text) {
			text += "\n"
			continue
		}
		input := text
		text = ""
		if failure := s.Do(func(t *loop.Task) error { return s.Exec(t, input) }); failure != nil {
			if code := signalled(); code != scripts.OK {
				return code
			}
			fmt.Fprintf(b.Streams.Err, "%s:%d: %v\n", source, first, failure)
			if status = scripts.Failed; !b.KeepGoing {
				return status
			}
		}
		if quit, code := s.Quit(); quit {
			return max(status, code)
		}
		if err != nil {
			break
		}
	}
	if s.Leftovers() {
		status = scripts.Failed
	}
	return max(status, signalled())
}
