package kernel

import (
	"net/netip"
	"time"

	"golang.org/x/sys/unix"

	"socksh/luabind/sock"
)

// Timer returns which timer of the kernel runs for a TCP connection in the network of
// host, and when it runs out; "" for none. It knows connections also while they wait
// in a listener's queue.
func (v *View) Timer(host sock.Host, local, peer netip.AddrPort) (name string, left time.Duration) {
	family := uint8(unix.AF_INET)
	if local.Addr().Is6() {
		family = unix.AF_INET6
	}
	e, err := v.exact(request{host: host, family: family, protocol: unix.IPPROTO_TCP, local: local, peer: peer})
	if err != nil || e.peer != peer.String() {
		return "", 0
	}
	return e.timer, e.expires
}
