package lab

import (
	"net/netip"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"socksh/luabind/loop"
	"socksh/luabind/wire"
)

// A cable joins the hosts. What they send waits at their ports until the cable takes
// it; then it goes on, is held, or is lost. Nothing happens behind its back: the
// kernels do their part within the call that delivers a frame, or the cable waits for them.
type cable struct {
	lab     *Lab
	control int // a socket in the cable's own network, for ioctl
	routes  routes
	ports   []*port
	tracker wire.Tracker

	hold    *filter // what is held; nil for nothing
	held    []*frame
	flight  []*frame // on their way, the next to arrive first
	rules   []*rule
	cuts    []*Host // hosts that are cut off; nil for all
	delay   time.Duration
	aside   *frame // waits for the one that overtakes it
	lost    int    // frames, ever
	again   int    // repetitions of what is held, ever
	missed  int    // frames that the kernel dropped: see tap
	backlog backlog
	pumping bool
	dirty   bool // a kernel may have changed something that was not asked for
	busy    int  // frames delivered in the present pump
	task    *loop.Task
}

// run moves what comes while no call does it.
func (c *cable) run(t *loop.Task) error {
	for t.Interrupted() == nil { // without hosts there is nothing to watch that would tell
		c.pump()
		for _, h := range c.lab.hosts {
			for _, s := range []*loop.Source{&h.port.Source, &h.loopback.Source} {
				if err := t.Watch(s, loop.Read); err != nil {
					return err
				}
			}
		}
		var due time.Time
		if len(c.flight) > 0 {
			due = c.flight[0].due
		}
		if err := t.WaitWatched(due); err != nil && (err != loop.ErrTimeout || t.Cancelled()) {
			return err
		}
	}
	return t.Interrupted()
}

// pump moves frames until none moves any more, and tells the journal of each. Frames
// that are delayed stay in flight until their time.
func (c *cable) pump() {
	if c.pumping {
		return
	}
	c.pumping, c.dirty, c.busy = true, true, 0
	defer func() { c.pumping = false }()
	for range drainRounds {
		c.collect()
		for len(c.flight) > 0 && !c.flight[0].due.After(time.Now()) {
			f := c.flight[0]
			c.flight = c.flight[1:]
			c.deliver(f)
			c.collect()
		}
		if !c.backlog.drained() {
			break
		}
	}
	if c.busy > 0 {
		c.busy = 0
		c.look()
	}
	if len(c.flight) > 0 && c.lab.tab.Loop.Current() != c.task {
		c.task.Nudge() // it waits until the next one arrives
	}
}

// lookMost is after how many frames of one pump the kernels are not asked after each
// any more: who sends that much does not step through it.
const lookMost = 64

// look has the journal told what the kernels have changed.
func (c *cable) look() {
	if j := c.lab.tab.Journal; j != nil && c.dirty && c.busy < lookMost {
		c.dirty = false
		j.Look()
	}
}

// collect takes what the hosts have sent, and decides what becomes of it.
func (c *cable) collect() {
	for _, h := range c.lab.hosts {
		for data := h.loopback.next(); data != nil; data = h.loopback.next() {
			if p, ok := wire.Decode(data); ok {
				c.tell(&p, data, h)
			}
		}
	}
	for _, p := range c.ports {
		for data := p.next(); data != nil; data = p.next() {
			pk, ok := wire.Decode(data)
			to := c.portOf(pk.To.Addr())
			if !ok || to == nil || to == p {
				continue // no IP, or for nobody here: nothing answers to that address
			}
			f := &frame{Segment: c.tracker.Segment(&pk), bits: pk.Bits, from: p, to: to}
			f.Frame, f.Where = slices.Clone(data), "cable"
			f.FromHost, f.ToHost = p.host.name, to.host.name
			c.take(f)
		}
	}
}

func (c *cable) portOf(ip netip.Addr) *port {
	for _, p := range c.ports {
		if slices.Contains(p.host.addresses, ip) {
			return p
		}
	}
	return nil
}

func (c *cable) close() {
	if c.task != nil {
		c.task.Cancel()
	}
	c.backlog.close()
	for _, fd := range []int{c.control, c.routes.fd} {
		if fd >= 0 {
			unix.Close(fd)
		}
	}
}
