package journal

import (
	"fmt"
	"net/netip"
	"strings"
	"time"
)

// A Segment is a TCP segment, or another packet, that was seen on a wire.
type Segment struct {
	At       time.Duration  `json:"-"`        // when it passed, since the journal began
	Protocol string         `json:"protocol"` // "TCP", "UDP", "ICMP", or its number
	From     netip.AddrPort `json:"from"`
	To       netip.AddrPort `json:"to"`
	FromHost string         `json:"fromhost,omitempty"` // of a lab, "" for the real network
	ToHost   string         `json:"tohost,omitempty"`
	Flags    string         `json:"flags,omitempty"` // of TCP, in the order of the header's bits from the right: "SYN+ACK"
	Seq      uint32         `json:"seq"`             // relative to the connection's first ones where those were seen
	Ack      uint32         `json:"ack"`
	Window   int            `json:"window,omitempty"`  // in bytes, scaled where the scale was seen
	Len      int            `json:"len"`               // bytes of payload
	Data     string         `json:"-"`                 // the payload's first bytes
	Options  string         `json:"options,omitempty"` // of TCP, that matter to people: "mss 1460, wscale 7"
	Fate     Fate           `json:"fate"`
	Where    string         `json:"where,omitempty"` // the interface, or the host where it was seen
	Frame    []byte         `json:"frame,omitempty"` // all that was captured of it, with its link header
}

// A Fate is what became of a segment on a cable.
type Fate uint8

// The fates of segments. On a wire that is only watched every one is seen, and
// arrives.
const (
	Seen      Fate = iota // by a capture: sent, and not known to be lost
	Held                  // by the cable, until it is released
	Overtaken             // kept by the cable until the one behind has gone ahead
	Delivered             // by the cable
	Dropped               // by the cable, or by a rule
	Repeated              // a retransmission of what is held: swallowed and counted
	Derived               // not seen at all: concluded from what the kernel says
)

var fates = [...]string{"seen", "held", "overtaken", "delivered", "dropped", "repeated", "derived"}

func (f Fate) String() string { return fates[f] }

// Arrives reports whether the segment goes its way, and nothing is to be said of it.
func (f Fate) Arrives() bool { return f == Seen || f == Delivered }

// Waits reports whether a cable keeps the segment: it will be told again when it goes on.
func (f Fate) Waits() bool { return f == Held || f == Overtaken }

// MarshalText returns the fate in a word.
func (f Fate) MarshalText() ([]byte, error) { return []byte(fates[f]), nil }

// Kind returns "segment".
func (Segment) Kind() string { return "segment" }

// Summary returns what the segment carries, without its ends: "SYN+ACK seq=0 ack=1".
func (s Segment) Summary() string {
	var b strings.Builder
	if s.Protocol != "TCP" {
		b.WriteString(s.Protocol)
		if s.Flags != "" {
			b.WriteString(" " + s.Flags)
		}
	} else if b.WriteString(s.Flags); s.Fate != Derived { // whose numbers nobody saw
		fmt.Fprintf(&b, " seq=%d", s.Seq)
		if strings.Contains(s.Flags, "ACK") {
			fmt.Fprintf(&b, " ack=%d", s.Ack)
		}
	}
	if s.Len > 0 {
		fmt.Fprintf(&b, " len=%d", s.Len)
	}
	return b.String()
}

func (s Segment) String() string {
	text := fmt.Sprintf("%s → %s  %s", s.From, s.To, s.Summary())
	if !s.Fate.Arrives() {
		text += "  (" + s.Fate.String() + ")"
	}
	return text
}
