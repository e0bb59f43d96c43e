package sock

import (
	"context"
	"net"
	"net/netip"
	"runtime"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"socksh/luabind/loop"
)

// Flags of getaddrinfo(3) and getnameinfo(3), in netdb.h of Linux.
const (
	aiPassive     = 0x1
	aiCanonname   = 0x2
	aiNumerichost = 0x4
	aiV4mapped    = 0x8
	aiAll         = 0x10
	aiAddrconfig  = 0x20
	aiNumericserv = 0x400

	niNumerichost = 1
	niNumericserv = 2
	niNofqdn      = 4
	niNamereqd    = 8
	niDgram       = 16
)

// lookupVerbs are the calls between names and addresses.
func lookupVerbs() []Verb {
	return []Verb{
		{Name: "getaddrinfo", Asks: true, Waits: true, Records: RecordCall, Gives: "a row for each address: family, type, protocol, address",
			Summary: "look up a host and a service together",
			Details: "HOST may be \"\": the loopback, or any address with passive. The lookup is this program's own, so that it can be cancelled: it reads the hosts file, the services file and asks the name servers, and knows no other source of nsswitch.conf. With canonname the first row has the name that others are aliases of.",
			Params: []Param{{Name: "host", Kind: TextKind}, {Name: "service", Kind: TextKind, Optional: true},
				{Name: "family", Kind: WordKind, Optional: true, Default: Str("any"), Choices: []string{"any|unspec", "inet", "inet6"}},
				{Name: "type", Kind: WordKind, Optional: true, Default: Str("any"), Choices: []string{"any", "stream", "dgram", "raw"}},
				{Name: "protocol", Kind: ProtocolKind, Optional: true, Default: Num(0)},
				{Name: "flags", Kind: BitsKind, Optional: true, Bits: []Bit{{"passive", aiPassive}, {"canonname", aiCanonname}, {"numerichost", aiNumerichost},
					{"numericserv", aiNumericserv}, {"v4mapped", aiV4mapped}, {"all", aiAll}, {"addrconfig", aiAddrconfig}}}},
			Errors: []Cause{{"EAI_NONAME", "no such host, or a name where numerichost wants an address"}, {"EAI_SERVICE", "no such service for that type"},
				{"EAI_ADDRFAMILY", "the address is of another family"}, {"EAI_AGAIN", "the name server does not answer"}, {"EAI_SOCKTYPE", "no protocol fits the type"}},
			Example: "getaddrinfo localhost http", See: "getaddrinfo(3)", Show: showRows, Run: doGetaddrinfo},
		{Name: "getnameinfo", Asks: true, Waits: true, Records: RecordCall, Gives: "the host and the service",
			Summary: "look up the names of an address and its port",
			Details: "What has no name is given as a number, unless namereqd is set. dgram asks for a service of UDP. nofqdn leaves the domain out.",
			Params: []Param{{Name: "address", Kind: AddressKind},
				{Name: "flags", Kind: BitsKind, Optional: true, Bits: []Bit{{"numerichost", niNumerichost}, {"numericserv", niNumericserv}, {"nofqdn", niNofqdn},
					{"namereqd", niNamereqd}, {"dgram", niDgram}}}},
			Errors:  []Cause{{"EAI_NONAME", "with namereqd: the address has no name"}, {"EAI_FAMILY", "the address is not of the internet"}},
			Example: "getnameinfo 127.0.0.1:80", See: "getnameinfo(3)", Run: doGetnameinfo},
	}
}

// A lookupError is an error of getaddrinfo(3) that no name server gave.
type lookupError struct{ name, text string }

func (e *lookupError) Error() string { return e.text }

// transports are what getaddrinfo gives of each address.
var transports = []struct {
	word             string
	sotype, protocol int
}{{"stream", unix.SOCK_STREAM, unix.IPPROTO_TCP}, {"dgram", unix.SOCK_DGRAM, unix.IPPROTO_UDP}, {"raw", unix.SOCK_RAW, 0}}

func doGetaddrinfo(t *loop.Task, tab *Table, a *Args) (Result, error) {
	flags := a.Int(5)
	fail := func(err error) (Result, error) {
		return nil, &Error{Op: "getaddrinfo", Address: strings.TrimSpace(a.Text(0) + " " + a.Text(1)), Err: err}
	}
	if a.Text(0) == "" && a.Text(1) == "" {
		return fail(&lookupError{"EAI_NONAME", "neither a host nor a service"})
	}
	var canonical string
	ips, err := tab.hostAddresses(t, a, flags)
	if err == nil && flags&aiCanonname != 0 {
		canonical, err = tab.canonicalName(t, a)
	}
	if err != nil {
		return fail(err)
	}
	var rows []Value
	fits, served := false, false
	for _, ip := range ips {
		for i, tr := range transports {
			if kind := int(a.Value(3).Num); kind != 0 && kind != i+1 {
				continue
			}
			protocol := tr.protocol
			if want := a.Int(4); want != 0 {
				if protocol != 0 && protocol != want {
					continue
				}
				protocol = want
			}
			fits = true
			port, err := servicePort(a.Text(1), tr.word, flags&aiNumericserv != 0)
			if err != nil {
				continue
			}
			served = true
			family := "inet"
			if ip.Is6() {
				family = "inet6"
			}
			fields := []Field{{"family", Str(family)}, {"type", Str(tr.word)}, {"protocol", Num(protocol)},
				{"address", Str(netip.AddrPortFrom(ip, port).String())}}
			if len(rows) == 0 && canonical != "" {
				fields = append(fields, Field{"canonname", Str(canonical)})
			}
			rows = append(rows, Value{Type: Record, Any: fields})
		}
	}
	switch {
	case !fits:
		return fail(&lookupError{"EAI_SOCKTYPE", "no protocol fits the type"})
	case !served:
		_, err := servicePort(a.Text(1), "stream", flags&aiNumericserv != 0)
		if err == nil {
			err = errNoService
		}
		return fail(err)
	}
	return a.Give(Value{Type: List, Any: rows}), nil
}

