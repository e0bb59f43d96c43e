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

func (t *tty) read(p []byte, limit time.Duration) (n int, err error) {
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
			return 0, err
		case ready == 0:
			return 0, nil
		case fds[0].Revents != 0:
			var b [64]byte
			unix.Read(t.wakeRead, b[:])
			return 0, nil
		}
		n, err := unix.Read(t.fd, p)
		switch {
		case err == unix.EINTR || err == unix.EAGAIN:
			continue
		case err != nil:
			return 0, err
		case n == 0:
			return 0, io.EOF
		}
		return n, nil
	}
}

// promptMode sets the terminal as the prompt needs it, for as long as the prompt
// lasts, and returns how to undo it. Keys come one by one and without echo, ^C and
// ^Z as well.
func promptMode(fd int) (restore func(), err error) {
	before, err := unix.IoctlGetTermios(fd, getTermios)
	if err != nil {
		return nil, err
	}
	now := *before
	now.Iflag &^= unix.IGNBRK | unix.BRKINT | unix.PARMRK | unix.ISTRIP | unix.INLCR | unix.IGNCR | unix.ICRNL | unix.IXON
	now.Lflag &^= unix.ECHO | unix.ECHONL | unix.ICANON | unix.IEXTEN | unix.ISIG
	now.Cc[unix.VMIN], now.Cc[unix.VTIME] = 1, 0
	if err := unix.IoctlSetTermios(fd, setTermios, &now); err != nil {
		return nil, err
	}
	return func() { unix.IoctlSetTermios(fd, setTermios, before) }, nil
}
