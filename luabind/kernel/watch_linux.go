package kernel

import (
	"golang.org/x/sys/unix"

	"socksh/luabind/sock"
)

// afterwards returns the state of a connection that outlives its descriptor, or
// gone.
func (v *View) afterwards(h *sock.Handle) string {
	family, _ := h.Kind()
	e, err := v.ended(request{family: uint8(family), protocol: unix.IPPROTO_TCP, cookie: h.Cookie()})
	if err != nil {
		return "gone"
	}
	return e.state
}

func (v *View) glance(h *sock.Handle) glance {
	family, kind := h.Kind()
	if kind != unix.SOCK_STREAM || family != unix.AF_INET && family != unix.AF_INET6 {
		return glance{}
	}
	if h.Closed() {
		return glance{state: v.afterwards(h)}
	}
	info, err := unix.GetsockoptTCPInfo(h.FD, unix.IPPROTO_TCP, unix.TCP_INFO)
	if err != nil {
		return glance{}
	}
	g := glance{state: sock.TCPState(int(info.State))}
	if g.state == "LISTEN" {
		g.queue, g.backlog = int(info.Unacked), int(info.Sacked) // see tcp_diag_get_info, linux/net/ipv4/tcp_diag.c
	} else if n, err := unix.IoctlGetInt(h.FD, unix.SIOCINQ); err == nil {
		g.recv = n
	}
	return g
}
