package kernel

import (
	"net/netip"
	"sort"

	"golang.org/x/sys/unix"

	"socksh/luabind/loop"
	"socksh/luabind/sock"
)

func (v *View) sockets(_ *loop.Task, tab *sock.Table, a *sock.Args) (sock.Result, error) {
	if tab.Policy.Loopback {
		return nil, errOutside
	}
	protocol := uint8(unix.IPPROTO_TCP)
	if a.Text(0) == "udp" {
		protocol = unix.IPPROTO_UDP
	}
	cookies := make(map[uint64]*sock.Handle)
	for _, h := range tab.Handles() {
		cookies[h.Cookie()] = h
	}
	var rows []sock.Value
	for _, family := range []uint8{unix.AF_INET, unix.AF_INET6} {
		all, err := v.dump(request{host: tab.HostArg(a, 2), family: family, protocol: protocol, states: everyState, local: netip.AddrPortFrom(netip.Addr{}, uint16(a.Int(1)))})
		if err != nil {
			return nil, err
		}
		sort.Slice(all, func(i, k int) bool {
			if (all[i].state == "LISTEN") != (all[k].state == "LISTEN") {
				return all[i].state == "LISTEN"
			}
			return all[i].cookie < all[k].cookie
		})
		for _, e := range all {
			rows = append(rows, sock.Value{Type: sock.Record, Any: e.row(cookies[e.cookie])})
		}
	}
	return a.Give(sock.Value{Type: sock.List, Any: rows}), nil
}
