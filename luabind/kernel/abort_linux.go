package kernel

import (
	"net/netip"

	"golang.org/x/sys/unix"

	"socksh/luabind/sock"
)

// destroy is SOCK_DESTROY of linux/sock_diag.h.
const destroy = 21

// Abort ends every TCP socket of the network that the calling thread is in, as ss -K
// does: connections are reset, and nothing is sent any more. It takes CAP_NET_ADMIN
// over that network.
func Abort() error {
	c, err := dial(nil)
	if err != nil {
		return err
	}
	defer c.close()
	v := View{conns: map[sock.Host]*conn{nil: c}}
	for _, family := range []uint8{unix.AF_INET, unix.AF_INET6} {
		all, err := v.dump(request{family: family, protocol: unix.IPPROTO_TCP, states: everyState})
		if err != nil {
			return err
		}
		for _, e := range all {
			r := request{family: family, protocol: unix.IPPROTO_TCP, cookie: e.cookie}
			r.local, _ = netip.ParseAddrPort(e.local)
			r.peer, _ = netip.ParseAddrPort(e.peer) // a listener has none
			// One that has ended meanwhile is no failure.
			c.request(destroy, unix.NLM_F_ACK, r.body(), func([]byte) error { return nil })
		}
	}
	return nil
}
