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

func (y system) Streams() (in io.Reader, out, err io.Writer) {
	if shown := y.s.shown; shown != nil {
		return y, printed{shown, y.s.Out}, printed{shown, y.s.Err}
	}
	return y, y.s.Out, y.s.Err
}

func (y system) Sealed() bool { return y.s.Sandbox }

func (y system) Start(cmd *exec.Cmd) error { return sock.Start(cmd) }

func (y system) Post(f func()) { y.s.Loop.Post(f) }

func (y system) OpenFile(path string, flag int) (*os.File, error) {
	open := y.s.Table.Policy.OpenFile
	if open == nil {
		open = func(path string, flag int) (*os.File, error) { return os.OpenFile(path, flag, 0o666) }
	}
	if info, err := os.Stat(path); err != nil || info.Mode()&fs.ModeNamedPipe == 0 {
		return open(path, flag)
	}
	defer y.s.outside("io.open " + sock.Quote(path))()
	f, err := loop.Block(y.s.Loop.Current(), time.Time{}, func(context.Context) (*os.File, error) { return open(path, flag) },
		func(f *os.File) { f.Close() })
	if errors.Is(err, loop.ErrCancelled) || errors.Is(err, loop.ErrTimeout) {
		return nil, stdlib.Interrupted{Err: err}
	}
	return f, err
}

func (y system) Block(what string, f func(context.Context) error) error {
	y.s.Flush() // what the script has written goes before what a program writes
	defer y.s.outside(what)()
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
