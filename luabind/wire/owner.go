package wire

import (
	"net/netip"
	"time"

	"golang.org/x/sys/unix"

	"socksh/luabind/sock"
)

// owners finds the handles that a packet concerns, by its ends.
type owners struct {
	connected map[pair]*place
	bound     map[local]*place // and those that listen; the unspecified address is all of them
	raw       []*place         // they get a copy of all packets of their protocol
	places    map[*sock.Handle]*place
}

// A place is where a handle was last seen.
type place struct {
	handle    *sock.Handle
	host      string // of a lab, "" for the real network
	protocol  string
	own, peer netip.AddrPort
	since     time.Time // when it was found closed
}

type pair struct {
	host, protocol string
	own, peer      netip.AddrPort
}

type local struct {
	host, protocol string
	own            netip.AddrPort
}

// A closed handle has segments for as long as the kernel may keep its connection. Of all
// places so many are kept before those of closed handles are looked through.
const (
	afterlife  = 2 * time.Minute
	mostPlaces = 4096
)

// learn notes where h is now. Where it was stays known if it is closed.
func (o *owners) learn(tab *sock.Table, h *sock.Handle) {
	family, sotype := h.Kind()
	if h.Closed() || family != unix.AF_INET && family != unix.AF_INET6 {
		return
	}
	own, peer := tab.Ends(h)
	own, peer = plain(own), plain(peer)
	before := o.places[h]
	if before != nil && before.own == own && before.peer == peer {
		return
	}
	if o.places == nil {
		*o = owners{places: make(map[*sock.Handle]*place), connected: make(map[pair]*place), bound: make(map[local]*place)}
	}
	if before != nil {
		o.forget(before)
	}
	if own.Port() == 0 && sotype != unix.SOCK_RAW {
		return
	}
	if len(o.places) >= mostPlaces {
		o.sweep()
	}
	p := &place{handle: h, host: sock.HostName(h.Host), protocol: protocolOf(h), own: own, peer: peer}
	o.places[h] = p
	switch {
	case sotype == unix.SOCK_RAW:
		o.raw = append(o.raw, p)
	case peer.IsValid():
		o.connected[p.pair()] = p
	default:
		o.bound[p.local()] = p
	}
}

func (p *place) pair() pair { return pair{p.host, p.protocol, p.own, p.peer} }

func (p *place) local() local { return local{p.host, p.protocol, p.own} }

// plain returns an address as packets have it.
func plain(a netip.AddrPort) netip.AddrPort {
	if !a.IsValid() {
		return a
	}
	return netip.AddrPortFrom(a.Addr().Unmap().WithZone(""), a.Port())
}

func (o *owners) forget(p *place) {
	delete(o.places, p.handle)
	if o.connected[p.pair()] == p {
		delete(o.connected, p.pair())
	}
	if at := p.local(); o.bound[at] == p {
		delete(o.bound, at)
	}
	for i, r := range o.raw {
		if r == p {
			o.raw = append(o.raw[:i:i], o.raw[i+1:]...)
			break
		}
	}
}

// sweep forgets the places of handles that are closed: those for long, or all of them if
// there are none such.
func (o *owners) sweep() {
	for _, all := range []bool{false, true} {
		for _, p := range o.places {
			if p.handle.Closed() && (all || !p.alive()) {
				o.forget(p)
			}
		}
		if len(o.places) < mostPlaces/2 {
			return
		}
	}
}

// alive reports whether packets may still concern the handle.
func (p *place) alive() bool {
	if !p.handle.Closed() {
		return true
	}
	if p.since.IsZero() {
		p.since = time.Now()
	}
	return time.Since(p.since) < afterlife
}

// of returns the handle at one end of a packet, which is on a host of a lab, or "" for the
// real network; or nil. It is that of the connection; else of the port, as a listener's is,
// which the connections that wait for accept have too.
func (o *owners) of(host, protocol string, own, peer netip.AddrPort) *sock.Handle {
	if p := o.connected[pair{host, protocol, own, peer}]; p != nil && p.alive() {
		return p.handle
	}
	for _, a := range [...]netip.Addr{own.Addr(), netip.IPv4Unspecified(), netip.IPv6Unspecified()} {
		if a == netip.IPv4Unspecified() && !own.Addr().Is4() {
			continue
		}
		if p := o.bound[local{host, protocol, netip.AddrPortFrom(a, own.Port())}]; p != nil && p.alive() {
			return p.handle
		}
	}
	for _, p := range o.raw {
		if p.host == host && p.protocol == protocol && !p.handle.Closed() && (p.own.Addr() == own.Addr() || p.own.Addr().IsUnspecified()) {
			return p.handle
		}
	}
	return nil
}

// both returns the handles at the ends of a packet, nil for an end that is none of ours.
func (o *owners) both(p *Packet) (from, to *sock.Handle) {
	protocol := p.Protocol
	if p.About != nil {
		protocol = p.About.Protocol
	}
	return o.of("", protocol, p.From, p.To), o.of("", protocol, p.To, p.From)
}
