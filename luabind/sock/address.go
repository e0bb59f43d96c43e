package sock

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"runtime"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"socksh/luabind/loop"
)

// maxPath is the room for a path in struct sockaddr_un, unix(7).
const maxPath = len(unix.RawSockaddrUnix{}.Path)

// An Addr is a socket address, as given or as the kernel told it.
type Addr struct {
	family int            // AF_INET, AF_INET6, AF_UNIX; AF_UNSPEC while the host is a name or left out
	ip     netip.AddrPort // of an internet address
	host   string         // a name still to be resolved; "" for any address
	raw    string         // of any other family: its bytes, the family's number first
	path   string         // of a unix address; a leading NUL makes it abstract, "" is unnamed
}

// String returns the address in the form that [ParseAddr] reads.
func (a *Addr) String() string {
	switch a.family {
	case unix.AF_UNIX:
		switch {
		case a.path == "":
			return "unnamed"
		case a.path[0] == 0:
			return "@" + a.path[1:]
		}
		return "unix:" + a.path
	case unix.AF_UNSPEC:
		if a.raw != "" {
			return rawForm(a.raw)
		}
		return a.host + ":" + strconv.Itoa(int(a.ip.Port()))
	}
	if a.raw != "" {
		return rawForm(a.raw)
	}
	return a.ip.String()
}

// ParseAddr reads "127.0.0.1:80", "[::1]:80", "localhost:80", ":80" (any
// address), "unix:/path", "/path", "./path", "@abstract", "unix:@abstract", and
// "unix:", for which bind(2) takes an abstract name of the kernel's choice. Other
// families have the forms of rawForms, such as "netlink:0:1" or "raw:100000".
func ParseAddr(s string) (*Addr, error) {
	if path, ok := strings.CutPrefix(s, "unix:"); ok {
		return unixAddr(path)
	}
	if isUnix(s) {
		return unixAddr(s)
	}
	if prefix, rest, _ := strings.Cut(s, ":"); rest != "" {
		for _, form := range rawForms() {
			if form.prefix == prefix {
				return form.addr(rest)
			}
		}
	}
	if _, rest, url := strings.Cut(s, "://"); url {
		host, _, _ := strings.Cut(rest, "/")
		return nil, fmt.Errorf("%s is a URL; an address is its host and port: %s", Quote(shorten(s, 60)), visible(shorten(host, 60)))
	}
	colon := strings.LastIndexByte(s, ':')
	if colon < 0 {
		if _, err := strconv.Atoi(s); err == nil {
			return nil, fmt.Errorf("%s is a port without a host; write 127.0.0.1:%s or :%s", s, s, s)
		}
		if _, err := netip.ParseAddr(s); err != nil && (s == "" || !isHost(s)) {
			return nil, fmt.Errorf("%s is not an address; write HOST:PORT, unix:/path or @name", Quote(shorten(s, 60)))
		}
		return nil, fmt.Errorf("%s has no port; write %s:80", Quote(shorten(s, 60)), shorten(s, 60))
	}
	if isIPv6(s) {
		return nil, fmt.Errorf("%s has no port; write %s", Quote(shorten(s, 60)), visible("["+shorten(s, 60)+"]:80"))
	}
	host := s[:colon]
	port, err := integer(Str(s[colon+1:]), 0, 65535)
	if err != nil {
		return nil, fmt.Errorf("port %w", err)
	}
	if inner, ok := strings.CutPrefix(host, "["); ok {
		if inner, ok = strings.CutSuffix(inner, "]"); !ok || !isIPv6(inner) {
			return nil, fmt.Errorf("%s is not an IPv6 address in brackets", Quote(shorten(host, 60)))
		}
		host = inner
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		return ipAddr(netip.AddrPortFrom(ip, uint16(port))), nil
	}
	if !isHost(host) {
		return nil, fmt.Errorf("%s is neither an IP address nor a host name", Quote(shorten(host, 60)))
	}
	return &Addr{host: host, ip: netip.AddrPortFrom(netip.Addr{}, uint16(port))}, nil
}

func ipAddr(ip netip.AddrPort) *Addr {
	if ip.Addr().Is4() {
		return &Addr{family: unix.AF_INET, ip: ip}
	}
	return &Addr{family: unix.AF_INET6, ip: ip}
}

