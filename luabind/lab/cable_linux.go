package lab

import (
	"net/netip"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"socksh/luabind/journal"
	"socksh/luabind/loop"
	"socksh/luabind/wire"
)

// A cable joins the hosts. What they send waits at their ports until the cable takes
// it; then it goes on, is held, or is lost. Nothing happens behind its back: the
// kernels do their part within the call that delivers a frame.
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
	pumping bool
	dirty   bool // a kernel may have changed something that was not asked for
	busy    int  // frames delivered in the present pump
	task    *loop.Task
}

// A port is the cable's end of a host's interface.
type port struct {
	*tap
	host *Host
}

// own returns the port's tap, nil for no port.
func (p *port) own() *tap {
	if p == nil {
		return nil
	}
	return p.tap
}

// A frame is one on the cable.
type frame struct {
	journal.Segment
	bits     byte // of TCP: its flags
	from, to *port
	due      time.Time // when it arrives
	since    time.Time // when it was held
	repeats  int       // retransmissions that came while it was held
}

// childTable bounds the table of connections that each network gets: a dump walks
// all of it.
const childTable = "net.ipv4.tcp_child_ehash_entries=256"

// begin starts the helper, and the cable, if they do not run.
func (l *Lab) begin() error {
	if l.helper != nil {
		return nil
	}
	h, err := start()
	if err != nil {
		return err
	}
	l.helper = h
	h.ask(&request{op: opSysctl, text: childTable}) // best effort: older kernels have one table
	for _, s := range quiet {
		h.ask(&request{op: opSysctl, text: s[0] + "=" + s[1]})
	}
	c := &cable{lab: l, control: -1, routes: routes{-1}}
	l.cable = c
	ask := func(family, sotype, protocol int) int {
		fd := -1
		if err == nil {
			fd, _, err = h.ask(&request{op: opSocket, numbers: [3]int{family, sotype, protocol}})
		}
		return fd
	}
	c.control = ask(unix.AF_INET, unix.SOCK_DGRAM, 0)
	c.routes.fd = ask(unix.AF_NETLINK, unix.SOCK_RAW, unix.NETLINK_ROUTE)
	if err != nil {
		l.Close()
		return err
	}
	c.task = l.tab.Loop.Go(c.run)
	if l.OnBegin != nil {
		l.OnBegin()
	}
	return nil
}

// plug makes the port of a host, and the host's interface.
func (c *cable) plug(h *Host) (*port, error) {
	name := portName(h.number)
	if err := c.routes.pair(name, device, h.mac(), h.network); err != nil {
		return nil, err
	}
	index, err := indexOf(c.control, name)
	if err != nil {
		return nil, err
	}
	c.lab.helper.ask(&request{op: opSysctl, text: "net.ipv6.conf." + name + ".disable_ipv6=1"})
	if err := c.routes.up(index); err != nil {
		return nil, err
	}
	t, err := c.lab.listen(0, index)
	if err != nil {
		return nil, err
	}
	// Past the queueing discipline, which drops all until the interface is really up.
	if err := unix.SetsockoptInt(t.FD, unix.SOL_PACKET, unix.PACKET_QDISC_BYPASS, 1); err != nil {
		t.close()
		return nil, err
	}
	p := &port{t, h}
	c.ports = append(c.ports, p)
	return p, nil
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
	c.collect()
	for len(c.flight) > 0 && !c.flight[0].due.After(time.Now()) {
		f := c.flight[0]
		c.flight = c.flight[1:]
		c.deliver(f)
		c.collect()
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
				c.tell(&p, data, h.name+":lo")
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

// take decides what becomes of a frame that a host has sent.
func (c *cable) take(f *frame) {
	if slices.Contains(c.cuts, nil) || slices.Contains(c.cuts, f.from.host) || slices.Contains(c.cuts, f.to.host) {
		c.drop(f)
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
		c.drop(f)
		return
	case c.hold != nil && c.hold.fits(f):
		f.since = time.Now()
		c.held = append(c.held, f)
		c.note(f, journal.Held)
		return
	case found && deed == behind && c.aside == nil:
		c.aside = f
		c.note(f, journal.Held)
		return
	}
	c.send(f)
	if found && deed == twice {
		again := *f
		c.send(&again)
	}
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

// send puts a frame on its way.
func (c *cable) send(f *frame) {
	f.due = time.Now().Add(c.delay)
	i := len(c.flight)
	for i > 0 && c.flight[i-1].due.After(f.due) {
		i--
	}
	c.flight = slices.Insert(c.flight, i, f)
}

func (c *cable) drop(f *frame) {
	c.lost++
	c.note(f, journal.Dropped)
}

// deliver gives a frame to the host that it is for.
func (c *cable) deliver(f *frame) {
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

// tell adds a segment that was only seen.
func (c *cable) tell(p *wire.Packet, data []byte, where string) {
	j := c.lab.tab.Journal
	if j == nil {
		return
	}
	c.look()
	s := c.tracker.Segment(p)
	s.Fate, s.Where, s.Frame, s.At = journal.Seen, where, slices.Clone(data), j.Since(time.Now())
	j.Add(c.lab.tab.Loop.Current(), 0, s)
}

// heal ends all faults; what is held stays so.
func (c *cable) heal() {
	c.cuts, c.rules, c.delay = nil, nil, 0
	if late := c.aside; late != nil {
		c.aside = nil
		c.send(late)
	}
	c.pump()
}

func (c *cable) close() {
	if c.task != nil {
		c.task.Cancel()
	}
	for _, fd := range []int{c.control, c.routes.fd} {
		if fd >= 0 {
			unix.Close(fd)
		}
	}
}
