package kernel

import (
	"cmp"
	"net/netip"
	"slices"

	"socksh/luabind/journal"
	"socksh/luabind/sock"
)

// A Watch tells a journal what the kernel has changed: states, the queues of
// listeners, data that has come. It looks at TCP handles, the closed ones among
// them as long as the kernel keeps their connections.
type Watch struct {
	// Before is told of the changes that were found together before the journal is, if it
	// is not nil.
	Before func([]journal.Event)

	view    *View
	tab     *sock.Table
	log     *journal.Journal
	known   map[*sock.Handle]glance
	ends    map[ends]*sock.Handle          // connections by their addresses, so that a call on one finds the other
	counted map[sock.Host]map[string]int64 // the counters when they were last read, nil while nobody wants them
	byPort  map[uint16]*sock.Handle        // listeners
	news    []journal.Event                // what was found, to be told
}

// A glance is what is cheap to ask of one handle: about a microsecond.
type glance struct {
	state   string // "" for one that is not TCP
	recv    int    // bytes to read
	queue   int    // of a listener: connections that wait, and
	backlog int    // how many may
	halves  int    // of a listener in a lab: handshakes under way
	ends    ends
}

type ends struct{ local, peer netip.AddrPort }

// A watch that has few handles looks at all of them after each call. Of more it
// looks at those that the call concerns, and at the youngest when all are asked for.
const (
	few  = 32
	most = 500
)

// Watch has the journal told of all changes from now on. What is there already is
// taken for known.
func (v *View) Watch(tab *sock.Table, log *journal.Journal) *Watch {
	w := &Watch{view: v, tab: tab, log: log, known: make(map[*sock.Handle]glance), ends: make(map[ends]*sock.Handle), byPort: make(map[uint16]*sock.Handle)}
	for _, h := range tab.Youngest(most) {
		w.learn(h, v.glance(tab, h, ends{}))
	}
	log.OnReturn = append(log.OnReturn, w.look)
	return w
}

// telling are the counters that say what no call tells: that something was dropped,
// repeated, given up or reset. See linux/snmp.h and net/ipv4/proc.c.
var telling = []string{
	"ListenOverflows", "ListenDrops", "TCPReqQFullDrop", "TCPReqQFullDoCookies", "TCPBacklogDrop", "TCPRcvQDrop", "TCPZeroWindowDrop", "TCPOFODrop",
	"TcpRetransSegs", "TCPSynRetrans", "TCPTimeouts", "TCPLossProbes", "TCPKeepAlive", "TCPWinProbe", "TCPToZeroWindowAdv", "TCPFromZeroWindowAdv",
	"TcpAttemptFails", "TcpEstabResets", "TcpOutRsts", "TCPAbortOnData", "TCPAbortOnClose", "TCPAbortOnTimeout", "TCPAbortOnLinger", "TCPAbortOnMemory",
	"UdpNoPorts", "UdpInErrors", "UdpRcvbufErrors", "UdpSndbufErrors",
}

// Counters has the watch tell also which of the telling counters of this network have
// moved, whatever program moved them. They are read when all changes are asked for:
// that takes about 0.2 ms.
func (w *Watch) Counters(on bool) {
	if w.counted = nil; on {
		w.counted = make(map[sock.Host]map[string]int64)
		for _, host := range w.networks() {
			w.counted[host], _ = w.view.readCounters(host) // without them nothing is told
		}
	}
}

// networks are the real one and those of the hosts.
func (w *Watch) networks() []sock.Host {
	all := []sock.Host{nil}
	if w.tab.Hosts != nil {
		all = append(all, w.tab.Hosts()...)
	}
	return all
}

func (w *Watch) lookAtCounters() {
	for _, host := range w.networks() {
		now, err := w.view.readCounters(host)
		if err != nil {
			continue
		}
		before := w.counted[host]
		for _, name := range telling {
			if by := now[name] - before[name]; before != nil && by > 0 {
				w.log.Add(w.tab.Loop.Current(), 0, journal.Counter{Name: name, By: by, Host: sock.HostName(host)})
			}
		}
		w.counted[host] = now
	}
}