// hostAddresses returns the addresses that the host of a getaddrinfo has.
func (t *Table) hostAddresses(task *loop.Task, a *Args, flags int) ([]netip.Addr, error) {
	host, family := a.Text(0), int(a.Value(2).Num)
	var ips []netip.Addr
	ip, err := netip.ParseAddr(host)
	switch {
	case host == "" && flags&aiPassive != 0:
		ips = []netip.Addr{netip.IPv4Unspecified(), netip.IPv6Unspecified()}
	case host == "":
		ips = []netip.Addr{netip.IPv6Loopback(), netip.AddrFrom4([4]byte{127, 0, 0, 1})}
	case err == nil:
		ips = []netip.Addr{ip}
	case flags&aiNumerichost != 0 || !isHost(host):
		return nil, &lookupError{"EAI_NONAME", "not an address"}
	default:
		network := []string{"ip", "ip4", "ip6"}[family]
		if family == 2 && flags&aiV4mapped != 0 {
			network = "ip"
		}
		if ips, err = t.lookup(task, network, host, a.Deadline()); err != nil {
			return nil, err
		}
	}
	if flags&aiAddrconfig != 0 {
		if ips = configured(ips); len(ips) == 0 {
			return nil, &lookupError{"EAI_NONAME", "no address of a family that this machine has"}
		}
	}
	ips = ofFamily(ips, family, flags)
	if len(ips) == 0 {
		return nil, &lookupError{"EAI_ADDRFAMILY", "an address of another family"}
	}
	return ips, nil
}

// ofFamily returns those of the family, and with v4mapped the others as IPv6, if
// there are none else or all are asked for.
func ofFamily(ips []netip.Addr, family, flags int) []netip.Addr {
	if family == 0 {
		return ips
	}
	var fit, mapped []netip.Addr
	for _, ip := range ips {
		switch {
		case ip.Is6() == (family == 2):
			fit = append(fit, ip)
		case family == 2:
			mapped = append(mapped, netip.AddrFrom16(ip.As16()))
		}
	}
	if flags&aiV4mapped != 0 && (len(fit) == 0 || flags&aiAll != 0) {
		fit = append(fit, mapped...)
	}
	return fit
}

// configured returns the addresses of families of which this machine has one beyond
// the loopback.
func configured(ips []netip.Addr) []netip.Addr {
	var have [2]bool // IPv4, IPv6
	own, _ := net.InterfaceAddrs()
	for _, o := range own {
		if n, ok := o.(*net.IPNet); ok && !n.IP.IsLoopback() {
			if n.IP.To4() != nil {
				have[0] = true
			} else {
				have[1] = true
			}
		}
	}
	var fit []netip.Addr
	for _, ip := range ips {
		if ip.Is4() && have[0] || ip.Is6() && have[1] {
			fit = append(fit, ip)
		}
	}
	return fit
}

// canonicalName returns the name that the host of a getaddrinfo is an alias of, or
// the host itself.
func (t *Table) canonicalName(task *loop.Task, a *Args) (string, error) {
	host := a.Text(0)
	if _, err := netip.ParseAddr(host); err == nil || host == "" || t.Policy.allowName(host) != nil {
		return host, nil
	}
	name, err := loop.Block(task, a.Deadline(), func(ctx context.Context) (string, error) {
		name, err := resolver().LookupCNAME(ctx, host)
		if _, ok := err.(*net.DNSError); ok {
			return host, nil
		}
		return name, err
	}, nil)
	return strings.TrimSuffix(name, "."), err
}

func resolver() *net.Resolver { return &net.Resolver{PreferGo: runtime.GOOS == "linux"} }

var errNoService = &lookupError{"EAI_SERVICE", "no such service"}

// servicePort returns the port of a service, a name or a number, for one type of
// socket. A raw socket has no service but by number.
func servicePort(service, kind string, numeric bool) (uint16, error) {
	if service == "" {
		return 0, nil
	}
	if n, err := strconv.ParseUint(service, 10, 16); err == nil {
		return uint16(n), nil
	}
	if numeric {
		return 0, &lookupError{"EAI_NONAME", "not a number"}
	}
	if kind == "raw" {
		return 0, errNoService
	}
	port, err := net.DefaultResolver.LookupPort(context.Background(), map[string]string{"stream": "tcp", "dgram": "udp"}[kind], service)
	if err != nil {
		return 0, errNoService
	}
	return uint16(port), nil
}

// showRows aligns records by the order of their fields.
func showRows(r Result) string {
	var rows [][]string
	for _, row := range r[0].Any.([]Value) {
		var cells []string
		for _, f := range row.Any.([]Field) {
			cells = append(cells, f.Value.String())
		}
		rows = append(rows, cells)
	}
	return Columns(rows)
}
