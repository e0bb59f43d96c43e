package wire

import (
	"encoding/binary"
	"fmt"
	"net/netip"
)

// message is a type and code of ICMP; code every stands for all that have no row.
type message struct {
	kind byte
	code int
}

const every = -1

// The messages of ICMP in words; see RFC 792, 1122, 1812 and the IANA's list.
var messages = map[message]string{
	{0, every}: "echo reply", {8, every}: "echo request", {5, every}: "redirect", {12, every}: "parameter problem",
	{9, every}: "router advertisement", {10, every}: "router solicitation", {13, every}: "timestamp request", {14, every}: "timestamp reply",
	{3, every}: "unreachable", {3, 0}: "network unreachable", {3, 1}: "host unreachable", {3, 2}: "protocol unreachable", {3, 3}: "port unreachable",
	{3, 4}: "fragmentation needed", {3, 5}: "source route failed", {3, 6}: "network unknown", {3, 7}: "host unknown",
	{3, 9}: "network prohibited", {3, 10}: "host prohibited", {3, 13}: "prohibited by a filter",
	{11, every}: "time exceeded", {11, 0}: "time to live exceeded", {11, 1}: "reassembly time exceeded",
}

// The messages of ICMPv6; see RFC 4443, 4861 and 3810.
var messages6 = map[message]string{
	{128, every}: "echo request", {129, every}: "echo reply", {2, every}: "packet too big", {4, every}: "parameter problem",
	{1, every}: "unreachable", {1, 0}: "no route", {1, 1}: "prohibited by a filter", {1, 2}: "beyond the scope of the source address",
	{1, 3}: "address unreachable", {1, 4}: "port unreachable", {1, 5}: "source address refused", {1, 6}: "route rejected",
	{3, every}: "time exceeded", {3, 0}: "hop limit exceeded", {3, 1}: "reassembly time exceeded",
	{130, every}: "multicast listener query", {131, every}: "multicast listener report", {132, every}: "multicast listener done", {143, every}: "multicast listener report",
	{133, every}: "router solicitation", {134, every}: "router advertisement", {135, every}: "neighbor solicitation", {136, every}: "neighbor advertisement", {137, every}: "redirect",
}

// readICMP says in words what a message of at least 8 bytes is, and whom it is about. The
// ends of an error get the ports of the packet that it quotes, those of an echo the
// identifier at the side that asks: so they are found like other packets. It reports
// whether the rest is a quotation, and no payload. See icmp(7).
func (p *Packet) readICMP(protocol byte, b []byte) (quotes bool) {
	table, isError := messages, b[0] == 3 || b[0] == 5 || b[0] == 11 || b[0] == 12
	echo := b[0] == 8
	answer := b[0] == 0
	if protocol == protoICMP6 {
		table, isError, echo, answer = messages6, b[0] < 128, b[0] == 128, b[0] == 129
	}
	text := table[message{b[0], int(b[1])}]
	if text == "" {
		text = table[message{b[0], every}]
	}
	if text == "" {
		text = fmt.Sprintf("type %d code %d", b[0], b[1])
	}
	switch id := binary.BigEndian.Uint16(b[4:]); {
	case echo:
		p.From = netip.AddrPortFrom(p.From.Addr(), id)
	case answer:
		p.To = netip.AddrPortFrom(p.To.Addr(), id)
	case protocol == protoICMP && b[0] == 3 && b[1] == 4:
		text += fmt.Sprintf(", mtu %d", binary.BigEndian.Uint16(b[6:])) // RFC 1191
	case protocol == protoICMP6 && b[0] == 2:
		text += fmt.Sprintf(", mtu %d", binary.BigEndian.Uint32(b[4:]))
	}
	if isError {
		if about, ok := quoted(protocol, b[8:]); ok {
			p.About = &about
			text += ", about " + about.String()
			if p.To.Addr() == about.From.Addr() {
				p.To = about.From
			}
			if p.From.Addr() == about.To.Addr() {
				p.From = about.To
			}
		}
	}
	p.Flags = text
	return isError
}

// quoted returns whose packet an error quotes: its IP header and 8 bytes at least.
func quoted(protocol byte, b []byte) (Flow, bool) {
	p := Packet{quote: true}
	ok := false
	if protocol == protoICMP6 {
		ok = p.ipv6(b)
	} else {
		ok = p.ipv4(b)
	}
	return Flow{p.Protocol, p.From, p.To}, ok
}
