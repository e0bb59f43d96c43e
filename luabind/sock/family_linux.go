package sock

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// families are the address families of linux/include/linux/socket.h.
var families = []named{{"inet", unix.AF_INET}, {"inet6", unix.AF_INET6}, {"unix", unix.AF_UNIX},
	{"packet", unix.AF_PACKET}, {"netlink", unix.AF_NETLINK}, {"vsock", unix.AF_VSOCK}, {"alg", unix.AF_ALG}, {"can", unix.AF_CAN},
	{"bluetooth", unix.AF_BLUETOOTH}, {"tipc", unix.AF_TIPC}, {"xdp", unix.AF_XDP}, {"smc", unix.AF_SMC}, {"qipcrtr", unix.AF_QIPCRTR},
	{"rds", unix.AF_RDS}, {"kcm", unix.AF_KCM}, {"key", unix.AF_KEY}, {"llc", unix.AF_LLC}, {"ax25", unix.AF_AX25}, {"x25", unix.AF_X25},
	{"appletalk", unix.AF_APPLETALK}, {"phonet", unix.AF_PHONET}, {"ieee802154", unix.AF_IEEE802154}, {"nfc", unix.AF_NFC}}

// protocols returns the names that protocols of a family go by.
func protocols(family int) []named {
	switch family {
	case unix.AF_INET, unix.AF_INET6:
		return internetProtocols
	case unix.AF_PACKET:
		return etherTypes
	case unix.AF_NETLINK:
		return []named{{"route", unix.NETLINK_ROUTE}, {"sock_diag", unix.NETLINK_SOCK_DIAG}, {"selinux", unix.NETLINK_SELINUX}, {"audit", unix.NETLINK_AUDIT},
			{"netfilter", unix.NETLINK_NETFILTER}, {"kobject_uevent", unix.NETLINK_KOBJECT_UEVENT}, {"generic", unix.NETLINK_GENERIC}, {"xfrm", unix.NETLINK_XFRM}}
	}
	return nil
}

// etherTypes are some of linux/include/uapi/linux/if_ether.h.
var etherTypes = []named{{"all", unix.ETH_P_ALL}, {"ip", unix.ETH_P_IP}, {"arp", unix.ETH_P_ARP}, {"ipv6", unix.ETH_P_IPV6},
	{"loop", unix.ETH_P_LOOP}, {"vlan", unix.ETH_P_8021Q}, {"lldp", 0x88cc}}

// wireProtocol returns a protocol as socket(2) takes it.
func wireProtocol(family, n int) int {
	if family == unix.AF_PACKET && n >= 0 && n < 1<<16 {
		return int(NetworkOrder(uint16(n)))
	}
	return n
}

// defaultType returns the type of a family's sockets where none is given.
func defaultType(family int) int {
	switch family {
	case unix.AF_PACKET, unix.AF_NETLINK, unix.AF_CAN, unix.AF_XDP, unix.AF_KEY:
		return unix.SOCK_RAW
	case unix.AF_ALG, unix.AF_TIPC, unix.AF_RDS:
		return unix.SOCK_SEQPACKET
	}
	return unix.SOCK_STREAM
}

// sysKind asks what a descriptor is; ok is false if it is no socket.
func sysKind(fd int) (family, sotype int, listening, ok bool) {
	sotype, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TYPE)
	if err != nil {
		return 0, 0, false, false
	}
	family, _ = unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DOMAIN)
	accepts, _ := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ACCEPTCONN)
	return family, sotype, accepts != 0, true
}

// sysAcceptBlocking and sysConnectBlocking are for a descriptor that may block the
// thread.
func sysAcceptBlocking(fd int, r *rawAddr) (int, error) {
	r.len = uint32(unsafe.Sizeof(r.sa))
	n, _, errno := unix.Syscall6(unix.SYS_ACCEPT4, uintptr(fd), uintptr(unsafe.Pointer(&r.sa)), uintptr(unsafe.Pointer(&r.len)), newSocket, 0, 0)
	return result(n, errno)
}

func sysConnectBlocking(fd int, r *rawAddr) error {
	_, _, errno := unix.Syscall(unix.SYS_CONNECT, uintptr(fd), uintptr(unsafe.Pointer(&r.sa)), uintptr(r.len))
	return failed(errno)
}
