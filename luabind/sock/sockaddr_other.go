//go:build !linux

package sock

import (
	"net/netip"

	"golang.org/x/sys/unix"
)

// sockaddr returns a, whose host is resolved, as package unix takes it.
func (a *Addr) sockaddr() (unix.Sockaddr, error) {
	switch a.family {
	case unix.AF_UNSPEC:
		return nil, unix.EAFNOSUPPORT
	case unix.AF_UNIX:
		return &unix.SockaddrUnix{Name: abstractName(a.path)}, nil
	case unix.AF_INET:
		return &unix.SockaddrInet4{Port: int(a.ip.Port()), Addr: a.ip.Addr().As4()}, nil
	}
	sa := &unix.SockaddrInet6{Port: int(a.ip.Port()), Addr: a.ip.Addr().As16()}
	if zone := a.ip.Addr().Zone(); zone != "" {
		id, err := scopeOf(zone)
		if err != nil {
			return nil, err
		}
		sa.ZoneId = id
	}
	return sa, nil
}

// abstractName spells an abstract path as package unix wants it.
func abstractName(path string) string {
	if path != "" && path[0] == 0 {
		return "@" + path[1:]
	}
	return path
}

// addrOf returns what the kernel told, nil for no address at all.
func addrOf(sa unix.Sockaddr) *Addr {
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		return ipAddr(netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), uint16(sa.Port)))
	case *unix.SockaddrInet6:
		ip := netip.AddrFrom16(sa.Addr).WithZone(zoneOf(sa.ZoneId))
		return ipAddr(netip.AddrPortFrom(ip, uint16(sa.Port)))
	case *unix.SockaddrUnix:
		path := sa.Name
		switch {
		case path == "@": // what package unix makes of no name at all
			path = ""
		case path != "" && path[0] == '@':
			path = "\x00" + path[1:]
		}
		return &Addr{family: unix.AF_UNIX, path: path}
	}
	return nil
}
