package wire

import (
	"encoding/binary"
	"net/netip"
	"strconv"

	"socksh/luabind/journal"
)

// A Packet is what one frame carries, as its headers say it: sequence numbers are
// absolute, the window is not scaled. A [Tracker] makes an event of it.
type Packet struct {
	journal.Segment
	About *Flow // what an ICMP error is about, nil for anything else
	Bits  byte  // of TCP: the flags

	whole    bool // a TCP segment with all of its header
	scale    int8 // the window scale that a SYN offers, -1 without one
	sacks    int
	sack     [4][2]uint32
	fragment fragment // zero for what is none
	quote    bool     // of it only the ends are wanted
}

// A Flow is one direction of a conversation.
type Flow struct {
	Protocol string
	From, To netip.AddrPort
}

func (f Flow) String() string { return f.Protocol + " " + end(f.From) + " → " + end(f.To) }

// fragment tells which packet a fragment is of.
type fragment struct {
	from, to netip.Addr
	protocol byte
	id       uint32
	later    bool // not the first one: it has no ports
}

// Types of Ethernet frames; see linux/if_ether.h.
const (
	typeIPv4  = 0x0800
	typeIPv6  = 0x86dd
	typeVLAN  = 0x8100
	typeQinQ  = 0x88a8
	linkBytes = 14
)

// Protocols of IP that are looked into; see the IANA's list of protocol numbers.
const (
	protoICMP     = 1
	protoTCP      = 6
	protoUDP      = 17
	protoRouting  = 43
	protoFragment = 44
	protoAuth     = 51
	protoICMP6    = 58
	protoOptions  = 60
	protoHop      = 0
)

// dataMost is how much of the payload a segment shows.
const dataMost = 64

// Decode reads an Ethernet frame, as lo has it too: IPv4 and IPv6, and in them TCP,
// UDP and ICMP. A frame may be cut short: what is missing is left out, and the flags
// say "truncated" where the transport's header is not whole. It reports false for
// what is no IP at all. See RFC 791, 8200, 9293, 768, 792 and 4443.
func Decode(frame []byte) (Packet, bool) {
	if len(frame) < linkBytes {
		return Packet{}, false
	}
	kind, body := binary.BigEndian.Uint16(frame[linkBytes-2:]), frame[linkBytes:]
	for kind == typeVLAN || kind == typeQinQ {
		if len(body) < 4 {
			return Packet{}, false
		}
		kind, body = binary.BigEndian.Uint16(body[2:]), body[4:]
	}
	if kind != typeIPv4 && kind != typeIPv6 {
		return Packet{}, false
	}
	return DecodeIP(body)
}

// DecodeIP is [Decode] for what has no link header, such as the frames of a tunnel.
func DecodeIP(b []byte) (Packet, bool) {
	var p Packet
	ok := false
	switch {
	case len(b) == 0:
	case b[0]>>4 == 4:
		ok = p.ipv4(b)
	case b[0]>>4 == 6:
		ok = p.ipv6(b)
	}
	return p, ok
}

func (p *Packet) ipv4(b []byte) bool {
	if len(b) < 20 {
		return false
	}
	head, total := int(b[0]&15)*4, int(binary.BigEndian.Uint16(b[2:]))
	if head < 20 || len(b) < head {
		return false
	}
	if total == 0 { // more than 64 KB at once, on its way to be cut into segments
		total = len(b)
	}
	f := fragment{from: netip.AddrFrom4([4]byte(b[12:])), to: netip.AddrFrom4([4]byte(b[16:])), protocol: b[9]}
	bits := binary.BigEndian.Uint16(b[6:])
	offset := int(bits&0x1fff) * 8
	if bits&0x2000 != 0 || offset > 0 {
		f.id, f.later = uint32(binary.BigEndian.Uint16(b[4:])), offset > 0
		p.fragment = f
	}
	p.transport(f, offset, upTo(b[head:], total-head), max(0, total-head))
	return true
}

func (p *Packet) ipv6(b []byte) bool {
	if len(b) < 40 {
		return false
	}
	f := fragment{from: netip.AddrFrom16([16]byte(b[8:])), to: netip.AddrFrom16([16]byte(b[24:])), protocol: b[6]}
	left := int(binary.BigEndian.Uint16(b[4:]))
	b = b[40:]
	if left == 0 { // a jumbogram: RFC 2675
		left = len(b)
	}
	b = upTo(b, left)
	offset := 0
	for !f.later {
		size := 8
		switch f.protocol {
		case protoHop, protoRouting, protoOptions:
			if len(b) > 1 {
				size = int(b[1])*8 + 8
			}
		case protoAuth:
			if len(b) > 1 {
				size = int(b[1])*4 + 8
			}
		case protoFragment:
			if len(b) >= size {
				bits := binary.BigEndian.Uint16(b[2:])
				offset = int(bits &^ 7)
				f.id, f.later = binary.BigEndian.Uint32(b[4:]), offset > 0
				if bits&^6 != 0 {
					p.fragment = f
					p.fragment.protocol = b[0]
				}
			}
		default:
			p.transport(f, offset, b, left)
			return true
		}
		if len(b) < size {
			p.From, p.To = netip.AddrPortFrom(f.from, 0), netip.AddrPortFrom(f.to, 0)
			p.Protocol, p.Flags = "IPv6", "truncated"
			return true
		}
		f.protocol, b, left = b[0], b[size:], left-size
	}
	p.transport(f, offset, b, left)
	return true
}

// transport reads what IP carries: b, which may be cut short, of n bytes.
func (p *Packet) transport(f fragment, offset int, b []byte, n int) {
	p.scale = -1
	p.From, p.To = netip.AddrPortFrom(f.from, 0), netip.AddrPortFrom(f.to, 0)
	p.Protocol = protocolName(f.protocol)
	if f.later {
		p.Flags, p.Len = "fragment at "+strconv.Itoa(offset), n
		return
	}
	if (f.protocol == protoTCP || f.protocol == protoUDP) && len(b) >= 4 {
		p.From = netip.AddrPortFrom(f.from, binary.BigEndian.Uint16(b))
		p.To = netip.AddrPortFrom(f.to, binary.BigEndian.Uint16(b[2:]))
	}
	if p.quote {
		return
	}
	head := 8
	switch f.protocol {
	case protoTCP:
		head = p.readTCP(b)
	case protoUDP:
		if p.fragment.protocol != 0 {
			p.Flags = "first fragment"
		}
	case protoICMP, protoICMP6:
		if len(b) >= head && p.readICMP(f.protocol, b) {
			b, n = b[:head], head
		}
	default:
		head = 0
	}
	if head < 0 || len(b) < head {
		p.Flags = "truncated"
		return
	}
	p.Len, p.Data = max(0, n-head), string(upTo(b[head:], dataMost))
}

func protocolName(n byte) string {
	switch n {
	case protoTCP:
		return "TCP"
	case protoUDP:
		return "UDP"
	case protoICMP:
		return "ICMP"
	case protoICMP6:
		return "ICMPv6"
	}
	return "protocol " + strconv.Itoa(int(n))
}

// end returns an address with its port, if there is one.
func end(a netip.AddrPort) string {
	if a.Port() == 0 {
		return a.Addr().String()
	}
	return a.String()
}

// upTo returns the first n bytes of b, or all.
func upTo(b []byte, n int) []byte { return b[:max(0, min(n, len(b)))] }
