package sock

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

func levels() []level {
	return []level{
		{"SOL_SOCKET", unix.SOL_SOCKET, "socket", "socket(7), unix(7)"},
		{"IPPROTO_IP", unix.IPPROTO_IP, "ip", "ip(7)"},
		{"IPPROTO_IPV6", unix.IPPROTO_IPV6, "ipv6", "ipv6(7)"},
		{"IPPROTO_TCP", unix.IPPROTO_TCP, "tcp", "tcp(7)"},
		{"IPPROTO_UDP", unix.IPPROTO_UDP, "udp", "udp(7)"},
		{"IPPROTO_UDPLITE", unix.IPPROTO_UDPLITE, "udplite", "udplite(7)"},
		{"IPPROTO_ICMPV6", levelICMPv6, "icmpv6", "raw(7)"},
		{"SOL_RAW", unix.SOL_RAW, "raw", "raw(7)"},
		{"SOL_PACKET", unix.SOL_PACKET, "packet", "packet(7)"},
		{"SOL_NETLINK", unix.SOL_NETLINK, "netlink", "netlink(7)"},
		{"AF_VSOCK", levelVsock, "vsock", "vsock(7)"},
	}
}

// systemOptions are the options that Linux has beyond the common ones.
func systemOptions() [][]option {
	return [][]option{socketOptions(), ipOptions(), ipv6Options(), tcpSocketOptions(), udpOptions(), familyOptions()}
}

// sysGetsockopt is getsockopt(2); it returns how much of b the kernel has filled,
// or of an option that it could not give in full, how much there would be.
func sysGetsockopt(fd, level, num int, b []byte) (int, error) {
	n := uint32(len(b))
	_, _, errno := unix.Syscall6(unix.SYS_GETSOCKOPT, uintptr(fd), uintptr(level), uintptr(num),
		uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(unsafe.Pointer(&n)), 0)
	return int(n), failed(errno)
}

func sysSetsockopt(fd, level, num int, b []byte) error {
	_, _, errno := unix.Syscall6(unix.SYS_SETSOCKOPT, uintptr(fd), uintptr(level), uintptr(num),
		uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)), 0)
	return failed(errno)
}

// askProtocol returns the protocol that a socket was opened with.
func askProtocol(fd int) int {
	n, _ := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_PROTOCOL)
	return n
}

// askFamily returns the family of a socket, or before if the kernel does not tell.
func askFamily(fd, before int) int {
	if n, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DOMAIN); err == nil {
		return n
	}
	return before
}

// decodePidfd tells whose process a descriptor stands for, and closes it.
func decodePidfd(_ *form, b []byte) Value {
	fd := int(int32(getWord(b)))
	defer unix.Close(fd)
	info, err := os.ReadFile(fmt.Sprintf("/proc/self/fdinfo/%d", fd))
	if err != nil {
		return Value{}
	}
	for line := range strings.Lines(string(info)) {
		if pid, ok := strings.CutPrefix(line, "Pid:"); ok {
			if n, err := strconv.Atoi(strings.TrimSpace(pid)); err == nil {
				return Num(n)
			}
		}
	}
	return Value{}
}
