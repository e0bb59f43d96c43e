package sock

import (
	"errors"
	"time"

	"golang.org/x/sys/unix"

	"socksh/luabind/loop"
)

// retry makes the call try until it neither would block nor is interrupted,
// waiting in between. With MSG_DONTWAIT in flags it never waits.
func (h *Handle) retry(t *loop.Task, dir loop.Dir, a *Args, flags int, try func() error) error {
	var patience time.Time
	for {
		if flags&unix.MSG_DONTWAIT != 0 || h.Ready(dir) {
			err := try()
			switch {
			case err == unix.EINTR:
				continue
			case err != unix.EAGAIN || flags&unix.MSG_DONTWAIT != 0:
				return err
			}
			h.Drained(dir)
		}
		if err := h.wait(t, dir, a, &patience); err != nil {
			return err
		}
	}
}

// refusesData and refusesAccept return MSG_DONTWAIT for a call that the socket is not
// made for: its errno comes at once, and there is nothing to wait for. So they do for
// a nonblocking handle.
func (h *Handle) refusesData() int {
	if h.listening || h.mode != 0 {
		return h.dontWaitIf(h.listening)
	}
	return 0
}

func (h *Handle) refusesAccept() int {
	if !h.listening || h.mode != 0 {
		return h.dontWaitIf(!h.listening)
	}
	return 0
}

// dontWaitIf is kept out of its callers, which fit into theirs then.
//
//go:noinline
func (h *Handle) dontWaitIf(refused bool) int {
	if refused || h.dontWait() {
		return unix.MSG_DONTWAIT
	}
	return 0
}

// errDeaf ends the wait for a datagram after shutdown for reading, where a
// blocking receive returns 0 and a nonblocking one EAGAIN.
var errDeaf = errors.New("eof")

// wait waits as a blocking call would: at most for the call's timeout, and for
// SO_RCVTIMEO or SO_SNDTIMEO, whose end is EAGAIN. When that ends is kept in end
// from one wait of a call to the next.
func (h *Handle) wait(t *loop.Task, dir loop.Dir, a *Args, end *time.Time) error {
	if h.deaf && dir == loop.Read {
		return errDeaf
	}
	if h.family == noSocket && h.oneWay() == dir {
		return unix.EBADF
	}
	deadline := a.Deadline()
	patience := h.patience[dir-loop.Read]
	if patience == 0 {
		return h.open(t.Wait(&h.Source, dir, deadline))
	}
	if end.IsZero() {
		*end = time.Now().Add(patience)
	}
	if !deadline.IsZero() && deadline.Before(*end) {
		return h.open(t.Wait(&h.Source, dir, deadline))
	}
	err := t.Wait(&h.Source, dir, *end)
	if err == loop.ErrTimeout && !t.Stopping() {
		return unix.EAGAIN
	}
	return h.open(err)
}

// open returns the end of a wait, which is another one if the handle was closed between
// that and the task's turn: its descriptor may be another one's now.
func (h *Handle) open(err error) error {
	if err == nil && h.closed {
		return loop.ErrClosed
	}
	return err
}
