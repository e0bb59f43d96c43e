package kernel

import (
	"net/netip"

	"golang.org/x/sys/unix"

	"socksh/luabind/sock"
)

// afterwards returns the state of a connection that outlives its descriptor, or
// gone.
func (v *View) afterwards(h *sock.Handle, at ends) string {
	family, _ := h.Kind()
	r := request{host: h.Host, family: uint8(family), protocol: unix.IPPROTO_TCP, cookie: h.Cookie(), local: at.local, peer: at.peer}
	if r.cookie == 0 { // it was reset
		return "gone"
	}
	ask := v.ended
	if r.peer.IsValid() {
		ask = v.exact
	}
	e, err := ask(r)
	if err != nil {
		return "gone"
	}
	return e.state
}

// glance looks at h, whose ends were those before.
func (v *View) glance(tab *sock.Table, h *sock.Handle, before ends) glance {
	family, kind := h.Kind()
	if kind != unix.SOCK_STREAM || family != unix.AF_INET && family != unix.AF_INET6 {
		return glance{}
	}
	if h.Closed() {
		return glance{state: v.afterwards(h, before), ends: before}
	}
	info, err := unix.GetsockoptTCPInfo(h.FD, unix.IPPROTO_TCP, unix.TCP_INFO)
	if err != nil {
		return glance{}
	}
	g := glance{state: sock.TCPState(int(info.State)), ends: before}
	switch {
	case g.state == "CLOSE": // what has come before a reset can still be read
	case g.state == "LISTEN":
		g.queue, g.backlog = int(info.Unacked), int(info.Sacked) // see tcp_diag_get_info, linux/net/ipv4/tcp_diag.c
		if !before.local.IsValid() || before.peer.IsValid() {
			g.ends.local, g.ends.peer = tab.Ends(h)
		}
		if h.Host != nil { // elsewhere a dump takes too long, and handshakes are over at once
			g.halves = v.incomplete(h, g.ends)
		}
		return g
	case !before.peer.IsValid():
		g.ends.local, g.ends.peer = tab.Ends(h)
	}
	if n, err := unix.IoctlGetInt(h.FD, unix.SIOCINQ); err == nil {
		g.recv = n
	}
	return g
}

// incomplete returns how many handshakes with a listener are under way.
func (v *View) incomplete(h *sock.Handle, at ends) int {
	family, _ := h.Kind()
	all, err := v.dump(request{host: h.Host, family: uint8(family), protocol: unix.IPPROTO_TCP, states: synReceived, local: netip.AddrPortFrom(netip.Addr{}, at.local.Port())})
	if err != nil {
		return 0
	}
	n := 0
	for _, e := range all {
		if e.inode == 0 && (at.local.Addr().IsUnspecified() || e.local == at.local.String()) {
			n++
		}
	}
	return n
}
