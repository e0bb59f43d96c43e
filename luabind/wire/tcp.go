package wire

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// Flags of TCP; see RFC 9293, section 3.1, and RFC 3168.
const (
	FIN = 1 << iota
	SYN
	RST
	PSH
	ACK
)

var flagNames = [8]string{"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"}

// FlagText returns names of flags, such as "SYN+ACK".
func FlagText(bits byte) string {
	switch bits { // most are one of these, which need no memory
	case ACK:
		return "ACK"
	case PSH | ACK:
		return "PSH+ACK"
	}
	var names []string
	for i, name := range flagNames {
		if bits&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, "+")
}

// readTCP reads TCP's header and returns its length, -1 if it is not whole.
func (p *Packet) readTCP(b []byte) int {
	if len(b) < 20 {
		return -1
	}
	head := int(b[12]>>4) * 4
	if head < 20 || len(b) < head {
		return -1
	}
	p.Seq, p.Ack = binary.BigEndian.Uint32(b[4:]), binary.BigEndian.Uint32(b[8:])
	p.Bits, p.whole = b[13], true
	p.Flags = FlagText(p.Bits)
	p.Window = int(binary.BigEndian.Uint16(b[14:]))
	p.readOptions(b[20:head])
	return head
}

// Options of TCP that are told; see RFC 9293, 7323 and 2018.
const (
	optionEnd = iota
	optionNone
	optionMSS
	optionScale
	optionSACKAllowed
	optionSACK
	optionTimestamps = 8
)

// readOptions notes what the options say. A SYN's are told in words: the others hold for
// the connection, or are a [Tracker]'s to tell.
func (p *Packet) readOptions(b []byte) {
	var words []string
	tell := func(format string, v ...any) {
		if p.Bits&SYN != 0 {
			words = append(words, fmt.Sprintf(format, v...))
		}
	}
	for len(b) > 0 && b[0] != optionEnd {
		if b[0] == optionNone {
			b = b[1:]
			continue
		}
		if len(b) < 2 || b[1] < 2 || int(b[1]) > len(b) {
			break
		}
		data := b[2:b[1]]
		switch {
		case b[0] == optionMSS && len(data) == 2:
			tell("mss %d", binary.BigEndian.Uint16(data))
		case b[0] == optionScale && len(data) == 1:
			p.scale = int8(min(data[0], 14)) // the most that RFC 7323 has
			tell("wscale %d", p.scale)
		case b[0] == optionSACKAllowed:
			tell("sack allowed")
		case b[0] == optionTimestamps:
			tell("timestamps")
		case b[0] == optionSACK:
			for ; len(data) >= 8 && p.sacks < len(p.sack); p.sacks++ {
				p.sack[p.sacks] = [2]uint32{binary.BigEndian.Uint32(data), binary.BigEndian.Uint32(data[4:])}
				data = data[8:]
			}
		}
		b = b[b[1]:]
	}
	p.Options = strings.Join(words, ", ")
}