// look tells what has changed at the handle with number n and at those that it is
// connected to, or at all for 0.
func (w *Watch) look(n int) {
	if n == 0 && w.counted != nil {
		w.lookAtCounters()
	}
	var all []*sock.Handle
	if open := w.tab.Youngest(few + 1); n == 0 || len(open) <= few && len(w.known) <= 2*few {
		all = w.tab.Youngest(most)
		for h := range w.known {
			if h.Closed() {
				all = append(all, h)
			}
		}
	} else {
		all = w.concerned(n, open)
	}
	slices.SortFunc(all, func(a, b *sock.Handle) int { return cmp.Compare(a.N, b.N) })
	for _, h := range slices.Compact(all) {
		w.ask(h)
	}
	if w.Before != nil && len(w.news) > 0 {
		w.Before(w.news)
	}
	for _, e := range w.news {
		w.log.Add(w.tab.Loop.Current(), e.Handle, e.Fact)
	}
	w.news = w.news[:0]
}

// concerned returns handle n, its peer, the listener that they came by, and those
// of the youngest that are new.
func (w *Watch) concerned(n int, youngest []*sock.Handle) []*sock.Handle {
	var all []*sock.Handle
	for _, h := range youngest {
		if _, known := w.known[h]; !known {
			all = append(all, h)
		}
	}
	about := w.tab.Known(n)
	if about == nil {
		return all
	}
	all = append(all, about)
	w.ask(about)
	e := w.known[about].ends
	if peer := w.ends[ends{e.peer, e.local}]; peer != nil {
		all = append(all, peer)
	}
	for _, port := range []uint16{e.local.Port(), e.peer.Port()} {
		if l := w.byPort[port]; l != nil && port != 0 {
			all = append(all, l)
		}
	}
	return all
}

// learn notes what a handle is like now.
func (w *Watch) learn(h *sock.Handle, g glance) {
	if g.state == "gone" || g.state == "" && h.Closed() {
		delete(w.known, h)
		if w.ends[g.ends] == h {
			delete(w.ends, g.ends)
		}
		return
	}
	if w.byPort[g.ends.local.Port()] == h && g.state != "LISTEN" {
		delete(w.byPort, g.ends.local.Port())
	}
	w.known[h] = g
	switch {
	case g.state == "LISTEN":
		w.byPort[g.ends.local.Port()] = h
	case g.ends.peer.IsValid():
		w.ends[g.ends] = h
	}
}

// ask finds what has changed at one handle.
func (w *Watch) ask(h *sock.Handle) {
	before, known := w.known[h]
	now := w.view.glance(w.tab, h, before.ends)
	if known && now.state == "CLOSE" && before.state != "CLOSE" && !h.Closed() {
		// The descriptor says so while the kernel keeps the connection's TIME_WAIT.
		if state := w.view.afterwards(h, now.ends); state != "gone" {
			now.state = state
		}
	}
	w.learn(h, now)
	if now.state == "" {
		return
	}
	tell := func(f journal.Fact) { w.news = append(w.news, journal.Event{Handle: h.N, Fact: f}) }
	if now.state != before.state && (known || now.state != "CLOSE") {
		tell(journal.State{Before: before.state, After: now.state, Local: now.ends.local, Peer: now.ends.peer, Closed: h.Closed()})
	}
	if now.halves != before.halves {
		tell(journal.Queue{Name: "incomplete", Before: before.halves, After: now.halves, Local: now.ends.local})
	}
	if now.queue != before.queue {
		backlog := now.backlog
		if now.state == "gone" {
			backlog = before.backlog
		}
		tell(journal.Queue{Name: "completed", Before: before.queue, After: now.queue, Limit: backlog + 1, Local: now.ends.local})
	}
	if now.recv != before.recv {
		tell(journal.Queue{Name: "receive", Before: before.recv, After: now.recv, Local: now.ends.local})
	}
}
