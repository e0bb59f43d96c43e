package kernel

import (
	"net/netip"
	"sort"

	"golang.org/x/sys/unix"

	"socksh/luabind/loop"
	"socksh/luabind/sock"
)

func (v *View) queues(_ *loop.Task, tab *sock.Table, a *sock.Args) (sock.Result, error) {
	h := a.Handle(0)
	e, err := v.entry(tab, h)
	if err != nil {
		return nil, err
	}
	if e.state != "LISTEN" {
		return nil, unix.EINVAL
	}
	family, _ := h.Kind()
	local, _ := tab.Ends(h)
	all, err := v.dump(request{host: h.Host, family: uint8(family), protocol: unix.IPPROTO_TCP, states: everyState &^ listening, local: netip.AddrPortFrom(netip.Addr{}, local.Port())})
	if err != nil {
		return nil, err
	}
	owners := v.owners(tab, h.Host)
	sort.Slice(all, func(i, k int) bool {
		a, b := owners[all[i].peer], owners[all[k].peer]
		if a != nil && b != nil {
			return a.N < b.N
		}
		return a != nil || b == nil && all[i].peer < all[k].peer
	})
	var incomplete, completed []sock.Value
	for _, c := range all {
		at, err := netip.ParseAddrPort(c.local)
		if err != nil || at.Port() != local.Port() || !local.Addr().IsUnspecified() && at.Addr().Unmap() != local.Addr().Unmap() {
			continue
		}
		row := sock.Value{Type: sock.Record, Any: c.row(owners[c.peer])}
		switch {
		case c.inode != 0 || c.shut == 3 || c.state == "TIME_WAIT" || c.state == "CLOSE": // has a descriptor, or had one
		case c.state == "SYN_RCVD":
			incomplete = append(incomplete, row)
		default:
			completed = append(completed, row)
		}
	}
	list := func(rows []sock.Value) sock.Value { return sock.Value{Type: sock.List, Any: rows} }
	return a.Give(sock.Value{Type: sock.Record, Any: []sock.Field{
		{Name: "length", Value: sock.Num(int(e.recv))}, {Name: "backlog", Value: sock.Num(int(e.send))},
		{Name: "dead", Value: sock.Num(max(0, int(e.recv)-len(completed)))},
		{Name: "completed", Value: list(completed)}, {Name: "incomplete", Value: list(incomplete)}}}), nil
}

// owners returns the open handles that may be peers of one in the network of host, by
// their own address: in a lab those on all hosts.
func (v *View) owners(tab *sock.Table, host sock.Host) map[string]*sock.Handle {
	all := make(map[string]*sock.Handle)
	for _, h := range tab.Handles() {
		if local, _ := tab.Ends(h); local.IsValid() && !h.Listening() && (h.Host == nil) == (host == nil) {
			all[local.String()] = h
		}
	}
	return all
}
