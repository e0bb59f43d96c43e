package journal

import (
	"net/netip"
	"slices"
	"strconv"
)

// A party is what is known of a handle.
type party struct {
	lane    int
	name    string
	ends    [][2]netip.AddrPort // own and peer addresses that it has had
	listens bool
	madeBy  int // the call
}

func (h *party) at(local, peer netip.AddrPort) {
	if pair := [2]netip.AddrPort{local, peer}; local.IsValid() && !slices.Contains(h.ends, pair) {
		h.ends = append(h.ends, pair)
	}
}

type lane struct {
	Lane
	key   string
	place int // listening, outside, or 0
	host  bool

	onLoopback bool // so is its address
}

// Where lanes stand that are not just sockets.
const (
	listening = 1 + iota
	outside
)

type painter struct {
	all     []lane
	lanes   map[string]int // by key
	handles map[int]*party
	calls   map[int]int // the row of a call's begin, by N
	rows    []Row
}

func (p *painter) lane(key, title, address string) int {
	if i, ok := p.lanes[key]; ok {
		return i
	}
	p.lanes[key] = len(p.all)
	p.all = append(p.all, lane{Lane: Lane{title, address}, key: key})
	return len(p.all) - 1
}

// meet learns from an event who takes part.
func (p *painter) meet(e Event) {
	switch f := e.Fact.(type) {
	case Socket:
		p.meetSocket(e, f)
	case State:
		h := p.handle(e.Handle)
		if f.After == "LISTEN" {
			h.listens = true
			p.all[h.lane].place = listening
		}
		h.at(f.Local, f.Peer)
	}
	if e.Handle != 0 {
		p.handle(e.Handle)
	}
}

func (p *painter) meetSocket(e Event, f Socket) {
	h := p.handles[e.Handle]
	if h == nil {
		h = &party{lane: -1, madeBy: e.During}
		p.handles[e.Handle] = h
		switch {
		case f.Host != "":
			h.lane = p.lane("host "+f.Host, f.Host, "")
			p.all[h.lane].host = true
		case f.Of != 0:
			h.lane = p.handle(f.Of).lane
		default:
			h.lane = p.lane("handle "+strconv.Itoa(e.Handle), strconv.Itoa(e.Handle), "")
		}
	}
	if f.Name != "" {
		h.name = f.Name
	}
	if f.Listens {
		h.listens, p.all[h.lane].place = true, listening
	}
	local, _ := netip.ParseAddrPort(f.Local)
	peer, _ := netip.ParseAddrPort(f.Peer)
	h.at(local, peer)
	l := &p.all[h.lane]
	if l.key == "handle "+strconv.Itoa(e.Handle) {
		if l.Title = strconv.Itoa(e.Handle); f.Name != "" {
			l.Title += " " + f.Name
		}
		if f.Listens || local.Port() != 0 && !local.Addr().IsUnspecified() || !local.IsValid() {
			l.Address = f.Local
		}
	} else if l.host && local.IsValid() && !local.Addr().IsUnspecified() && (l.Address == "" || l.onLoopback && !local.Addr().IsLoopback()) {
		l.Address, l.onLoopback = local.Addr().String(), local.Addr().IsLoopback()
	}
}

// handle returns what is known of handle n, whose making may be too long ago.
func (p *painter) handle(n int) *party {
	if h := p.handles[n]; h != nil {
		return h
	}
	title := strconv.Itoa(n)
	h := &party{lane: p.lane("handle "+title, title, "")}
	p.handles[n] = h
	return h
}

// laneOf returns the lane of an address that talks with another: that of the host, if it
// is one's of a lab; of the socket of that connection, of one that has the address, of the
// listener of its port; else of a peer that is none of ours.
func (p *painter) laneOf(host string, own, other netip.AddrPort) int {
	if i, known := p.lanes["host "+host]; known && host != "" {
		return i
	}
	best, rank := 0, 0
	for n, h := range p.handles {
		for _, e := range h.ends {
			r := 0
			switch {
			case e[0] == own && e[1] == other:
				r = 3
			case e[0] == own:
				r = 2
			case h.listens && e[0].Port() == own.Port() && e[0].Addr().IsUnspecified():
				r = 1
			}
			if r > rank || r == rank && r > 0 && n > best {
				best, rank = n, r
			}
		}
	}
	if best > 0 {
		return p.handles[best].lane
	}
	i := p.lane("peer "+own.String(), "peer", own.String())
	p.all[i].place = outside
	return i
}

// order returns the lanes that something happens at, as they stand from left to right:
// after the others those that listen, then peers.
func (p *painter) order() []int {
	var order []int
	seen := make(map[int]bool)
	see := func(lane int) {
		if !seen[lane] {
			seen[lane] = true
			order = append(order, lane)
		}
	}
	for _, r := range p.rows {
		if r.Arrow != nil {
			see(r.Arrow.From)
			see(r.Arrow.To)
		}
		for _, m := range r.Marks {
			see(m.Lane)
		}
	}
	slices.Sort(order)
	slices.SortStableFunc(order, func(a, b int) int { return p.all[a].place - p.all[b].place })
	return order
}
