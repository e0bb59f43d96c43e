package kernel

import (
	"golang.org/x/sys/unix"

	"socksh/luabind/sock"
)

// leftovers are the connections that outlive their descriptors, by their network and
// their cookies. A kernel is asked when the first of them is wanted.
type leftovers struct {
	view *View
	all  map[sock.Host]map[uint64]entry
}

func (v *View) leftovers() *leftovers {
	return &leftovers{view: v, all: make(map[sock.Host]map[uint64]entry)}
}

// of returns what is left of a handle's connection.
func (l *leftovers) of(h *sock.Handle) (entry, bool) {
	all, asked := l.all[h.Host]
	if !asked {
		all = make(map[uint64]entry)
		l.all[h.Host] = all
		for _, family := range []uint8{unix.AF_INET, unix.AF_INET6} {
			entries, err := l.view.dump(request{host: h.Host, family: family, protocol: unix.IPPROTO_TCP, states: ending})
			if err != nil {
				continue // then nothing is known of them
			}
			for _, e := range entries {
				all[e.cookie] = e
			}
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
