package lab

import "socksh/luabind/wire"

// heldBefore returns the held frame that f repeats, or nil. Segments that carry
// nothing are no repetitions: each acknowledges by itself.
func (c *cable) heldBefore(f *frame) *frame {
	if f.Protocol != "TCP" || f.Len == 0 && f.bits&(wire.SYN|wire.FIN) == 0 {
		return nil
	}
	for _, h := range c.held {
		if h.From == f.From && h.To == f.To && h.Seq == f.Seq && h.Len == f.Len && marks(h.bits) == marks(f.bits) {
			return h
		}
	}
	return nil
}

// marks are the flags that a repetition has in common with the first one: an ACK may be
// new, but a SYN+ACK is no repetition of a SYN.
func marks(bits byte) byte {
	if bits&wire.SYN != 0 {
		return bits
	}
	return bits & wire.FIN
}

// step delivers the next n held frames one by one, each with all that follows of it.
func (c *cable) step(n int) []*frame {
	var out []*frame
	for ; n > 0 && len(c.held) > 0; n-- {
		f := c.held[0]
		c.held = c.held[1:]
		out = append(out, f)
		c.send(f)
		c.pump()
	}
	return out
}

// release holds nothing any more, and lets go of what was held.
func (c *cable) release() []*frame {
	c.hold = nil
	return c.step(len(c.held))
}
