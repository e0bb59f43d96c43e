package sock

import "golang.org/x/sys/unix"

// requests are the ioctls of tcp(7), udp(7), unix(7) and socket(7) that tell an int.
func requests() []request {
	return []request{
		{"SIOCINQ", []string{"inq", "fionread"}, unix.SIOCINQ, "bytes that have come and were not received; of a datagram socket, of the first datagram"},
		{"SIOCOUTQ", []string{"outq", "tiocoutq"}, unix.SIOCOUTQ, "bytes that were sent and are not acknowledged"},
		{"SIOCOUTQNSD", []string{"outqnsd"}, unix.SIOCOUTQNSD, "of these, bytes that have not left yet"},
		{"SIOCATMARK", []string{"atmark"}, unix.SIOCATMARK, "1 if the next byte stood behind urgent data"},
		{"SIOCGPGRP", []string{"pgrp", "fiogetown"}, unix.SIOCGPGRP, "who gets the socket's signals"},
	}
}

func (r *request) ask(fd int) (int, error) { return unix.IoctlGetInt(fd, uint(r.number)) }

// atMark is sockatmark(3).
func atMark(fd int) (bool, error) {
	n, err := unix.IoctlGetInt(fd, unix.SIOCATMARK)
	return n != 0, err
}

// asking opens a socket to ask about interfaces with, as if_nametoindex(3) does.
func asking(f func(fd int) error) error {
	fd, err := sysSocket(unix.AF_UNIX, unix.SOCK_DGRAM, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	return f(fd)
}

func interfaceIndex(name string) (index int, err error) {
	ifr, err := unix.NewIfreq(name)
	if err != nil { // too long to be one
		return 0, unix.ENODEV
	}
	err = asking(func(fd int) error { return unix.IoctlIfreq(fd, unix.SIOCGIFINDEX, ifr) })
	return int(int32(ifr.Uint32())), err
}

// interfaceName gives ENXIO where the kernel says ENODEV, as if_indextoname(3) does.
func interfaceName(index int) (string, error) {
	ifr, err := unix.NewIfreq("?")
	if err != nil {
		return "", err
	}
	ifr.SetUint32(uint32(index))
	if err = asking(func(fd int) error { return unix.IoctlIfreq(fd, unix.SIOCGIFNAME, ifr) }); err == unix.ENODEV {
		err = unix.ENXIO
	}
	return ifr.Name(), err
}
