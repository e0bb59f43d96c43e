package sock

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"strconv"

	"golang.org/x/sys/unix"
)

// sockaddr returns a, whose host is resolved, as package unix takes it.
func (a *Addr) sockaddr() (unix.Sockaddr, error) {
	switch a.family {
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

func scopeOf(zone string) (uint32, error) {
	if n, err := strconv.ParseUint(zone, 10, 32); err == nil {
		return uint32(n), nil
	}
	i, err := net.InterfaceByName(zone)
	if err != nil {
		return 0, misuse(fmt.Sprintf("no interface is called %s", Quote(zone)))
	}
	return uint32(i.Index), nil
}

func zoneOf(scope uint32) string {
	if scope == 0 {
		return ""
	}
	if i, err := net.InterfaceByIndex(int(scope)); err == nil {
		return i.Name
	}
	return strconv.FormatUint(uint64(scope), 10)
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
		if path != "" && path[0] == '@' {
			path = "\x00" + path[1:]
		}
		return &Addr{family: unix.AF_UNIX, path: path}
	}
	return nil
}

// text returns the address as a result, nil for none.
func (a *Addr) text() Value {
	if a == nil {
		return Value{}
	}
	return Str(a.String())
}

func bigEndian(port uint16) [2]byte {
	var b [2]byte
	binary.BigEndian.PutUint16(b[:], port)
	return b
}
