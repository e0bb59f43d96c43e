package lab

import (
	"fmt"
	"strings"
	"time"

	"socksh/luabind/sock"
)

func add(v sock.Value, name string, value sock.Value) sock.Value {
	v.Any = append(v.Any.([]sock.Field), sock.Field{Name: name, Value: value})
	return v
}

// timer returns which kernel's timer runs while a frame is held: its sender's, or that of
// the one which waits for it. It is "" for none.
func (c *cable) timer(f *frame) (at *port, timer string, left time.Duration) {
	if timer, left = c.lab.view.Timer(f.from.host, f.From, f.To); timer != "" {
		return f.from, timer, left
	}
	timer, left = c.lab.view.Timer(f.to.host, f.To, f.From)
	return f.to, timer, left
}

// describe is what is on the cable.
func (c *cable) describe() sock.Value {
	var held, flight, faults []sock.Value
	for _, f := range c.held {
		v := add(f.value(), "held", sock.Seconds(time.Since(f.since)))
		if f.repeats > 0 {
			v = add(v, "repeats", sock.Num(f.repeats))
		}
		if at, timer, left := c.timer(f); timer != "" {
			v = add(add(add(v, "timer", sock.Str(timer)), "expires", sock.Seconds(left)), "at", sock.Str(at.host.name))
		}
		held = append(held, v)
	}
	var aside []sock.Value
	if c.aside != nil {
		aside = append(aside, c.aside.value())
	}
	for _, f := range c.flight {
		if f.lost {
			continue
		}
		flight = append(flight, add(f.value(), "arrives", sock.Seconds(max(0, time.Until(f.due)))))
	}
	fault := func(format string, args ...any) {
		faults = append(faults, sock.Str(strings.TrimSpace(fmt.Sprintf(format, args...))))
	}
	if c.hold != nil {
		fault("hold %s", c.hold)
	}
	for _, r := range c.rules {
		count := "all"
		if r.left != always {
			count = fmt.Sprint(r.left)
		}
		fault("%s %s %s", deeds[r.deed], count, r.filter)
	}
	for _, h := range c.cuts {
		if h == nil {
			fault("cut")
		} else {
			fault("cut %s", h.name)
		}
	}
	if c.delay > 0 {
		fault("delay %s", c.delay)
	}
	for _, p := range c.ports {
		c.missed += p.missed()
	}
	if c.missed > 0 {
		fault("%d segments more were lost because they came too fast", c.missed)
	}
	list := func(v []sock.Value) sock.Value { return sock.Value{Type: sock.List, Any: v} }
	return sock.Value{Type: sock.Record, Any: []sock.Field{{Name: "held", Value: list(held)}, {Name: "overtaken", Value: list(aside)}, {Name: "in_flight", Value: list(flight)},
		{Name: "lost", Value: sock.Num(c.lost)}, {Name: "repeated", Value: sock.Num(c.again)}, {Name: "faults", Value: list(faults)}}}
}
