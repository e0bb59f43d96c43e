package wire

import (
	"net/netip"
	"time"

	"socksh/luabind/journal"
	"socksh/luabind/sock"
)

// Where segments cannot be seen, some of them follow from what is known, on the loopback,
// where nothing is lost: a connection that was made has had its handshake, one that
// was refused its reset, and who is in FIN_WAIT2 has sent a FIN and got it
// acknowledged (RFC 9293, section 3.3.2). Data does not follow, as nobody knows into
// which segments it went, nor does a FIN that may wait behind data still. No numbers
// are told.

// conclusions are what was derived already: two handles may tell of the same segment.
type conclusions struct {
	children map[int]bool // handles that accept has made
	told     map[conclusion]bool
}

type conclusion struct {
	ends
	what string
}

const mostConclusions = 4096

func (c *conclusions) accepted(handle int) {
	if c.children == nil || len(c.children) >= mostConclusions {
		c.children = make(map[int]bool)
	}
	c.children[handle] = true
}

// first reports whether it was not asked this before.
func (c *conclusions) first(what string, from, to netip.AddrPort) bool {
	k := conclusion{ends{from, to}, what}
	if c.told[k] {
		return false
	}
	if c.told == nil || len(c.told) >= mostConclusions {
		c.told = make(map[conclusion]bool)
	}
	c.told[k] = true
	return true
}

// anew forgets what was concluded of an earlier connection with the same ends.
func (c *conclusions) anew(from, to netip.AddrPort) {
	for _, what := range [...]string{"handshake", "FIN", "ACK", "RST"} {
		delete(c.told, conclusion{ends{from, to}, what})
		delete(c.told, conclusion{ends{to, from}, what})
	}
}

// derive tells of one segment that must have passed.
func (w *Wire) derive(handle int, flags string, from, to netip.AddrPort) {
	s := journal.Segment{Protocol: "TCP", From: from, To: to, Flags: flags, Fate: journal.Derived, At: w.log.Since(time.Now())}
	w.log.Add(w.tab.Loop.Current(), handle, s)
}

// deriveFromCall tells of the SYN that was refused by the call that ends now. The
// kernel's states do not change by it.
func (w *Wire) deriveFromCall() {
	r := w.log.Ending()
	if r == nil || r.Errno != "ECONNREFUSED" || w.calls[r.Call].verb != "connect" {
		return
	}
	h := w.tab.Known(w.calls[r.Call].handle)
	if h == nil || ofLab(h) || protocolOf(h) != "TCP" {
		return
	}
	own, _ := w.tab.Ends(h)
	peer, err := netip.ParseAddrPort(r.Address)
	own, peer = plain(own), plain(peer)
	if own.Addr().IsUnspecified() && isLocalhost(peer.Addr()) { // as it is again after the refusal; the port stays
		own = netip.AddrPortFrom(peer.Addr(), own.Port())
	}
	if err == nil && onLoopback(own, peer) {
		w.derive(h.N, "SYN", own, peer)
		w.derive(h.N, "RST+ACK", peer, own)
	}
}

// ofLab reports whether a handle's segments are seen, whatever the rights.
func ofLab(h *sock.Handle) bool { return h != nil && h.Host != nil }

// Before derives segments from changes of states, which the journal is about to be
// told.
func (w *Wire) Before(changes []journal.Event) {
	if !w.deriving {
		return
	}
	for _, e := range changes {
		s, ok := e.Fact.(journal.State)
		if !ok || ofLab(w.tab.Known(e.Handle)) {
			continue
		}
		s.Local, s.Peer = plain(s.Local), plain(s.Peer)
		if onLoopback(s.Local, s.Peer) {
			w.deriveFromState(e.Handle, s, changes)
		}
	}
}

func (w *Wire) deriveFromState(handle int, s journal.State, changes []journal.Event) {
	c := &w.conclusions
	own, peer := s.Local, s.Peer
	fin := func(from, to netip.AddrPort) {
		if c.first("FIN", from, to) {
			w.derive(handle, "FIN+ACK", from, to)
		}
	}
	acknowledged := func(from, to netip.AddrPort) { // the FIN of the other direction
		if c.first("ACK", from, to) {
			w.derive(handle, "ACK", from, to)
		}
	}
	switch {
	case s.After == "ESTABLISHED" && (s.Before == "CLOSE" || s.Before == "SYN_SENT"):
		c.anew(own, peer)
		c.first("handshake", own, peer)
		w.handshake(handle, own, peer)
	case s.Before == "" && c.children[handle]:
		if c.first("handshake", peer, own) {
			w.handshake(handle, peer, own)
		}
	}
	switch {
	case s.After == "FIN_WAIT2" && (s.Before == "ESTABLISHED" || s.Before == "FIN_WAIT1"):
		fin(own, peer)
		acknowledged(peer, own)
	case s.After == "CLOSE_WAIT" && s.Before == "ESTABLISHED":
		fin(peer, own)
	case s.After == "TIME_WAIT" && s.Before == "FIN_WAIT2":
		fin(peer, own)
		acknowledged(own, peer)
	case s.After == "gone" && (s.Before == "ESTABLISHED" || s.Before == "CLOSE_WAIT") && wasReset(own, peer, changes):
		if c.first("RST", own, peer) {
			w.derive(handle, "RST+ACK", own, peer)
		}
	}
}

func (w *Wire) handshake(handle int, from, to netip.AddrPort) {
	w.derive(handle, "SYN", from, to)
	w.derive(handle, "SYN+ACK", to, from)
	w.derive(handle, "ACK", from, to)
}

// wasReset reports whether the connection's other end, a handle too, has lost it at the
// same moment at which this end was closed.
func wasReset(own, peer netip.AddrPort, changes []journal.Event) bool {
	for _, e := range changes {
		s, ok := e.Fact.(journal.State)
		if ok && s.After == "CLOSE" && !s.Closed && plain(s.Local) == peer && plain(s.Peer) == own && (s.Before == "ESTABLISHED" || s.Before == "CLOSE_WAIT") {
			return true
		}
	}
	return false
}

// onLoopback reports whether both are, and not the same one: a socket that is connected to
// itself has another handshake.
func onLoopback(own, peer netip.AddrPort) bool {
	return own != peer && own.Port() != 0 && own.Addr().IsLoopback() && peer.Addr().IsLoopback()
}

// isLocalhost reports whether a is the address that sockets get which connect to it.
func isLocalhost(a netip.Addr) bool {
	return a == netip.AddrFrom4([4]byte{127, 0, 0, 1}) || a == netip.IPv6Loopback()
}
