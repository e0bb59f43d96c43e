package sock

import (
	"encoding/binary"
	"fmt"
	"math"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// The forms of interfaces, which are typed by name or number.
var (
	aWay           = &form{takes: "an interface or its address, or any", room: 4, encode: encodeWay, decode: decodeIPv4}
	anInterface    = &form{takes: "an interface, or any", room: 4, encode: encodeInterface, decode: decodeInterface}
	anInterfaceBig = &form{takes: "an interface, or any", room: 4, encode: encodeInterfaceBig, decode: decodeInterfaceBig}
)

// parseIP reads an address; what a zone names is for the caller.
func parseIP(word string) (netip.Addr, error) {
	ip, err := netip.ParseAddr(word)
	if err != nil {
		return ip, fmt.Errorf("%s is not an IP address", Quote(shorten(word, 60)))
	}
	return ip, nil
}

func parseIPv4(word string) ([4]byte, error) {
	ip, err := parseIP(word)
	if err != nil || !ip.Is4() {
		return [4]byte{}, fmt.Errorf("%s is not an IPv4 address", Quote(shorten(word, 60)))
	}
	return ip.As4(), nil
}

// interfaceOf reads an interface's name or number, or any for 0.
func interfaceOf(word string) (uint32, error) {
	if strings.EqualFold(word, "any") {
		return 0, nil
	}
	return scopeOf(word)
}

// interfaceAddress returns the IPv4 address that stands for an interface where the
// kernel takes no number.
func interfaceAddress(word string) (ip [4]byte, err error) {
	if ip, err = parseIPv4(word); err == nil {
		return ip, nil
	}
	index, err := interfaceOf(word)
	if err != nil || index == 0 {
		return ip, err
	}
	i, err := net.InterfaceByIndex(int(index))
	if err != nil {
		return ip, fmt.Errorf("no interface is number %d", index)
	}
	addresses, _ := i.Addrs()
	for _, a := range addresses {
		if n, ok := a.(*net.IPNet); ok && n.IP.To4() != nil {
			return [4]byte(n.IP.To4()), nil
		}
	}
	return ip, fmt.Errorf("the interface %s has no IPv4 address", Quote(shorten(word, 40)))
}

// way reads what mreqn takes: an address or an interface's number.
func way(word string) (address [4]byte, index int32, err error) {
	if ip, err := parseIPv4(word); err == nil {
		return ip, 0, nil
	}
	i, err := interfaceOf(word)
	return address, int32(i), err
}

func encodeWay(_ *form, b []byte, v []Value) ([]byte, error) {
	w, err := words(v, 1, 1)
	if err != nil {
		return nil, err
	}
	var m unix.IPMreqn
	m.Address, m.Ifindex, err = way(w[0])
	return append(b, inMemory(&m)...), err
}

func decodeIPv4(_ *form, b []byte) Value {
	if len(b) < 4 {
		return Value{}
	}
	return Str(netip.AddrFrom4([4]byte(b)).String())
}

func encodeInterface(_ *form, b []byte, v []Value) ([]byte, error) {
	w, err := words(v, 1, 1)
	if err != nil {
		return nil, err
	}
	i, err := interfaceOf(w[0])
	return putInt(b, int(i)), err
}

// decodeInterface gives the name, or the number of one that is gone.
func decodeInterface(_ *form, b []byte) Value { return interfaceValue(getWord(b)) }

func interfaceValue(i uint32) Value {
	if i == 0 {
		return Str("any")
	}
	if name := zoneOf(i); name != strconv.FormatUint(uint64(i), 10) && i <= math.MaxInt32 {
		return Str(name)
	}
	return Num(int(i))
}

// encodeInterfaceBig and decodeInterfaceBig are for numbers in network byte order.
func encodeInterfaceBig(_ *form, b []byte, v []Value) ([]byte, error) {
	w, err := words(v, 1, 1)
	if err != nil {
		return nil, err
	}
	i, err := interfaceOf(w[0])
	return binary.BigEndian.AppendUint32(b, i), err
}

func decodeInterfaceBig(_ *form, b []byte) Value {
	if len(b) < 4 {
		return Value{}
	}
	return interfaceValue(binary.BigEndian.Uint32(b))
}
