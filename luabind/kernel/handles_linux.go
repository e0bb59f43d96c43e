package kernel

import (
	"slices"

	"golang.org/x/sys/unix"

	"socksh/luabind/sock"
)

// leftovers are the connections that outlive their descriptors, by where they were made and
// their cookies. A kernel is asked when the first of them is wanted.
type leftovers struct {
	view *View
	tab  *sock.Table
	all  map[origin]map[uint64]entry
}

// An origin is what a dump is about: it goes through all of a kernel's connections.
type origin struct {
	host   sock.Host
	family uint8
}

func (v *View) leftovers(tab *sock.Table) *leftovers {
	return &leftovers{view: v, tab: tab, all: make(map[origin]map[uint64]entry)}
}

// of returns what is left of a handle's connection.
func (l *leftovers) of(h *sock.Handle) (entry, bool) {
	family, _ := h.Kind()
	if family != unix.AF_INET && family != unix.AF_INET6 {
		return entry{}, false
	}
	from := origin{h.Host, uint8(family)}
	all, asked := l.all[from]
	if !asked {
		all = make(map[uint64]entry)
		l.all[from] = all
		among := make(map[uint64]bool)
		for _, h := range slices.Concat(l.tab.Handles(), l.tab.Ended()) {
			among[h.Cookie()] = true
		}
		entries, _ := l.view.dump(request{host: h.Host, family: from.family, protocol: unix.IPPROTO_TCP, states: ending, among: among}) // without them nothing is known
		for _, e := range entries {
			all[e.cookie] = e
		}
	}
	cookie := h.Cookie()
	e, ok := all[cookie]
	return e, ok && cookie != 0
}

// present returns what the kernel says of an open handle, if it is TCP's.
func (v *View) present(tab *sock.Table, h *sock.Handle, left *leftovers) (entry, bool) {
	g := v.glance(tab, h, ends{})
	switch {
	case g.state == "":
		return entry{}, false
	case g.state == "CLOSE":
		if e, ok := left.of(h); ok {
			return e, true
		}
		return entry{state: g.state}, true
	}
	e, err := v.entry(tab, h)
	return e, err == nil
}
