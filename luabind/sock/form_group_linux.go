package sock

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The forms of groups of receivers; RFC 3493 and 3678, ip(7), ipv6(7).
var (
	aGroup      = &form{takes: "GROUP [INTERFACE or its address]", encode: encodeGroup, outward: true}
	aSource     = &form{takes: "GROUP SOURCE [INTERFACE or its address]", encode: encodeSource, outward: true}
	aSourceList = &form{takes: "GROUP INTERFACE include|exclude [SOURCE...]", encode: encodeSourceList, outward: true}
	aGroup6     = &form{takes: "GROUP [INTERFACE]", encode: encodeGroup6, outward: true}
	anyGroup    = &form{takes: "GROUP [INTERFACE], IPv4 or IPv6", encode: encodeAnyGroup, set: setAnyGroup, outward: true}
	anySource   = &form{takes: "GROUP SOURCE [INTERFACE], IPv4 or IPv6", encode: encodeAnySource, set: setAnyGroup, outward: true}
	anySources  = &form{takes: "GROUP INTERFACE include|exclude [SOURCE...]", encode: encodeAnySources, set: setAnyGroup, outward: true}
	anAddress6  = &form{takes: "ADDRESS [INTERFACE]", encode: encodeGroup6}
)

// groupAt is where the address begins in struct group_req, linux/in.h: a
// sockaddr_storage is aligned as a pointer is.
const groupAt = int(unsafe.Sizeof(uintptr(0)))

const sizeofStorage = 128 // struct __kernel_sockaddr_storage, linux/socket.h

// encodeGroup makes a struct ip_mreqn, ip(7).
func encodeGroup(_ *form, b []byte, v []Value) ([]byte, error) {
	w, err := words(v, 1, 2)
	if err != nil {
		return nil, err
	}
	var m unix.IPMreqn
	if m.Multiaddr, err = parseIPv4(w[0]); err == nil && len(w) > 1 {
		m.Address, m.Ifindex, err = way(w[1])
	}
	return append(b, inMemory(&m)...), err
}

// encodeSource makes a struct ip_mreq_source, ip(7).
func encodeSource(_ *form, b []byte, v []Value) ([]byte, error) {
	w, err := words(v, 2, 3)
	if err != nil {
		return nil, err
	}
	m := struct{ group, address, source [4]byte }{}
	if m.group, err = parseIPv4(w[0]); err == nil {
		m.source, err = parseIPv4(w[1])
	}
	if err == nil && len(w) > 2 {
		m.address, err = interfaceAddress(w[2])
	}
	return append(b, inMemory(&m)...), err
}

const maxSources = 1000

func filterMode(word string) (uint32, error) {
	switch strings.ToLower(word) {
	case "exclude":
		return 0, nil // MCAST_EXCLUDE
	case "include":
		return 1, nil
	}
	return 0, fmt.Errorf("%s is neither include nor exclude", Quote(shorten(word, 40)))
}

// encodeSourceList makes a struct ip_msfilter, ip(7).
func encodeSourceList(_ *form, b []byte, v []Value) ([]byte, error) {
	w, err := words(v, 3, maxSources)
	if err != nil {
		return nil, err
	}
	m := struct {
		group, address [4]byte
		mode, n        uint32
	}{n: uint32(len(w) - 3)}
	if m.group, err = parseIPv4(w[0]); err == nil {
		m.address, err = interfaceAddress(w[1])
	}
	if err == nil {
		m.mode, err = filterMode(w[2])
	}
	b = append(b, inMemory(&m)...)
	for i := 3; err == nil && i < len(w); i++ {
		var ip [4]byte
		ip, err = parseIPv4(w[i])
		b = append(b, ip[:]...)
	}
	return b, err
}

// encodeGroup6 makes a struct ipv6_mreq, or an in6_pktinfo, which is laid out the
// same; ipv6(7).
func encodeGroup6(_ *form, b []byte, v []Value) ([]byte, error) {
	w, err := words(v, 1, 2)
	if err != nil {
		return nil, err
	}
	var m unix.IPv6Mreq
	ip, err := parseIP(w[0])
	if err == nil && !ip.Is6() {
		err = fmt.Errorf("%s is not an IPv6 address", Quote(shorten(w[0], 60)))
	}
	if err == nil {
		m.Multiaddr = ip.As16()
		m.Interface, err = zoneOrWord(ip, w[1:])
	}
	return append(b, inMemory(&m)...), err
}

// zoneOrWord returns the interface that a last word names, or else the zone of ip.
func zoneOrWord(ip netip.Addr, last []string) (uint32, error) {
	switch {
	case len(last) > 0:
		return interfaceOf(last[0])
	case ip.Zone() != "":
		return scopeOf(ip.Zone())
	}
	return 0, nil
}

// appendStorage appends a struct sockaddr_storage that holds ip.
func appendStorage(b []byte, ip netip.Addr) []byte {
	var room [sizeofStorage]byte
	if ip.Is4() {
		binary.NativeEndian.PutUint16(room[:], unix.AF_INET)
		copy(room[4:], ip.AsSlice())
	} else {
		binary.NativeEndian.PutUint16(room[:], unix.AF_INET6)
		copy(room[8:], ip.AsSlice())
	}
	return append(b, room[:]...)
}

// groupAndMore begins the structs of MCAST_ options: an interface, a group, and
// perhaps a source.
func groupAndMore(b []byte, addresses []string, last []string) ([]byte, error) {
	ip, err := parseIP(addresses[0])
	if err != nil {
		return nil, err
	}
	index, err := zoneOrWord(ip, last)
	if err != nil {
		return nil, err
	}
	b = append(putInt(b, int(index)), make([]byte, groupAt-4)...)
	b = appendStorage(b, ip)
	for _, a := range addresses[1:] {
		if ip, err = parseIP(a); err != nil {
			return nil, err
		}
		b = appendStorage(b, ip)
	}
	return b, nil
}

func encodeAnyGroup(_ *form, b []byte, v []Value) ([]byte, error) {
	w, err := words(v, 1, 2)
	if err != nil {
		return nil, err
	}
	return groupAndMore(b, w[:1], w[1:])
}

func encodeAnySource(_ *form, b []byte, v []Value) ([]byte, error) {
	w, err := words(v, 2, 3)
	if err != nil {
		return nil, err
	}
	return groupAndMore(b, w[:2], w[2:])
}

// encodeAnySources makes a struct group_filter, linux/in.h.
func encodeAnySources(_ *form, b []byte, v []Value) ([]byte, error) {
	w, err := words(v, 3, maxSources)
	if err != nil {
		return nil, err
	}
	mode, err := filterMode(w[2])
	if err != nil {
		return nil, err
	}
	if b, err = groupAndMore(b, w[:1], w[1:2]); err != nil {
		return nil, err
	}
	b = putInt(putInt(b, int(mode)), len(w)-3)
	for _, source := range w[3:] {
		ip, err := parseIP(source)
		if err != nil {
			return nil, err
		}
		b = appendStorage(b, ip)
	}
	return b, nil
}

// setAnyGroup sets an MCAST_ option, which has the same number at both levels: the
// group's family says which.
func setAnyGroup(fd, level, num int, b []byte) error {
	if binary.NativeEndian.Uint16(b[groupAt:]) == unix.AF_INET6 {
		level = unix.IPPROTO_IPV6
	}
	return sysSetsockopt(fd, level, num, b)
}
