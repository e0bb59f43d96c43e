package sock

import (
	"context"
	"time"

	"golang.org/x/sys/unix"

	"socksh/luabind/loop"
)

// The descriptors that this package makes are nonblocking in the kernel, and the
// waiting of their calls is done here. A foreign one shares its open file with
// another descriptor, perhaps of another program, and O_NONBLOCK is the file's: so
// it stays as it is. Data calls do not block by their flags; a call that has no such
// flag is made when the poller says that it will not wait, beside the loop.

// A mode is what is unusual about the calls on a handle; 0 most often.
type mode uint8

const (
	nonblocking mode = 1 << iota // they give EAGAIN; of a foreign one the kernel knows
	foreign                      // others have the same open file
)

func (h *Handle) isForeign() bool { return h.mode&foreign != 0 }

func (h *Handle) setNonblock(on bool) {
	h.mode &^= nonblocking
	if on {
		h.mode |= nonblocking
	}
}

// share makes h foreign, because its open file gets a second descriptor. The file
// blocks from now on as the handle does, which is what the other one expects.
func (h *Handle) share() {
	if h.isForeign() {
		return
	}
	if h.mode&nonblocking == 0 {
		unix.SetNonblock(h.FD, false)
	}
	h.mode |= foreign
}

// dontWait reports whether calls on h give EAGAIN instead of waiting.
func (h *Handle) dontWait() bool {
	if !h.isForeign() {
		return h.mode&nonblocking != 0
	}
	return h.opened(unix.O_NONBLOCK) != 0
}

// opened returns those flags of mask that the open file of h has.
func (h *Handle) opened(mask int) int {
	flags, err := unix.FcntlInt(uintptr(h.FD), unix.F_GETFL, 0)
	if err != nil {
		return 0
	}
	return flags & mask
}

// aside makes a call that may block on a goroutine of its own, on a second
// descriptor, so that the handle can be closed meanwhile. What a call returns that
// nobody waits for any more is given to lost.
func (h *Handle) aside(t *loop.Task, deadline time.Time, call func(fd int) (int, error), lost func(int)) (int, error) {
	fd, err := unix.FcntlInt(uintptr(h.FD), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	return loop.Block(t, deadline, func(context.Context) (int, error) {
		defer unix.Close(fd)
		for {
			n, err := call(fd)
			if err != unix.EINTR {
				return n, err
			}
		}
	}, lost)
}

// acceptAside is accept(2) on a blocking foreign listener. Another program may take
// the connection first; then the call blocks until the next.
func (h *Handle) acceptAside(t *loop.Task, tab *Table, a *Args) (fd int, err error) {
	if err := tab.allowMore(1); err != nil {
		return -1, err
	}
	var patience time.Time
	for !h.hasEvent(unix.POLLIN) {
		h.Drained(loop.Read)
		if err := h.wait(t, loop.Read, a, &patience); err != nil {
			return -1, err
		}
	}
	var from rawAddr
	fd, err = h.aside(t, a.Deadline(), func(fd int) (int, error) { return sysAcceptBlocking(fd, &from) }, func(fd int) { unix.Close(fd) })
	if err != nil { // the call may still be under way, and write to from
		return -1, err
	}
	tab.raw = from
	return fd, nil
}

// connectAside is connect(2) on a blocking foreign socket.
func (h *Handle) connectAside(t *loop.Task, a *Args, addr *Addr) error {
	var to rawAddr
	if err := to.encode(addr); err != nil {
		return err
	}
	_, err := h.aside(t, a.Deadline(), func(fd int) (int, error) { return 0, sysConnectBlocking(fd, &to) }, nil)
	return err
}

// hasEvent reports whether poll(2) has news of event, or of an end, now.
func (h *Handle) hasEvent(event int16) bool {
	fds := []unix.PollFd{{Fd: int32(h.FD), Events: event}}
	n, err := unix.Poll(fds, 0)
	return n > 0 || err != nil && err != unix.EINTR
}

// oneWay returns the direction that a file is not open for, 0 if there is none.
func (h *Handle) oneWay() loop.Dir {
	switch h.opened(unix.O_ACCMODE) {
	case unix.O_RDONLY:
		return loop.Write
	case unix.O_WRONLY:
		return loop.Read
	}
	return 0
}

// readFile and writeFile are what receives and sends are on a handle that is no
// socket. A file that is not open for them gives the kernel's EBADF.
func (h *Handle) readFile(buf []byte) (int, error) {
	if h.oneWay() != loop.Read && !h.hasEvent(unix.POLLIN) {
		return 0, unix.EAGAIN
	}
	return unix.Read(h.FD, buf)
}

func (h *Handle) writeFile(data string) (int, error) {
	if h.oneWay() != loop.Write && !h.hasEvent(unix.POLLOUT) {
		return 0, unix.EAGAIN
	}
	if h.isPipe() {
		data = data[:min(len(data), pipeBuf)] // as much as never blocks where poll says out
	}
	return unix.Write(h.FD, []byte(data))
}

// pipeBuf is PIPE_BUF: poll(2) says out where a pipe has room for so much.
const pipeBuf = 512
