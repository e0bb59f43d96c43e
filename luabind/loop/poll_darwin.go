package loop

import (
	"time"

	"golang.org/x/sys/unix"
)

// poller is kqueue(2), edge-triggered, with a user event to end its sleep.
type poller struct {
	kqueue int
	events [128]unix.Kevent_t
}

func (p *poller) open() (err error) {
	if p.kqueue, err = unix.Kqueue(); err != nil {
		return err
	}
	unix.CloseOnExec(p.kqueue)
	return p.change(0, unix.EVFILT_USER, unix.EV_ADD|unix.EV_CLEAR, 0)
}

func (p *poller) close() { unix.Close(p.kqueue) }

func (p *poller) change(fd, filter, flags int, fflags uint32) error {
	var k unix.Kevent_t
	unix.SetKevent(&k, fd, filter, flags)
	k.Fflags = fflags
	_, err := unix.Kevent(p.kqueue, []unix.Kevent_t{k}, nil, nil)
	return err
}

func (p *poller) add(fd int) error {
	if err := p.change(fd, unix.EVFILT_READ, unix.EV_ADD|unix.EV_CLEAR, 0); err != nil {
		return err
	}
	return p.change(fd, unix.EVFILT_WRITE, unix.EV_ADD|unix.EV_CLEAR, 0)
}

func (p *poller) remove(fd int) {
	p.change(fd, unix.EVFILT_READ, unix.EV_DELETE, 0)
	p.change(fd, unix.EVFILT_WRITE, unix.EV_DELETE, 0)
}

func (p *poller) wake() { p.change(0, unix.EVFILT_USER, 0, unix.NOTE_TRIGGER) }

// wait sleeps at most timeout, for ever if it is negative, and reports what
// happened.
func (p *poller) wait(timeout time.Duration, report func(fd int, dir Dir, hup bool)) {
	var limit *unix.Timespec
	if timeout >= 0 {
		ts := unix.NsecToTimespec(int64(timeout))
		limit = &ts
	}
	n, err := unix.Kevent(p.kqueue, nil, p.events[:], limit)
	if err != nil {
		return // EINTR; the caller turns again
	}
	for _, ev := range p.events[:n] {
		var dir Dir
		switch ev.Filter {
		case unix.EVFILT_READ:
			dir = Read
		case unix.EVFILT_WRITE:
			dir = Write
		default:
			continue
		}
		report(int(ev.Ident), dir, ev.Flags&unix.EV_EOF != 0)
	}
}
