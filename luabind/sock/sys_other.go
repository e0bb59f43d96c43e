//go:build !linux

package sock

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// What is not known here.
const (
	pollRdHup   = 0
	msgErrQueue = 0
)

// messageFlags are the flags of send(2) and recv(2).
var messageFlags = []Bit{
	{"oob", unix.MSG_OOB},
	{"peek", unix.MSG_PEEK},
	{"dontroute", unix.MSG_DONTROUTE},
	{"waitall", unix.MSG_WAITALL},
	{"dontwait", unix.MSG_DONTWAIT},
	{"trunc", unix.MSG_TRUNC},
	{"eor", unix.MSG_EOR},
	{"ctrunc", unix.MSG_CTRUNC},
}

// rawAddr is room for an address that goes to or comes from the kernel.
type rawAddr struct{ sa unix.Sockaddr }

func (r *rawAddr) encode(a *Addr) (err error) {
	r.sa, err = a.sockaddr()
	return err
}

func (r *rawAddr) decode() *Addr { return addrOf(r.sa) }

// prepare makes a new descriptor what the loop needs. The caller holds
// syscall.ForkLock for reading.
func prepare(fd int, err error) (int, error) {
	if err != nil {
		return -1, err
	}
	unix.CloseOnExec(fd)
	if err := unix.SetNonblock(fd, true); err != nil {
		unix.Close(fd)
		return -1, err
	}
	unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_NOSIGPIPE, 1)
	return fd, nil
}

func sysSocket(family, sotype, protocol int) (int, error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	return prepare(unix.Socket(family, sotype, protocol))
}

func sysSocketpair(family, sotype, protocol int) ([2]int, error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	fds, err := unix.Socketpair(family, sotype, protocol)
	for _, fd := range fds {
		if err == nil {
			_, err = prepare(fd, nil)
		}
	}
	return fds, err
}

// sysAccept is accept(2); the peer's address is in r.
func sysAccept(fd int, r *rawAddr) (int, error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	n, sa, err := unix.Accept(fd)
	r.sa = sa
	return prepare(n, err)
}

func sysBind(fd int, r *rawAddr) error { return unix.Bind(fd, r.sa) }

// sysName is getsockname(2) or getpeername(2); the address is in r.
func sysName(fd int, peer bool, r *rawAddr) (err error) {
	if peer {
		r.sa, err = unix.Getpeername(fd)
	} else {
		r.sa, err = unix.Getsockname(fd)
	}
	return err
}

func sysConnect(fd int, r *rawAddr) error { return unix.Connect(fd, r.sa) }

func sysCookie(int) uint64 { return 0 }

// sysDisconnect is not here: macOS has disconnectx(2) for it, which package unix lacks.
func sysDisconnect(int) error { return unix.ENOSYS }

// connectOutcome tells how an attempt under way has ended: nil, its error, or
// EALREADY while it lasts.
func connectOutcome(fd int, _ *rawAddr) error { return attemptOutcome(fd) }

func sysSend(fd int, data string, flags int) (int, error) {
	return unix.SendmsgN(fd, []byte(data), nil, nil, flags|unix.MSG_DONTWAIT)
}

func sysSendto(fd int, data string, flags int, r *rawAddr) (int, error) {
	return unix.SendmsgN(fd, []byte(data), nil, r.sa, flags|unix.MSG_DONTWAIT)
}

func sysRecv(fd int, buf []byte, flags int) (int, error) {
	n, _, err := unix.Recvfrom(fd, buf, flags|unix.MSG_DONTWAIT)
	return n, err
}

func sysRecvfrom(fd int, buf []byte, flags int, r *rawAddr) (int, error) {
	n, sa, err := unix.Recvfrom(fd, buf, flags|unix.MSG_DONTWAIT)
	r.sa = sa
	return n, err
}

func sysClose(fd int) error { return unix.Close(fd) }

func closeLingering(fd int) error { return unix.Close(fd) }
