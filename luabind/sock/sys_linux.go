package sock

import (
	"encoding/binary"
	"net/netip"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The calls below go past package unix where it would allocate, and past the Go
// scheduler (RawSyscall) where they cannot block: the descriptors are
// nonblocking and data calls carry MSG_DONTWAIT.

const (
	newSocket   = unix.SOCK_NONBLOCK | unix.SOCK_CLOEXEC
	pollRdHup   = unix.POLLRDHUP
	msgErrQueue = unix.MSG_ERRQUEUE
)

// messageFlags are the flags of send(2) and recv(2).
var messageFlags = []Bit{
	{"oob", unix.MSG_OOB},
	{"peek", unix.MSG_PEEK},
	{"dontroute", unix.MSG_DONTROUTE},
	{"ctrunc", unix.MSG_CTRUNC},
	{"probe", unix.MSG_PROXY}, // which Linux calls MSG_PROBE
	{"trunc", unix.MSG_TRUNC},
	{"dontwait", unix.MSG_DONTWAIT},
	{"eor", unix.MSG_EOR},
	{"waitall", unix.MSG_WAITALL},
	{"fin", unix.MSG_FIN},
	{"syn", unix.MSG_SYN},
	{"confirm", unix.MSG_CONFIRM},
	{"rst", unix.MSG_RST},
	{"errqueue", unix.MSG_ERRQUEUE},
	{"nosignal", unix.MSG_NOSIGNAL},
	{"more", unix.MSG_MORE},
	{"waitforone", unix.MSG_WAITFORONE},
	{"batch", unix.MSG_BATCH},
	{"zerocopy", unix.MSG_ZEROCOPY},
	{"sock_devmem", unix.MSG_SOCK_DEVMEM},
	{"fastopen", unix.MSG_FASTOPEN},
	{"cmsg_cloexec", unix.MSG_CMSG_CLOEXEC},
}

// rawAddr is room for an address that goes to or comes from the kernel.
type rawAddr struct {
	sa  unix.RawSockaddrAny
	len uint32
}

func (r *rawAddr) encode(a *Addr) error {
	if a.raw != "" {
		r.set([]byte(a.raw))
		return nil
	}
	switch a.family {
	case unix.AF_INET:
		in := (*unix.RawSockaddrInet4)(unsafe.Pointer(&r.sa))
		*in = unix.RawSockaddrInet4{Family: unix.AF_INET, Addr: a.ip.Addr().As4()}
		binary.BigEndian.PutUint16((*[2]byte)(unsafe.Pointer(&in.Port))[:], a.ip.Port())
		r.len = unix.SizeofSockaddrInet4
	case unix.AF_INET6:
		in := (*unix.RawSockaddrInet6)(unsafe.Pointer(&r.sa))
		*in = unix.RawSockaddrInet6{Family: unix.AF_INET6, Addr: a.ip.Addr().As16()}
		binary.BigEndian.PutUint16((*[2]byte)(unsafe.Pointer(&in.Port))[:], a.ip.Port())
		if zone := a.ip.Addr().Zone(); zone != "" {
			id, err := scopeOf(zone)
			if err != nil {
				return err
			}
			in.Scope_id = id
		}
		r.len = unix.SizeofSockaddrInet6
	default:
		un := (*unix.RawSockaddrUnix)(unsafe.Pointer(&r.sa))
		*un = unix.RawSockaddrUnix{Family: unix.AF_UNIX}
		for i, c := range []byte(a.path) {
			un.Path[i] = int8(c)
		}
		r.len = uint32(2 + len(a.path))
		if a.path != "" && a.path[0] != 0 {
			r.len++ // the NUL that ends it
		}
	}
	return nil
}

// set makes data, the bytes of a socket address, the address in r.
func (r *rawAddr) set(data []byte) {
	room := (*[unsafe.Sizeof(r.sa)]byte)(unsafe.Pointer(&r.sa))[:]
	r.len = uint32(copy(room, data))
	clear(room[r.len:])
}

// decode returns what the kernel wrote, nil for no address.
func (r *rawAddr) decode() *Addr {
	r.len = min(r.len, uint32(unsafe.Sizeof(r.sa)))
	if r.len < 2 {
		return nil
	}
	switch r.sa.Addr.Family {
	case unix.AF_INET:
		in := (*unix.RawSockaddrInet4)(unsafe.Pointer(&r.sa))
		p := (*[2]byte)(unsafe.Pointer(&in.Port))
		return ipAddr(netip.AddrPortFrom(netip.AddrFrom4(in.Addr), uint16(p[0])<<8|uint16(p[1])))
	case unix.AF_INET6:
		in := (*unix.RawSockaddrInet6)(unsafe.Pointer(&r.sa))
		p := (*[2]byte)(unsafe.Pointer(&in.Port))
		ip := netip.AddrFrom16(in.Addr).WithZone(zoneOf(in.Scope_id))
		return ipAddr(netip.AddrPortFrom(ip, uint16(p[0])<<8|uint16(p[1])))
	case unix.AF_UNIX:
		un := (*unix.RawSockaddrUnix)(unsafe.Pointer(&r.sa))
		path := unsafe.Slice((*byte)(unsafe.Pointer(&un.Path[0])), min(int(r.len)-2, len(un.Path)))
		if len(path) > 0 && path[0] != 0 {
			for i, c := range path {
				if c == 0 {
					path = path[:i]
					break
				}
			}
		}
		return &Addr{family: unix.AF_UNIX, path: string(path)}
	}
	raw := (*[unsafe.Sizeof(r.sa)]byte)(unsafe.Pointer(&r.sa))[:r.len]
	return &Addr{family: int(r.sa.Addr.Family), raw: string(raw)}
}

func result(n uintptr, errno unix.Errno) (int, error) {
	if errno != 0 {
		return -1, errno
	}
	return int(n), nil
}

func failed(errno unix.Errno) error {
	if errno != 0 {
		return errno
	}
	return nil
}

func sysSocket(family, sotype, protocol int) (int, error) {
	fd, _, errno := unix.RawSyscall(unix.SYS_SOCKET, uintptr(family), uintptr(sotype|newSocket), uintptr(protocol))
	return result(fd, errno)
}

func sysSocketpair(family, sotype, protocol int) ([2]int, error) {
	return unix.Socketpair(family, sotype|newSocket, protocol)
}

// sysAccept is accept4(2); the peer's address is in r.
func sysAccept(fd int, r *rawAddr) (int, error) {
	r.len = uint32(unsafe.Sizeof(r.sa))
	n, _, errno := unix.RawSyscall6(unix.SYS_ACCEPT4, uintptr(fd), uintptr(unsafe.Pointer(&r.sa)), uintptr(unsafe.Pointer(&r.len)), newSocket, 0, 0)
	return result(n, errno)
}

func sysBind(fd int, r *rawAddr) error {
	_, _, errno := unix.RawSyscall(unix.SYS_BIND, uintptr(fd), uintptr(unsafe.Pointer(&r.sa)), uintptr(r.len))
	return failed(errno)
}

// sysName is getsockname(2) or getpeername(2); the address is in r.
func sysName(fd int, peer bool, r *rawAddr) error {
	call := uintptr(unix.SYS_GETSOCKNAME)
	if peer {
		call = unix.SYS_GETPEERNAME
	}
	r.len = uint32(unsafe.Sizeof(r.sa))
	_, _, errno := unix.RawSyscall(call, uintptr(fd), uintptr(unsafe.Pointer(&r.sa)), uintptr(unsafe.Pointer(&r.len)))
	return failed(errno)
}

// sysConnect is connect(2) to the address in r. Called again it tells how an
// attempt under way has ended: 0, its error, or EALREADY while it lasts. That
// leaves the socket as a blocking connect would, which reading SO_ERROR does not.
func sysConnect(fd int, r *rawAddr) error {
	_, _, errno := unix.RawSyscall(unix.SYS_CONNECT, uintptr(fd), uintptr(unsafe.Pointer(&r.sa)), uintptr(r.len))
	return failed(errno)
}

// sysDisconnect is connect(2) to an address of the family AF_UNSPEC.
func sysDisconnect(fd int) error {
	none := unix.RawSockaddr{Family: unix.AF_UNSPEC}
	_, _, errno := unix.RawSyscall(unix.SYS_CONNECT, uintptr(fd), uintptr(unsafe.Pointer(&none)), unsafe.Sizeof(none))
	return failed(errno)
}

func connectOutcome(fd int, r *rawAddr) error { return sysConnect(fd, r) }

func sysSend(fd int, data string, flags int) (int, error) {
	n, _, errno := unix.RawSyscall6(unix.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(unsafe.StringData(data))), uintptr(len(data)),
		uintptr(flags|unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL), 0, 0)
	return result(n, errno)
}

