package loop

import (
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// poller is epoll(7), edge-triggered, and an eventfd(2) to end its sleep.
type poller struct {
	epoll, wakeup int
	events        [128]unix.EpollEvent
}

func (p *poller) open() (err error) {
	if p.epoll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return err
	}
	if p.wakeup, err = unix.Eventfd(0, unix.EFD_NONBLOCK|unix.EFD_CLOEXEC); err != nil {
		unix.Close(p.epoll)
		return err
	}
	ev := unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(p.wakeup)}
	return unix.EpollCtl(p.epoll, unix.EPOLL_CTL_ADD, p.wakeup, &ev)
}

func (p *poller) close() {
	unix.Close(p.wakeup)
	unix.Close(p.epoll)
	p.epoll = -1 // a source that is closed later must not reach who has the number then
}

func (p *poller) add(fd int) error {
	ev := unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLOUT | unix.EPOLLPRI | unix.EPOLLRDHUP | unix.EPOLLET&0xffffffff, Fd: int32(fd)}
	return unix.EpollCtl(p.epoll, unix.EPOLL_CTL_ADD, fd, &ev)
}

func (p *poller) remove(fd int) { unix.EpollCtl(p.epoll, unix.EPOLL_CTL_DEL, fd, nil) }

func (p *poller) wake() {
	one := [8]byte{1}
	unix.Write(p.wakeup, one[:])
}

// wait sleeps at most timeout, for ever if it is negative, and reports what
// happened. The first look never sleeps, so it costs no hand-over to the Go
// scheduler.
func (p *poller) wait(timeout time.Duration, report func(fd int, dir Dir, hup bool)) {
	r, _, errno := unix.RawSyscall6(unix.SYS_EPOLL_PWAIT, uintptr(p.epoll), uintptr(unsafe.Pointer(&p.events[0])), uintptr(len(p.events)), 0, 0, 0)
	n := int(r)
	if errno != 0 {
		n = 0
	}
	if n == 0 && timeout != 0 {
		ms := -1
		if timeout > 0 {
			ms = int(min((timeout+time.Millisecond-1)/time.Millisecond, 1<<30))
		}
		var err error
		if n, err = unix.EpollWait(p.epoll, p.events[:], ms); err != nil {
			return // EINTR; the caller turns again
		}
	}
	for _, ev := range p.events[:max(n, 0)] {
		if int(ev.Fd) == p.wakeup {
			var count [8]byte
			unix.Read(p.wakeup, count[:])
			continue
		}
		var dir Dir
		if ev.Events&(unix.EPOLLIN|unix.EPOLLPRI|unix.EPOLLRDHUP|unix.EPOLLHUP|unix.EPOLLERR) != 0 {
			dir |= Read
		}
		if ev.Events&(unix.EPOLLOUT|unix.EPOLLHUP|unix.EPOLLERR) != 0 {
			dir |= Write
		}
		report(int(ev.Fd), dir, ev.Events&(unix.EPOLLRDHUP|unix.EPOLLHUP|unix.EPOLLERR) != 0)
	}
}
