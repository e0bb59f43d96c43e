package sock

import (
	"slices"

	"golang.org/x/sys/unix"

	"socksh/luabind/loop"
)

func doSendto(t *loop.Task, tab *Table, a *Args) (Result, error) {
	h, data, flags := a.Handle(0), a.Text(1), a.Int(3)
	addr, err := tab.concrete(t, a.Addr(2), h, a.Deadline())
	if err != nil {
		return nil, err
	}
	if flags&(msgZerocopy|msgFastopen) != 0 {
		return sendPinned(t, tab, a, addr, flags)
	}
	n := 0
	try := func() (err error) {
		if err = tab.raw.encode(addr); err == nil {
			n, err = sysSendto(h.FD, data, flags, &tab.raw)
		}
		return err
	}
	if h.family == unix.AF_UNIX && (flags|h.refusesData())&unix.MSG_DONTWAIT == 0 {
		if err = try(); err == unix.EAGAIN {
			err = h.insist(t, a, try)
		}
	} else {
		err = h.retry(t, loop.Write, a, flags|h.refusesData(), try)
	}
	if err != nil {
		return nil, err
	}
	t.Spent(n)
	return a.Give(Num(n)), nil
}

// urgent returns MSG_DONTWAIT for a receive of urgent data, which does not wait,
// recv(2) of POSIX.
func urgent(flags int) int {
	if flags&unix.MSG_OOB != 0 {
		return unix.MSG_DONTWAIT
	}
	return 0
}

func doRecvfrom(t *loop.Task, tab *Table, a *Args) (Result, error) {
	h, n, flags := a.Handle(0), a.Int(1), a.Int(2)
	if h.inbox != "" || flags&unix.MSG_WAITALL != 0 && h.Stream() {
		return doRecv(t, tab, a)
	}
	got := 0
	a.into = a.buffer()
	err := h.retry(t, loop.Read, a, flags|urgent(flags)|h.refusesData(), func() (err error) {
		got, err = sysRecvfrom(h.FD, a.room(tab, n), flags, &tab.raw)
		return err
	})
	out, err := tab.outcome(a, n, flags, got, err)
	if err == nil && out[0].Type != Nil {
		out = a.insert(1, tab.raw.decode().text())
	}
	return out, err
}

//go:noinline
func (a *Args) insert(i int, v Value) Result {
	a.out = slices.Insert(a.out, i, v)
	return a.out
}
