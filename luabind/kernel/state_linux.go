package kernel

import (
	"net/netip"

	"golang.org/x/sys/unix"

	"socksh/luabind/sock"
)

// entry returns what the kernel says of a TCP handle, open or closed.
func (v *View) entry(tab *sock.Table, h *sock.Handle) (entry, error) {
	family, kind := h.Kind()
	if kind != unix.SOCK_STREAM || family != unix.AF_INET && family != unix.AF_INET6 {
		return entry{}, unix.EOPNOTSUPP
	}
	r := request{family: uint8(family), protocol: unix.IPPROTO_TCP, cookie: h.Cookie(), host: h.Host}
	if h.Closed() {
		return v.ended(r)
	}
	info, err := unix.GetsockoptTCPInfo(h.FD, unix.IPPROTO_TCP, unix.TCP_INFO)
	if err != nil {
		return entry{}, err
	}
	e := entry{state: sock.TCPState(int(info.State))}
	if e.state == "CLOSE" {
		// The descriptor says so while the kernel keeps the connection's TIME_WAIT.
		if after, err := v.ended(r); err == nil && after.state != "gone" {
			return after, nil
		}
		return e, nil
	}
	r.local, r.peer = tab.Ends(h)
	if !r.local.IsValid() {
		return e, nil
	}
	var full entry
	if r.peer.IsValid() || e.state == "LISTEN" {
		full, err = v.exact(r)
	} else { // getpeername(2) does not tell to whom a SYN was sent
		full, err = v.find(r, everyState)
	}
	if err == unix.ENOENT { // it has ended meanwhile
		return e, nil
	}
	return full, err
}

// ended finds a connection among those that outlive their descriptor.
func (v *View) ended(r request) (entry, error) {
	e, err := v.find(r, ending)
	if err == unix.ENOENT {
		return entry{state: "gone"}, nil
	}
	return e, err
}

// find looks for the socket of r by its cookie, among those in the states and with
// the local port of r, if that has one.
func (v *View) find(r request, states uint32) (entry, error) {
	all, err := v.dump(request{host: r.host, family: r.family, protocol: r.protocol, states: states, local: netip.AddrPortFrom(netip.Addr{}, r.local.Port()),
		among: map[uint64]bool{r.cookie: true}})
	switch {
	case err != nil:
		return entry{}, err
	case len(all) == 0:
		return entry{}, unix.ENOENT
	}
	return all[0], nil
}
