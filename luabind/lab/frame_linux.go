package lab

import (
	"slices"
	"time"

	"socksh/luabind/journal"
	"socksh/luabind/sock"
	"socksh/luabind/wire"
)

// A frame is one on the cable.
type frame struct {
	journal.Segment
	bits     byte // of TCP: its flags
	from, to *port
	due      time.Time // when it arrives
	since    time.Time // when it was held
	lost     bool
	repeats  int // retransmissions that came while it was held
}

// text tells of the frame in words: "client → server  SYN seq=0".
func (f *frame) text() string {
	return f.from.host.name + " → " + f.to.host.name + "  " + f.Summary()
}

// value is the frame as a record.
func (f *frame) value() sock.Value {
	fields := []sock.Field{
		{Name: "from", Value: sock.Str(f.from.host.name)}, {Name: "to", Value: sock.Str(f.to.host.name)},
		{Name: "protocol", Value: sock.Str(f.Protocol)}, {Name: "flags", Value: sock.Str(f.Flags)},
		{Name: "seq", Value: sock.Num(int(f.Seq))}, {Name: "ack", Value: sock.Num(int(f.Ack))}, {Name: "len", Value: sock.Num(f.Len)}}
	return sock.Value{Type: sock.Record, Any: fields, Str: f.text()}
}

func segments(all []*frame) sock.Value {
	var list []sock.Value
	for _, f := range all {
		list = append(list, f.value())
	}
	return sock.Value{Type: sock.List, Any: list}
}

// take decides what becomes of a frame that a host has sent.
func (c *cable) take(f *frame) {
	if slices.Contains(c.cuts, nil) || slices.Contains(c.cuts, f.from.host) || slices.Contains(c.cuts, f.to.host) {
		c.lose(f)
		return
	}
	if first := c.heldBefore(f); first != nil { // the kernel's timer has run out meanwhile
		first.repeats++
		c.again++
		c.note(f, journal.Repeated)
		return
	}
	deed, found := c.deedFor(f)
	switch {
	case found && deed == lose:
		c.lose(f)
		return
	case c.hold != nil && c.hold.fits(f):
		f.since = time.Now()
		c.held = append(c.held, f)
		c.note(f, journal.Held)
		return
	case found && deed == behind && c.aside == nil:
		c.aside = f
		c.note(f, journal.Overtaken)
		return
	}
	c.send(f)
	if found && deed == twice {
		again := *f
		c.send(&again)
	}
	c.sendLate()
}

// sendLate sends the frame that was to be overtaken.
func (c *cable) sendLate() {
	if late := c.aside; late != nil {
		c.aside = nil
		c.send(late)
	}
}

// deedFor returns what a rule does with a frame, the oldest rule that fits.
func (c *cable) deedFor(f *frame) (deed, bool) {
	for i, r := range c.rules {
		if !r.fits(f) {
			continue
		}
		if r.left != always {
			r.left--
		}
		if r.left == 0 {
			c.rules = slices.Delete(c.rules, i, i+1)
		}
		return r.deed, true
	}
	return 0, false
}

// rule adds a fault to come, if there is something left of it.
func (c *cable) rule(f *filter, d deed, n int) {
	if n != 0 {
		c.rules = append(c.rules, &rule{f, d, n})
	}
}

// send puts a frame on its way.
func (c *cable) send(f *frame) {
	f.due = time.Now().Add(c.delay)
	i := len(c.flight)
	for i > 0 && c.flight[i-1].due.After(f.due) {
		i--
	}
	c.flight = slices.Insert(c.flight, i, f)
}

// lose sends a frame that will not arrive: it is told in its turn, and no other waits for it.
func (c *cable) lose(f *frame) {
	f.lost = true
	c.lost++
	c.send(f)
}

// deliver gives a frame to the host that it is for, if it is not lost.
func (c *cable) deliver(f *frame) {
	if f.lost {
		c.note(f, journal.Dropped)
		return
	}
	c.note(f, journal.Delivered)
	f.to.write(f.Frame) // a host whose queue is full loses it, as on any wire
	c.dirty = true
	c.busy++
}

func (c *cable) note(f *frame, fate journal.Fate) {
	j := c.lab.tab.Journal
	if j == nil {
		return
	}
	c.look() // what led to it comes before
	f.Fate, f.At = fate, j.Since(time.Now())
	j.Add(c.lab.tab.Loop.Current(), 0, f.Segment)
}

// tell adds a segment that was only seen, on a host's loopback. That has carried it when it
// is read here, so what it has changed comes after.
func (c *cable) tell(p *wire.Packet, data []byte, on *Host) {
	j := c.lab.tab.Journal
	if j == nil {
		return
	}
	s := on.tracker.Segment(p)
	s.FromHost, s.ToHost = on.name, on.name
	s.Fate, s.Where, s.Frame, s.At = journal.Seen, on.name+":lo", slices.Clone(data), j.Since(time.Now())
	j.Add(c.lab.tab.Loop.Current(), 0, s)
}
