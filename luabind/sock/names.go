package sock

import (
	"net"
	"net/netip"
	"os"

	"socksh/luabind/loop"
)

// nameVerbs are the calls that tell addresses.
func nameVerbs() []Verb {
	socket := Param{Name: "socket", Kind: HandleKind}
	return []Verb{
		{Name: "getsockname", Asks: true, Records: RecordNamed, Gives: "the address",
			Summary: "tell a socket's own address",
			Params:  []Param{socket}, Example: "getsockname 2", See: "getsockname(2)",
			Run: func(_ *loop.Task, tab *Table, a *Args) (Result, error) {
				return tab.name(a, false)
			}},
		{Name: "getpeername", Asks: true, Records: RecordNamed, Gives: "the address",
			Summary: "tell the address of a socket's peer",
			Params:  []Param{{Name: "socket", Kind: HandleKind, Fits: talks}},
			Errors:  []Cause{{"ENOTCONN", "the socket is not connected"}},
			Example: "getpeername 2", See: "getpeername(2)",
			Run: func(_ *loop.Task, tab *Table, a *Args) (Result, error) {
				return tab.name(a, true)
			}},
		{Name: "gethostname", Asks: true, Records: RecordCall, Gives: "the name",
			Summary: "tell the name of this machine",
			Example: "gethostname", See: "gethostname(2)",
			Run: func(_ *loop.Task, _ *Table, a *Args) (Result, error) {
				name, err := os.Hostname()
				if err != nil {
					return nil, err
				}
				return a.Give(Str(name)), nil
			}},
		{Name: "resolve", Asks: true, Waits: true, Records: RecordCall, Gives: "its IP addresses",
			Summary: "look up a host name",
			Details: "It asks the hosts file and the name servers, as the addresses of connect, bind and sendto do.",
			Params: []Param{{Name: "host", Kind: TextKind},
				{Name: "family", Kind: WordKind, Optional: true, Default: Str("any"), Choices: []string{"any", "inet", "inet6"}}},
			Errors:  []Cause{{"EAI_NONAME", "no such host"}, {"EAI_AGAIN", "the name server does not answer"}},
			Example: "resolve localhost", See: "getaddrinfo(3)",
			Run: doResolve},
	}
}

// Ends returns the IP addresses of an open handle, its own and its peer's; the zero
// AddrPort where it has none.
func (t *Table) Ends(h *Handle) (local, peer netip.AddrPort) {
	for i, end := range []*netip.AddrPort{&local, &peer} {
		if sysName(h.FD, i == 1, &t.raw) == nil {
			if a := t.raw.decode(); a != nil {
				*end = a.ip
			}
		}
	}
	return local, peer
}

func (t *Table) name(a *Args, peer bool) (Result, error) {
	if err := sysName(a.Handle(0).FD, peer, &t.raw); err != nil {
		return nil, err
	}
	return a.Give(t.raw.decode().text()), nil
}

func doResolve(t *loop.Task, tab *Table, a *Args) (Result, error) {
	host := a.Text(0)
	family := int(a.Value(1).Num)
	if ip, err := netip.ParseAddr(host); err == nil {
		if family == 1 && !ip.Is4() || family == 2 && !ip.Is6() {
			return nil, &Error{Op: "resolve", Address: host, Err: &net.DNSError{Err: "an address of another family", IsNotFound: true}}
		}
		return a.Give(Str(ip.String())), nil
	}
	if host == "" || !isHost(host) {
		return nil, misuse(a.Value(0).word() + " is not a host name")
	}
	network := []string{"ip", "ip4", "ip6"}[family]
	ips, err := tab.lookup(t, network, host, a.Deadline())
	if err != nil {
		return nil, &Error{Op: "resolve", Address: host, Err: err}
	}
	out := a.out[:0]
	for _, ip := range ips {
		out = append(out, Str(ip.String()))
	}
	a.out = out
	return out, nil
}
