//go:build !linux

package sock

import "golang.org/x/sys/unix"

var families = []named{{"inet", unix.AF_INET}, {"inet6", unix.AF_INET6}, {"unix", unix.AF_UNIX}}

func protocols(family int) []named {
	if family == unix.AF_INET || family == unix.AF_INET6 {
		return internetProtocols
	}
	return nil
}

func wireProtocol(_, n int) int { return n }

func defaultType(int) int { return unix.SOCK_STREAM }

// sysKind asks what a descriptor is; ok is false if it is no socket.
func sysKind(fd int) (family, sotype int, listening, ok bool) {
	sotype, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TYPE)
	if err != nil {
		return 0, 0, false, false
	}
	var r rawAddr
	if sysName(fd, false, &r) == nil {
		if a := r.decode(); a != nil {
			family = a.family
		}
	}
	accepts, _ := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ACCEPTCONN)
	return family, sotype, accepts != 0, true
}

func sysAcceptBlocking(fd int, r *rawAddr) (int, error) { return sysAccept(fd, r) }

func sysConnectBlocking(fd int, r *rawAddr) error { return sysConnect(fd, r) }
