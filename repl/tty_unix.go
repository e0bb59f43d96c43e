package repl

import (
	"io"
	"time"

	"golang.org/x/sys/unix"
)

// tty is a terminal's descriptor and a pipe that ends a wait for it.
type tty struct{ fd, wakeRead, wakeWrite int }

func openTTY(fd int) (*tty, error) {
	var p [2]int
	if err := unix.Pipe(p[:]); err != nil {
		return nil, err
	}
	for _, end := range p {
		unix.CloseOnExec(end)
		unix.SetNonblock(end, true)
	}
	return &tty{fd, p[0], p[1]}, nil
}

func (t *tty) wake() { unix.Write(t.wakeWrite, []byte{1}) }

func (t *tty) read(p []byte, limit time.Duration) (n int, woken bool, err error) {
	ms := -1
	if limit > 0 {
		ms = int(limit / time.Millisecond)
	}
	for {
		fds := []unix.PollFd{{Fd: int32(t.wakeRead), Events: unix.POLLIN}, {Fd: int32(t.fd), Events: unix.POLLIN}}
		ready, err := unix.Poll(fds, ms)
		switch {
		case err == unix.EINTR:
			continue
		case err != nil:
			return 0, false, err
		case ready == 0:
			return 0, false, nil
		case fds[0].Revents != 0:
			var b [64]byte
			unix.Read(t.wakeRead, b[:])
			return 0, true, nil
		}
		n, err := unix.Read(t.fd, p)
		switch {
		case err == unix.EINTR || err == unix.EAGAIN:
			continue
		case err != nil:
			return 0, false, err
		case n == 0:
			return 0, false, io.EOF
		}
		return n, false, nil
	}
}

// quiet turns the terminal's echo off, so that what is typed while a command
// runs does not mix with its output, and returns how to undo it.
func quiet(fd int) (restore func()) {
	before, err := unix.IoctlGetTermios(fd, getTermios)
	if err != nil {
		return func() {}
	}
	now := *before
	now.Lflag &^= unix.ECHO
	unix.IoctlSetTermios(fd, setTermios, &now)
	return func() { unix.IoctlSetTermios(fd, setTermios, before) }
}