func sysSendto(fd int, data string, flags int, r *rawAddr) (int, error) {
	n, _, errno := unix.RawSyscall6(unix.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(unsafe.StringData(data))), uintptr(len(data)),
		uintptr(flags|unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL), uintptr(unsafe.Pointer(&r.sa)), uintptr(r.len))
	return result(n, errno)
}

func sysRecv(fd int, buf []byte, flags int) (int, error) {
	n, _, errno := unix.RawSyscall6(unix.SYS_RECVFROM, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(buf))), uintptr(len(buf)),
		uintptr(flags|unix.MSG_DONTWAIT), 0, 0)
	return result(n, errno)
}

func sysRecvfrom(fd int, buf []byte, flags int, r *rawAddr) (int, error) {
	r.len = uint32(unsafe.Sizeof(r.sa))
	n, _, errno := unix.RawSyscall6(unix.SYS_RECVFROM, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(buf))), uintptr(len(buf)),
		uintptr(flags|unix.MSG_DONTWAIT), uintptr(unsafe.Pointer(&r.sa)), uintptr(unsafe.Pointer(&r.len)))
	return result(n, errno)
}

// sysCookie returns SO_COOKIE, the kernel's number for a socket, which it never
// gives again; socket(7).
func sysCookie(fd int) uint64 {
	var cookie uint64
	size := uint32(unsafe.Sizeof(cookie))
	unix.RawSyscall6(unix.SYS_GETSOCKOPT, uintptr(fd), unix.SOL_SOCKET, unix.SO_COOKIE, uintptr(unsafe.Pointer(&cookie)), uintptr(unsafe.Pointer(&size)), 0)
	return cookie
}

// sysClose is close(2) of a descriptor that does not linger.
func sysClose(fd int) error {
	_, _, errno := unix.RawSyscall(unix.SYS_CLOSE, uintptr(fd), 0, 0)
	return failed(errno)
}

// closeLingering is close(2) of a descriptor that lingers. The kernel gives up that wait at
// any signal, and says nothing (sk_stream_wait_close, linux/net/core/stream.c); Go's
// runtime sends signals to its threads, so the one that waits takes none.
func closeLingering(fd int) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var all, before unix.Sigset_t
	for i := range all.Val {
		all.Val[i] = ^all.Val[i]
	}
	if err := unix.PthreadSigmask(unix.SIG_SETMASK, &all, &before); err != nil {
		return unix.Close(fd)
	}
	defer unix.PthreadSigmask(unix.SIG_SETMASK, &before, nil)
	return unix.Close(fd)
}
