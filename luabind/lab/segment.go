package lab

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"

	"socksh/luabind/journal"
)

// What frames are made of: IEEE 802.3, RFC 791, 8200, 9293, 768, 792, 4443.
const (
	etherSize = 14
	etherIPv4 = 0x0800
	etherIPv6 = 0x86dd

	protocolICMP  = 1
	protocolTCP   = 6
	protocolUDP   = 17
	protocolICMP6 = 58
)

// dataShown is how many bytes of a payload a segment keeps at hand.
const dataShown = 32

// TCP's flags, from the right.
var tcpFlags = [...]string{"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"}

const (
	flagFIN = 1 << iota
	flagSYN
	flagRST
	flagPSH
	flagACK
)

// A packet is a decoded frame, with what the cable itself needs of it.
type packet struct {
	journal.Segment
	flags byte // of TCP
}

// decode takes an Ethernet frame apart; not ok is what is no IP.
func decode(frame []byte) (p packet, ok bool) {
	if len(frame) < etherSize {
		return p, false
	}
	var from, to netip.Addr
	var protocol byte
	var length int
	b := frame[etherSize:]
	switch binary.BigEndian.Uint16(frame[12:]) {
	case etherIPv4:
		if len(b) < 20 {
			return p, false
		}
		head := int(b[0]&15) * 4
		length = int(binary.BigEndian.Uint16(b[2:])) - head
		if head < 20 || length < 0 || len(b) < head {
			return p, false
		}
		protocol, from, to = b[9], netip.AddrFrom4([4]byte(b[12:])), netip.AddrFrom4([4]byte(b[16:]))
		b = b[head:]
	case etherIPv6:
		if len(b) < 40 {
			return p, false
		}
		length = int(binary.BigEndian.Uint16(b[4:]))
		protocol, from, to = b[6], netip.AddrFrom16([16]byte(b[8:])), netip.AddrFrom16([16]byte(b[24:]))
		b = b[40:]
	default:
		return p, false
	}
	b = b[:min(length, len(b))]
	p.From, p.To = netip.AddrPortFrom(from, 0), netip.AddrPortFrom(to, 0)
	p.Protocol, p.Len = fmt.Sprint(protocol), length
	switch {
	case protocol == protocolTCP && len(b) >= 20:
		return p, p.decodeTCP(b, length)
	case protocol == protocolUDP && len(b) >= 8:
		p.Protocol, p.Len = "UDP", length-8
		p.ports(b)
		p.Data = string(b[8:min(8+dataShown, len(b))])
	case (protocol == protocolICMP || protocol == protocolICMP6) && len(b) >= 8:
		p.Protocol, p.Len = "ICMP", length-8
		p.Flags = fmt.Sprintf("type=%d code=%d", b[0], b[1])
	}
	return p, true
}

func (p *packet) ports(b []byte) {
	p.From = netip.AddrPortFrom(p.From.Addr(), binary.BigEndian.Uint16(b))
	p.To = netip.AddrPortFrom(p.To.Addr(), binary.BigEndian.Uint16(b[2:]))
}

func (p *packet) decodeTCP(b []byte, length int) bool {
	head := int(b[12]>>4) * 4
	if head < 20 || head > len(b) {
		return false
	}
	p.Protocol = "TCP"
	p.ports(b)
	p.Seq, p.Ack = binary.BigEndian.Uint32(b[4:]), binary.BigEndian.Uint32(b[8:])
	p.flags, p.Window = b[13], int(binary.BigEndian.Uint16(b[14:]))
	p.Flags = flagNames(p.flags)
	p.Len = length - head
	p.Data = string(b[head:min(head+dataShown, len(b))])
	return true
}

func flagNames(flags byte) string {
	var names []string
	for i, name := range tcpFlags {
		if flags&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, "+")
}

// A tracker makes sequence numbers relative to the first ones of their connection.
type tracker map[direction]uint32

type direction struct{ from, to netip.AddrPort }

// see makes the numbers of p relative, after it has learned from p.
func (t tracker) see(p *packet) {
	if p.Protocol != "TCP" {
		return
	}
	there, back := direction{p.From, p.To}, direction{p.To, p.From}
	first, known := t[there]
	if p.flags&flagSYN != 0 {
		first = p.Seq
		t[there] = first
	} else if !known && p.flags&flagRST == 0 {
		first = p.Seq
		t[there] = first
	}
	p.Seq -= first
	if p.flags&flagACK == 0 {
		p.Ack = 0
		return
	}
	if _, known := t[back]; !known && p.flags&flagRST == 0 {
		t[back] = p.Ack
	}
	p.Ack -= t[back]
}
