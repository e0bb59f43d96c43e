//go:build !linux

package sock

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

const sizeofInstruction = 1

func (o *option) isFilter() bool { return false }

func levels() []level {
	return []level{
		{"SOL_SOCKET", unix.SOL_SOCKET, "socket", "getsockopt(2)"},
		{"IPPROTO_IP", unix.IPPROTO_IP, "ip", "ip(4)"},
		{"IPPROTO_IPV6", unix.IPPROTO_IPV6, "ipv6", "ip6(4)"},
		{"IPPROTO_TCP", unix.IPPROTO_TCP, "tcp", "tcp(4)"},
		{"IPPROTO_UDP", unix.IPPROTO_UDP, "udp", "udp(4)"},
	}
}

func systemOptions() [][]option { return nil }

func sysGetsockopt(fd, level, num int, b []byte) (int, error) {
	n := uint32(len(b))
	_, _, errno := unix.Syscall6(unix.SYS_GETSOCKOPT, uintptr(fd), uintptr(level), uintptr(num),
		uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(unsafe.Pointer(&n)), 0)
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}

func sysSetsockopt(fd, level, num int, b []byte) error {
	return unix.SetsockoptString(fd, level, num, string(b))
}

// askProtocol returns 0: this system does not tell a socket's protocol.
func askProtocol(int) int { return 0 }

// askFamily returns before: this system does not tell a socket's family.
func askFamily(_, before int) int { return before }

// stateOf returns "": this system does not tell the state of a TCP socket here.
func stateOf(int) string { return "" }