func unixAddr(path string) (*Addr, error) {
	room := maxPath - 1 // a path is ended by a NUL
	if name, ok := strings.CutPrefix(path, "@"); ok {
		path = "\x00" + name
		room = maxPath
	} else if strings.IndexByte(path, 0) >= 0 {
		return nil, fmt.Errorf("the path %s holds a NUL byte", Quote(shorten(path, 60)))
	}
	if len(path) > room {
		return nil, fmt.Errorf("the path %s is too long: %d bytes, and %d are the most", Quote(shorten(path, 40)), len(path), room)
	}
	return &Addr{family: unix.AF_UNIX, path: path}, nil
}

// isUnix reports whether s is a unix address that needs no "unix:".
func isUnix(s string) bool {
	return strings.HasPrefix(s, "@") || strings.HasPrefix(s, "/") || strings.HasPrefix(s, "./")
}

func isIPv6(s string) bool {
	ip, err := netip.ParseAddr(s)
	return err == nil && ip.Is6()
}

// isHost reports whether s may be a host name; "" stands for any address. What
// ends in a number is none: it is an IPv4 address, or meant to be.
func isHost(s string) bool {
	if len(s) > 253 {
		return false
	}
	last := s[strings.LastIndexByte(s, '.')+1:]
	if _, err := strconv.Atoi(last); err == nil {
		return false
	}
	for _, c := range []byte(s) {
		if c != '-' && c != '.' && c != '_' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			return false
		}
	}
	return true
}

// portFollows reports whether host, an address without a port, takes port from
// the argument after it.
func portFollows(host, port Value) bool {
	if host.Type != Text || port.Type != Number && port.Type != Text {
		return false
	}
	if port.Type == Text {
		if _, err := strconv.Atoi(port.Str); err != nil {
			return false
		}
	}
	if strings.HasPrefix(host.Str, "unix:") || isUnix(host.Str) {
		return false
	}
	return isIPv6(host.Str) || !strings.Contains(host.Str, ":")
}

// PortFollows reports whether the words of an address and its port are two.
func PortFollows(host, port string) bool { return portFollows(Str(host), Str(port)) }

// JoinPort makes one address of host and port, which are two arguments.
func JoinPort(host, port string) string {
	if isIPv6(host) {
		host = "[" + host + "]"
	}
	return host + ":" + port
}

// parseAddr is [ParseAddr]; a script often uses the same address again and again.
func (t *Table) parseAddr(s string) (*Addr, error) {
	if t.lastAddr != nil && s == t.lastText {
		return t.lastAddr, nil
	}
	a, err := ParseAddr(s)
	if err == nil {
		t.lastText, t.lastAddr = strings.Clone(s), a
	}
	return a, err
}

// concrete returns a with its host resolved for the socket h, if the table's policy
// allows it. A literal address stays as it is, of whatever family: the kernel shall
// judge.
func (t *Table) concrete(task *loop.Task, a *Addr, h *Handle, deadline time.Time) (*Addr, error) {
	addr, err := t.resolved(task, a, h.family, deadline)
	if err == nil {
		err = t.Policy.allow(addr, h.Host)
	}
	return addr, err
}

func (t *Table) resolved(task *loop.Task, a *Addr, family int, deadline time.Time) (*Addr, error) {
	if a.family != unix.AF_UNSPEC || a.raw != "" {
		return a, nil
	}
	if a.host == "" {
		any := netip.IPv4Unspecified()
		if family == unix.AF_INET6 {
			any = netip.IPv6Unspecified()
		}
		return ipAddr(netip.AddrPortFrom(any, a.ip.Port())), nil
	}
	network := "ip4"
	if family == unix.AF_INET6 {
		network = "ip6"
	}
	ips, err := t.lookup(task, network, a.host, deadline)
	if err != nil {
		return nil, err
	}
	return ipAddr(netip.AddrPortFrom(ips[0], a.ip.Port())), nil
}

// lookup asks Go's own resolver, so that the wait for it can be cancelled.
func (t *Table) lookup(task *loop.Task, network, host string, deadline time.Time) ([]netip.Addr, error) {
	if err := t.Policy.allowName(host); err != nil {
		return nil, err
	}
	ips, err := loop.Block(task, deadline, func(ctx context.Context) ([]netip.Addr, error) {
		r := net.Resolver{PreferGo: runtime.GOOS == "linux"}
		return r.LookupNetIP(ctx, network, host)
	}, nil)
	if err == nil && len(ips) == 0 {
		err = &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	for i := range ips {
		ips[i] = ips[i].Unmap()
	}
	return ips, err
}
