package scripts

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"socksh/luabind"
	"socksh/luabind/loop"
)

// Run runs a script or a transcript (a file that ends in .txt) with arguments,
// and returns the exit status. With stay it leaves its session to that function
// when the script has ended.
func Run(streams *Streams, file string, args []string, stay func(*luabind.Session) int) int {
	if strings.HasSuffix(file, ".txt") {
		return runTranscript(streams, file)
	}
	return with(streams, stay, func(s *luabind.Session, t *loop.Task) error { return s.RunFile(t, file, args) })
}

// Eval runs chunks of Lua one after the other.
func Eval(streams *Streams, chunks, args []string, stay func(*luabind.Session) int) int {
	return with(streams, stay, func(s *luabind.Session, t *loop.Task) error {
		for _, chunk := range chunks {
			if err := s.RunCode(t, chunk, "-e", args); err != nil {
				return err
			}
		}
		return nil
	})
}

func with(streams *Streams, stay func(*luabind.Session) int, run func(*luabind.Session, *loop.Task) error) int {
	s, err := streams.Open(luabind.Config{})
	if err != nil {
		fmt.Fprintf(streams.Err, "socksh: %v\n", err)
		return Failed
	}
	defer s.Close()
	signalled, stop := Guard(s, nil)
	err = s.Do(func(t *loop.Task) error { return run(s, t) })
	stop()
	status := Status(streams, err)
	if status = cmp.Or(signalled(), status); status == OK && stay != nil {
		streams.release(s)
		return stay(s)
	}
	return streams.Finish(s, status)
}

// Status reports an error and returns the exit status for it.
func Status(streams *Streams, err error) int {
	var exit *luabind.ExitError
	var syntax *luabind.SyntaxError
	var missing *luabind.FileError
	var panicked *loop.PanicError
	var skipped *luabind.SkipError
	switch {
	case err == nil:
		return OK
	case errors.As(err, &exit):
		return exit.Status
	case errors.As(err, &skipped):
		fmt.Fprintf(streams.Err, "socksh: %v\n", skipped)
		return Skipped
	case errors.Is(err, loop.ErrCancelled):
		fmt.Fprintln(streams.Err, "socksh: interrupted")
		return Interrupted
	}
	fmt.Fprintf(streams.Err, "socksh: %v\n", err)
	switch {
	case errors.As(err, &syntax), errors.As(err, &missing):
		return Misused
	case errors.As(err, &panicked):
		fmt.Fprintf(streams.Err, "This is a bug of socksh; please report it with what you did.\n%s", panicked.Stack)
		return Internal
	}
	return Failed
}
