package kernel

import (
	"encoding/binary"
	"net/netip"
	"time"

	"golang.org/x/sys/unix"

	"socksh/luabind/sock"
)

// Masks of states for a request: bit n is state n.
const (
	synReceived = 1 << 3
	listening   = 1 << 10
	everyState  = 1<<14 - 2 // with BOUND_INACTIVE, which Linux has from 6.8 on
	// ending are the states in which a connection outlives its descriptor.
	ending = 1<<4 | 1<<5 | 1<<6 | 1<<9 | 1<<11
)

// timers are what idiag_timer counts, linux/net/ipv4/inet_diag.c.
var timers = []string{"", "retransmission", "keepalive", "time_wait", "probe"}

// A request asks for sockets of one family and protocol: a dump of those in the
// states with that local port (0 for any), or, with both addresses and a cookie,
// for one.
type request struct {
	host             sock.Host // whose network it is about, nil for the real one
	family, protocol uint8
	states           uint32
	local, peer      netip.AddrPort
	cookie           uint64
	among            map[uint64]bool // the cookies that a dump is asked for, nil for all
}

// Layout of struct inet_diag_req_v2 and struct inet_diag_msg, linux/inet_diag.h.
const (
	requestSize = 56
	answerSize  = 72
	noCookie    = ^uint64(0)

	attributeShutdown = 8
)

func (r *request) body() []byte {
	b := make([]byte, requestSize)
	b[0], b[1] = r.family, r.protocol
	binary.NativeEndian.PutUint32(b[4:], r.states)
	id := b[8:]
	binary.BigEndian.PutUint16(id, r.local.Port())
	binary.BigEndian.PutUint16(id[2:], r.peer.Port())
	copy(id[4:20], r.address(r.local))
	copy(id[20:36], r.address(r.peer))
	cookie := r.cookie
	if cookie == 0 {
		cookie = noCookie
	}
	binary.NativeEndian.PutUint32(id[40:], uint32(cookie))
	binary.NativeEndian.PutUint32(id[44:], uint32(cookie>>32))
	return b
}

// address returns an address as the family's sockets have it.
func (r *request) address(a netip.AddrPort) []byte {
	switch {
	case !a.IsValid():
		return nil
	case r.family == unix.AF_INET6:
		b := a.Addr().As16()
		return b[:]
	}
	return a.Addr().Unmap().AsSlice()
}

// parse reads one struct inet_diag_msg and its attributes.
func parse(b []byte) (entry, error) {
	if len(b) < answerSize {
		return entry{}, errShort
	}
	ne := binary.NativeEndian
	family, state, id := b[0], int(b[1]), b[4:]
	e := entry{state: sock.TCPState(state), repeats: int(b[3]), cookie: cookieOf(b)}
	local, peer := addrPort(family, id[4:], id), addrPort(family, id[20:], id[2:])
	e.port = local.Port()
	if e.local = local.String(); peer.Port() != 0 {
		e.peer = peer.String()
	}
	tail := b[52:]
	e.recv, e.send, e.inode = ne.Uint32(tail[4:]), ne.Uint32(tail[8:]), ne.Uint32(tail[16:])
	if timer := int(b[2]); timer > 0 && timer < len(timers) {
		e.timer, e.expires = timers[timer], time.Duration(ne.Uint32(tail))*time.Millisecond
	}
	attributes(b[answerSize:], func(kind uint16, value []byte) {
		if kind == attributeShutdown && len(value) > 0 {
			e.shut = value[0]
		}
	})
	e.separateFIN()
	return e, nil
}

// cookieOf reads the cookie of a struct inet_diag_msg.
func cookieOf(b []byte) uint64 {
	return uint64(binary.NativeEndian.Uint32(b[44:])) | uint64(binary.NativeEndian.Uint32(b[48:]))<<32
}

// separateFIN takes the sequence number of a FIN out of the queues' bytes.
func (e *entry) separateFIN() {
	switch e.state {
	case "CLOSE_WAIT", "LAST_ACK", "CLOSING":
		if e.finCame = true; e.recv > 0 {
			e.recv--
		}
	}
	switch e.state {
	case "FIN_WAIT1", "LAST_ACK", "CLOSING":
		if e.finSent = true; e.send > 0 {
			e.send--
		}
	}
}

func addrPort(family uint8, address, port []byte) netip.AddrPort {
	ip := netip.AddrFrom4([4]byte(address))
	if family == unix.AF_INET6 {
		ip = netip.AddrFrom16([16]byte(address))
	}
	return netip.AddrPortFrom(ip, binary.BigEndian.Uint16(port))
}

// exact asks for the one socket of r. The kernel answers with a listener of the
// port where there is no such connection: its cookie tells.
func (v *View) exact(r request) (entry, error) {
	c, err := v.open(r.host)
	if err != nil {
		return entry{}, err
	}
	if r.protocol == unix.IPPROTO_UDP {
		r.local, r.peer = r.peer, r.local // which UDP wants the other way round
	}
	var e entry
	err = c.ask(0, r.body(), func(body []byte) (err error) {
		e, err = parse(body)
		return err
	})
	if err == nil && r.cookie != 0 && e.cookie != r.cookie {
		err = unix.ENOENT
	}
	return e, err
}

// dump asks for all sockets of r, or those with its cookies. The kernel sends thousands in
// TIME_WAIT where much was closed: those that nobody asks for cost next to nothing.
func (v *View) dump(r request) ([]entry, error) {
	c, err := v.open(r.host)
	if err != nil {
		return nil, err
	}
	var all []entry
	err = c.ask(unix.NLM_F_DUMP, r.body(), func(body []byte) error {
		if r.among != nil && len(body) >= answerSize && !r.among[cookieOf(body)] {
			return nil
		}
		e, err := parse(body)
		if r.local.Port() == 0 || e.port == r.local.Port() { // those that are only bound come whatever their port is
			all = append(all, e)
		}
		return err
	})
	return all, err
}

func (v *View) open(host sock.Host) (*conn, error) {
	if c := v.conns[host]; c != nil {
		return c, nil
	}
	c, err := dial(host)
	if err != nil {
		return nil, err
	}
	if v.conns == nil {
		v.conns = make(map[sock.Host]*conn)
	}
	v.conns[host] = c
	return c, nil
}
