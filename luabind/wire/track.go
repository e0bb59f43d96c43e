package wire

import (
	"fmt"
	"net/netip"
	"strings"

	"socksh/luabind/journal"
)

// A Tracker follows connections, to tell the numbers of their segments as people
// count them. Its zero value is ready. It remembers the last few thousand directions.
//
// Sequence numbers are relative to the SYN of their direction, which is 0. Where that
// was not seen the first number that is seen counts as 1, as if the SYN had just
// passed; so after a handshake that nobody watched it goes on with seq=1 ack=1. A reset
// from one that has sent nothing yet, the answer to a SYN that nobody wants, keeps the
// number that it has: RFC 9293 makes it 0. Windows are scaled if both SYNs were
// seen, and offered that.
//
// Fragments of a packet get the ports of the first one, if that was seen before.
type Tracker struct {
	young, old map[ends]*side // a direction that is used moves to the young; when these are many they become the old
	fragments  map[fragment]ends
}

type ends struct{ from, to netip.AddrPort }

// A side is one direction of a connection.
type side struct {
	base  uint32 // the sequence number that counts as 0
	syn   bool   // it was seen
	began bool   // more than a SYN was seen
	scale int8   // -1 if none was offered
}

const (
	mostSides     = 4096
	mostFragments = 64
)

// Segment returns the event that tells of p. The tracker must be given all segments of
// a connection in the order in which they passed.
func (t *Tracker) Segment(p *Packet) journal.Segment {
	if p.fragment.protocol != 0 {
		t.reunite(p)
	}
	s := p.Segment
	if !p.whole {
		return s
	}
	there, back := ends{p.From, p.To}, ends{p.To, p.From}
	own, other := t.side(there), t.side(back)
	syn, ack := p.Bits&SYN != 0, p.Bits&ACK != 0
	if syn && (own == nil || !own.syn || own.base != p.Seq) {
		if !ack && other != nil && other.began { // the same addresses, another connection
			delete(t.young, back)
			other = nil
		}
		own = t.put(there, side{base: p.Seq, syn: true, scale: p.scale})
	}
	if own == nil {
		own = &side{scale: -1}
		if p.Bits&RST == 0 {
			own = t.put(there, side{base: p.Seq - 1, scale: -1})
		}
	}
	if ack && other == nil {
		other = t.put(back, side{base: p.Ack - 1, scale: -1})
	}
	own.began = own.began || !syn
	s.Seq -= own.base
	if ack {
		s.Ack -= other.base
		if !syn && own.scale >= 0 && other.scale >= 0 {
			s.Window <<= own.scale
		}
		if p.sacks > 0 {
			s.Options = p.sackText(other.base)
		}
	}
	return s
}

// sackText tells the blocks that have come beyond a gap, relative to base.
func (p *Packet) sackText(base uint32) string {
	var b strings.Builder
	b.WriteString("sack")
	for _, block := range p.sack[:p.sacks] {
		fmt.Fprintf(&b, " %d-%d", block[0]-base, block[1]-base)
	}
	return b.String()
}

func (t *Tracker) side(e ends) *side {
	if s := t.young[e]; s != nil {
		return s
	}
	if s := t.old[e]; s != nil {
		return t.put(e, *s)
	}
	return nil
}

func (t *Tracker) put(e ends, s side) *side {
	delete(t.old, e)
	if len(t.young) >= mostSides {
		t.old, t.young = t.young, nil
	}
	if t.young == nil {
		t.young = make(map[ends]*side)
	}
	t.young[e] = &s
	return &s
}

// reunite notes the ports of a packet's first fragment, and gives them to the later ones.
func (t *Tracker) reunite(p *Packet) {
	key := p.fragment
	if key.later = false; !p.fragment.later {
		if t.fragments == nil || len(t.fragments) >= mostFragments {
			t.fragments = make(map[fragment]ends)
		}
		t.fragments[key] = ends{p.From, p.To}
	} else if of, known := t.fragments[key]; known {
		p.From, p.To = of.from, of.to
	}
}
