package sock

import (
	"fmt"
	"net"
	"net/netip"
	"strings"

	"golang.org/x/sys/unix"
)

// The forms of a few words that belong together.
var (
	aPortRange = &form{takes: "LOW-HIGH, two ports, or off", room: 4, encode: encodePorts, decode: decodePorts}
	aTxtime    = &form{takes: "CLOCK [deadline_mode|report_errors]; the clock is tai, monotonic or realtime", room: 8, prefix: "sof_txtime_",
		encode: encodeTxtime, decode: decodeTxtime, flags: []Bit{{"deadline_mode", 1}, {"report_errors", 2}},
		names: []named{{"realtime", unix.CLOCK_REALTIME}, {"monotonic", unix.CLOCK_MONOTONIC}, {"tai", unix.CLOCK_TAI}}}
	aSecret     = &form{takes: "ADDRESS[/PREFIX] KEY [INTERFACE]; an empty key takes it away", encode: encodeSecret}
	aPacketRule = &form{takes: "INTERFACE promisc|allmulti, or INTERFACE multicast|unicast XX:XX:XX:XX:XX:XX", encode: encodePacketRule,
		names: []named{{"multicast", unix.PACKET_MR_MULTICAST}, {"promisc", unix.PACKET_MR_PROMISC}, {"allmulti", unix.PACKET_MR_ALLMULTI}, {"unicast", unix.PACKET_MR_UNICAST}}}
)

// encodePorts makes the two halves of IP_LOCAL_PORT_RANGE: the low port is the lower.
func encodePorts(_ *form, b []byte, v []Value) ([]byte, error) {
	x, err := one(v)
	if err != nil {
		return nil, err
	}
	if isOff(x) {
		return putInt(b, 0), nil
	}
	low, high, ok := strings.Cut(x.Str, "-")
	from, err := integer(Str(low), 0, 65535)
	if err != nil || !ok {
		return nil, fmt.Errorf("%s is no range of ports; write 40000-50000 or off", x.word())
	}
	to, err := integer(Str(high), 0, 65535)
	return putInt(b, to<<16|from), err
}

func decodePorts(_ *form, b []byte) Value {
	n := getWord(b)
	if n == 0 {
		return Str("off")
	}
	return Str(fmt.Sprintf("%d-%d", n&0xffff, n>>16))
}

// encodeTxtime makes a struct sock_txtime, linux/net_tstamp.h.
func encodeTxtime(f *form, b []byte, v []Value) ([]byte, error) {
	w, err := words(v, 1, 2)
	if err != nil {
		return nil, err
	}
	if b, err = encodeName(f, b, []Value{Str(strings.TrimPrefix(strings.ToLower(w[0]), "clock_"))}); err != nil {
		return nil, err
	}
	if len(w) == 1 {
		return putInt(b, 0), nil
	}
	return encodeFlags(f, b, []Value{Str(w[1])})
}

func decodeTxtime(f *form, b []byte) Value {
	if len(b) < 8 {
		return Value{}
	}
	clock := decodeName(f, b).String()
	if getWord(b[4:]) == 0 {
		return Str(clock)
	}
	return Str(clock + " " + decodeFlags(f, b[4:]).Str)
}

// encodeSecret makes a struct tcp_md5sig, linux/tcp.h.
func encodeSecret(_ *form, b []byte, v []Value) ([]byte, error) {
	if len(v) == 1 {
		w, err := words(v, 2, 3)
		if err != nil {
			return nil, err
		}
		v = nil
		for _, x := range w {
			v = append(v, Str(x))
		}
	}
	w, err := words(v, 2, 3)
	if err != nil {
		return nil, err
	}
	var m struct {
		flags, bits uint8
		length      uint16
		index       uint32
		key         [unix.TCP_MD5SIG_MAXKEYLEN]byte
	}
	host, bits, ranged := strings.Cut(w[0], "/")
	ip, err := parseIP(host)
	if err != nil {
		return nil, err
	}
	if ranged {
		p, err := netip.ParsePrefix(w[0])
		if err != nil {
			return nil, fmt.Errorf("%s is no length of a prefix of %s", Quote(shorten(bits, 40)), ip)
		}
		m.flags, m.bits = unix.TCP_MD5SIG_FLAG_PREFIX, uint8(p.Bits())
	}
	if len(w[1]) > len(m.key) {
		return nil, fmt.Errorf("the key has %d bytes, and %d are the most", len(w[1]), len(m.key))
	}
	m.length = uint16(copy(m.key[:], w[1]))
	if len(w) > 2 {
		if m.index, err = interfaceOf(w[2]); err != nil {
			return nil, err
		}
		m.flags |= unix.TCP_MD5SIG_FLAG_IFINDEX
	}
	return append(appendStorage(b, ip), inMemory(&m)...), nil
}

// encodePacketRule makes a struct packet_mreq, packet(7).
func encodePacketRule(f *form, b []byte, v []Value) ([]byte, error) {
	w, err := words(v, 2, 3)
	if err != nil {
		return nil, err
	}
	m := unix.PacketMreq{}
	index, err := interfaceOf(w[0])
	if err != nil {
		return nil, err
	}
	kind, err := encodeName(f, nil, []Value{Str(w[1])})
	if err != nil {
		return nil, err
	}
	m.Ifindex, m.Type = int32(index), uint16(getWord(kind))
	if len(w) > 2 {
		mac, err := net.ParseMAC(w[2])
		if err != nil || len(mac) > len(m.Address) {
			return nil, fmt.Errorf("%s is no address of hardware", Quote(shorten(w[2], 40)))
		}
		m.Alen = uint16(copy(m.Address[:], mac))
	}
	return append(b, inMemory(&m)...), nil
}
