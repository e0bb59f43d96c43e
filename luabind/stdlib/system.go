package stdlib

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// A System is what the libraries io and os reach of the world.
type System interface {
	// Streams are the standard streams. A read from in may let other tasks run.
	Streams() (in io.Reader, out, err io.Writer)
	// OpenFile opens a file with flags as those of os.OpenFile. To open a named pipe may
	// let other tasks run.
	OpenFile(path string, flag int) (*os.File, error)
	// Start starts a program.
	Start(cmd *exec.Cmd) error
	// Block runs f beside the program and waits for it; what names it to who asks what
	// a script waits for. Where the wait ends before, it gives an Interrupted, f's context
	// is done, and what f gives is lost.
	Block(what string, f func(context.Context) error) error
	// Post runs f soon, where it may write to the streams. Any goroutine may call it.
	Post(f func())
	// Sealed reports whether scripts may neither change files, nor start programs,
	// nor see the environment.
	Sealed() bool
}

// Interrupted is the error of a task whose time is up, or that is cancelled.
type Interrupted struct{ Err error }

func (e Interrupted) Error() string { return e.Err.Error() }

var errSealed = errors.New("the sandbox does not allow that")

// A program is one that a script has started, in a process group of its own.
type program struct {
	sys  System
	cmd  *exec.Cmd
	call string // that has started it, with the command: os.execute "make"
}

// outputDelay is how long the output is waited for of what a program has left
// behind in the background.
const outputDelay = 100 * time.Millisecond

// newProgram prepares a command of the shell. It reads nothing, and what it writes
// goes to the streams.
func newProgram(sys System, call, command string) *program {
	cmd := exec.Command("/bin/sh", "-c", command)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.WaitDelay = outputDelay
	_, out, messages := sys.Streams()
	cmd.Stdout, cmd.Stderr = posted{sys, out}, posted{sys, messages}
	return &program{sys, cmd, call + " " + strconv.Quote(command)}
}

// posted is a stream for other goroutines.
type posted struct {
	sys System
	to  io.Writer
}

func (w posted) Write(data []byte) (int, error) {
	text := string(data)
	w.sys.Post(func() { io.WriteString(w.to, text) })
	return len(data), nil
}

func (p *program) kill() {
	if p.cmd.Process != nil {
		syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	}
}

// wait waits for the end and returns the status as wait(2) gives it. A wait that is
// ended kills the program.
func (p *program) wait() (syscall.WaitStatus, error) {
	err := p.sys.Block(p.call, func(ctx context.Context) error {
		defer context.AfterFunc(ctx, p.kill)()
		err := p.cmd.Wait()
		if exit := new(exec.ExitError); errors.As(err, &exit) || errors.Is(err, exec.ErrWaitDelay) {
			return nil
		}
		return err
	})
	if err != nil {
		p.kill() // at once, and also where nothing has waited: socksh may be about to end
		return 0, err
	}
	return p.cmd.ProcessState.Sys().(syscall.WaitStatus), nil
}

// A slowFile is one whose reads and writes may wait for others: a pipe, or a terminal.
type slowFile struct {
	sys  System
	name string // of the call that has opened it
	*os.File
}

func (p slowFile) Read(data []byte) (n int, err error) {
	own := make([]byte, len(data)) // for a read that nobody waits for any more
	err = p.sys.Block("read of "+p.name, func(ctx context.Context) error {
		p.SetReadDeadline(time.Time{})
		defer context.AfterFunc(ctx, func() { p.SetReadDeadline(time.Unix(1, 0)) })()
		var err error
		n, err = p.File.Read(own)
		return err
	})
	return copy(data, own[:n]), err
}

func (p slowFile) Write(data []byte) (n int, err error) {
	own := append([]byte(nil), data...)
	err = p.sys.Block("write to "+p.name, func(ctx context.Context) error {
		p.SetWriteDeadline(time.Time{})
		defer context.AfterFunc(ctx, func() { p.SetWriteDeadline(time.Unix(1, 0)) })()
		var err error
		n, err = p.File.Write(own)
		return err
	})
	return n, err
}

// refused gives what a failed operation on a file gives: nil, a message and errno.
func (c call) refused(path string, err error) int {
	if errors.As(err, new(Interrupted)) {
		c.raise("%s", err)
	}
	var number syscall.Errno
	errors.As(err, &number)
	text := reason(err)
	if path != "" {
		text = path + ": " + text
	}
	return c.give(lua.LNil, lua.LString(text), lua.LNumber(number))
}

// reason returns what a failed operation met, without the path and the call.
func reason(err error) string {
	var onPath *fs.PathError
	var onPaths *os.LinkError
	switch {
	case errors.As(err, &onPath):
		err = onPath.Err
	case errors.As(err, &onPaths):
		err = onPaths.Err
	}
	return err.Error()
}
