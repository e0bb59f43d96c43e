package luabind

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"time"

	"socksh/luabind/loop"
	"socksh/luabind/sock"
	"socksh/luabind/stdlib"
)

// system is the session as Lua's libraries io and os see it.
type system struct{ s *Session }

func (y system) Streams() (in io.Reader, out, err io.Writer) { return y, y.s.Out, y.s.Err }

func (y system) Sealed() bool { return y.s.Sandbox }

func (y system) Start(cmd *exec.Cmd) error { return sock.Start(cmd) }

func (y system) Post(f func()) { y.s.Loop.Post(f) }

func (y system) OpenFile(path string, flag int) (*os.File, error) {
	if open := y.s.Table.Policy.OpenFile; open != nil {
		return open(path, flag)
	}
	return os.OpenFile(path, flag, 0o666)
}

func (y system) Block(f func(context.Context) error) error {
	y.s.Flush() // what the script has written goes before what a program writes
	l := localOf(y.s.Loop.Current())
	l.program = true
	defer func() { l.program = false }()
	err, interrupted := loop.Block(y.s.Loop.Current(), time.Time{}, func(ctx context.Context) (error, error) {
		return f(ctx), nil
	}, nil)
	if interrupted != nil {
		return stdlib.Interrupted{Err: interrupted}
	}
	return err
}

// Read reads standard input by lines, as the session has it.
func (y system) Read(data []byte) (int, error) {
	text, err := y.s.askLine("")
	if err != nil {
		return 0, err
	}
	if text += "\n"; len(text) > len(data) {
		y.s.typed = append([]string{text[len(data) : len(text)-1]}, y.s.typed...)
		text = text[:len(data)]
	}
	return copy(data, text), nil
}

// reason returns what a failed file operation met, without the path and the call.
func reason(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}
