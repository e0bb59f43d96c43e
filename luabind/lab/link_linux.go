package lab

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// The functions here act on an interface of the network that a socket is in, by
// ioctl(2): netdevice(7).

func indexOf(fd int, name string) (int, error) {
	r, err := unix.NewIfreq(name)
	if err != nil {
		return 0, err
	}
	err = unix.IoctlIfreq(fd, unix.SIOCGIFINDEX, r)
	return int(r.Uint32()), err
}

func setMTU(fd int, name string, mtu int) error {
	r, err := unix.NewIfreq(name)
	if err != nil {
		return err
	}
	r.SetUint32(uint32(mtu))
	return unix.IoctlIfreq(fd, unix.SIOCSIFMTU, r)
}

// offloads are what makes of several segments one, or leaves checksums to hardware.
var offloads = []uint32{unix.ETHTOOL_STSO, unix.ETHTOOL_SGSO, unix.ETHTOOL_SGRO, unix.ETHTOOL_STXCSUM}

// noOffloads has an interface send what is on a wire: segments of at most the MTU,
// their checksums in them.
func noOffloads(fd int, name string, which ...uint32) error {
	for _, command := range which {
		value := [2]uint32{command, 0} // struct ethtool_value
		var r struct {
			name [unix.IFNAMSIZ]byte
			data unsafe.Pointer
			_    [16]byte
		}
		copy(r.name[:], name)
		r.data = unsafe.Pointer(&value)
		if _, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), unix.SIOCETHTOOL, uintptr(unsafe.Pointer(&r))); errno != 0 {
			return errno
		}
	}
	return nil
}
