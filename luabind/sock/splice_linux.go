package sock

import (
	"golang.org/x/sys/unix"

	"socksh/luabind/loop"
)

// splicePiece is how much is moved in one call: what a pipe holds by default.
const splicePiece = 64 << 10

const spliceFlags = unix.SPLICE_F_MOVE | unix.SPLICE_F_NONBLOCK

// doSplice moves bytes by splice(2), through a pipe. Descriptors that may block are
// left to pump, for splice(2) has no flag that a socket heeds.
func doSplice(t *loop.Task, tab *Table, a *Args) (Result, error) {
	from, to := a.Handle(0), a.Handle(1)
	if !from.Stream() || !to.Stream() {
		return nil, misuse("both must be streams; pump moves datagrams")
	}
	if from.isForeign() && !from.dontWait() || to.isForeign() && !to.dontWait() {
		return doPump(t, tab, a)
	}
	var pipe [2]int
	if err := unix.Pipe2(pipe[:], unix.O_NONBLOCK|unix.O_CLOEXEC); err != nil {
		return nil, err
	}
	defer unix.Close(pipe[0])
	defer unix.Close(pipe[1])
	w := from.begin("splice", a.count(2))
	defer from.end(w)
	for w.done < w.total {
		if from.inbox != "" {
			data := from.takeInbox(w.total-w.done, false).Str
			n, err := to.transmit(t, a, data, 0)
			w.done += n
			if err != nil {
				from.giveBack(data[n:])
				return nil, &partialError{sent: w.done, err: err}
			}
			continue
		}
		got, err := from.spliced(t, loop.Read, a, from.FD, pipe[1], min(w.total-w.done, splicePiece))
		if err == errDeaf || err == nil && got == 0 {
			if w.total != all {
				return nil, &partialError{sent: w.done, err: errCut}
			}
			break
		}
		if err != nil {
			return nil, &partialError{sent: w.done, err: err}
		}
		for got > 0 {
			n, err := to.spliced(t, loop.Write, a, pipe[0], to.FD, got)
			if err != nil {
				left := make([]byte, got)
				n, _ := unix.Read(pipe[0], left)
				from.giveBack(string(left[:max(n, 0)]))
				return nil, &partialError{sent: w.done, err: err}
			}
			got -= n
			w.done += n
			t.Spent(n)
		}
	}
	return a.Give(Num(w.done)), nil
}

// spliced is one splice(2), which waits for h.
func (h *Handle) spliced(t *loop.Task, dir loop.Dir, a *Args, from, to, most int) (n int, err error) {
	err = h.retry(t, dir, a, h.refusesData(), func() error {
		moved, err := unix.Splice(from, nil, to, nil, most, spliceFlags)
		n = int(moved)
		return err
	})
	return n, err
}
