//go:build linux

package sock

import (
	"errors"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/sys/unix"

	"socksh/luabind/loop"
)

// kinds are the sockets that the tests of options open; some need a privilege.
var kinds = []struct {
	name                     string
	family, sotype, protocol int
}{
	{"tcp", unix.AF_INET, unix.SOCK_STREAM, 0}, {"udp", unix.AF_INET, unix.SOCK_DGRAM, 0},
	{"tcp6", unix.AF_INET6, unix.SOCK_STREAM, 0}, {"udp6", unix.AF_INET6, unix.SOCK_DGRAM, 0},
	{"udplite", unix.AF_INET, unix.SOCK_DGRAM, unix.IPPROTO_UDPLITE},
	{"unix stream", unix.AF_UNIX, unix.SOCK_STREAM, 0}, {"unix dgram", unix.AF_UNIX, unix.SOCK_DGRAM, 0}, {"unix seqpacket", unix.AF_UNIX, unix.SOCK_SEQPACKET, 0},
	{"netlink", unix.AF_NETLINK, unix.SOCK_RAW, unix.NETLINK_ROUTE}, {"vsock", unix.AF_VSOCK, unix.SOCK_STREAM, 0},
	{"raw", unix.AF_INET, unix.SOCK_RAW, unix.IPPROTO_ICMP}, {"raw6", unix.AF_INET6, unix.SOCK_RAW, unix.IPPROTO_ICMPV6}, {"raw6 raw", unix.AF_INET6, unix.SOCK_RAW, unix.IPPROTO_RAW}, {"raw6 udp", unix.AF_INET6, unix.SOCK_RAW, unix.IPPROTO_UDP},
	{"packet", unix.AF_PACKET, unix.SOCK_RAW, 0},
}

// eachKind runs f with a table and a new socket of each kind.
func eachKind(t *testing.T, f func(t *testing.T, tab *Table, open func() *Handle)) {
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			l, err := loop.New()
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			tab := NewTable(l)
			defer tab.Close()
			f(t, tab, func() *Handle {
				fd, err := sysSocket(k.family, k.sotype, k.protocol)
				if err != nil {
					t.Skip(err)
				}
				return tab.add(fd, k.family, k.sotype)
			})
		})
	}
}

// sane are values for each form that the kernel takes on some socket as they are.
func sane(o *option) []Value {
	byName := map[string][]Value{
		"SO_SNDBUF": nil, "SO_RCVBUF": nil, // doubled
		"TCP_WINDOW_CLAMP": nil, "TCP_DEFER_ACCEPT": nil, // rounded
		"TCP_QUICKACK": {Flag(true)}, "TCP_MAXSEG": nil, // of the connection
		"TCP_THIN_DUPACK": nil, "SO_BSDCOMPAT": nil, // without effect
		"IP_MULTICAST_IF":       {Str("127.0.0.1")},
		"IPV6_ADDRFORM":         nil, // of a connected socket
		"IPV6_ADDR_PREFERENCES": nil, // the kernel adds the other choices
		"IP_OPTIONS":            {Str("hex 01010100")},
		"TCP_FASTOPEN_KEY":      {Str("hex 000102030405060708090a0b0c0d0e0f")},
		"TCP_CONGESTION":        {Str("reno")},
		"TCP_ULP":               nil, // of a connected socket
		"TCP_TX_DELAY":          nil, // needs a queue that waits
		"IPV6_CHECKSUM":         {Num(4), Num(-1)},
		"IPV6_MTU":              nil,                                 // told of a connected socket
		"IP_TOS":                {Num(16)}, "IPV6_TCLASS": {Num(16)}, // the low bits of a stream are ECN
		"UDPLITE_SEND_CSCOV": {Num(20)}, "UDPLITE_RECV_CSCOV": {Num(20)},
		"SO_VM_SOCKETS_CONNECT_TIMEOUT": {Str("1.5s")},
		"TCP_RTO_MAX_MS":                {Str("3s")}, "TCP_RTO_MIN_US": {Str("100ms")}, "TCP_DELACK_MAX_US": {Str("100ms")},
		"TCP_FASTOPEN":     {Num(5)},
		"TCP_SAVE_SYN":     {Num(1), Num(0)},
		"SO_BINDTODEVICE":  {Str("lo"), Str("")},
		"SO_MARK":          {Num(7)},
		"SO_PEEK_OFF":      {Num(0), Num(9), Num(-1)},
		"IP_TTL":           {Num(9)},
		"UDP_ENCAP":        nil, // turns on parts of the kernel for good
		"IP_ROUTER_ALERT":  {Flag(true)},
		"ICMPV6_FILTER":    {Str("hex " + strings.Repeat("0f", 32))},
		"TCP_REPAIR_QUEUE": nil, "TCP_QUEUE_SEQ": nil, "TCP_REPAIR_WINDOW": nil, "TCP_REPAIR": nil, "TCP_TIMESTAMP": nil, // see TestRepair
		"PACKET_FANOUT": nil, "PACKET_VERSION": {Str("v3"), Str("v1")},
		"SO_ATTACH_FILTER":          {Str("drop"), Str("accept syn"), Str("drop data"), Str("first 100"), Str("drop ack")},
		"SO_TXTIME":                 {Str("tai deadline_mode"), Str("monotonic")},
		"IPV6_ROUTER_ALERT":         {Num(0)},
		"SO_LOCK_FILTER":            {Flag(true)},
		"SO_VM_SOCKETS_BUFFER_SIZE": nil, "SO_VM_SOCKETS_BUFFER_MAX_SIZE": {Num(300000)}, "SO_VM_SOCKETS_BUFFER_MIN_SIZE": {Num(200)},
		"SO_TIMESTAMPING": {Str("rx_software|software"), Str("none")},
		"SO_TIMESTAMP":    {Flag(true), Flag(false)},
		"SO_RESERVE_MEM":  nil, // needs a cgroup
		"SO_TXREHASH":     {Str("disabled"), Str("enabled")},
		"IPV6_RTHDR":      nil, "IPV6_HOPOPTS": {Str("hex 0000010400000000")}, "IPV6_DSTOPTS": {Str("hex 0000010400000000")}, "IPV6_RTHDRDSTOPTS": nil, "IPV6_2292PKTOPTIONS": nil,
		"IP_PKTOPTIONS":       nil,
		"PACKET_VNET_HDR_SZ":  {Num(10), Num(0)},
		"IP_LOCAL_PORT_RANGE": {Str("40000-50000"), Str("off")},
	}
	if v, ok := byName[o.name]; ok {
		return v
	}
	switch o.form {
	case aBool:
		return []Value{Flag(true), Flag(false)}
	case anInt, aWord:
		return []Value{Num(3)}
	case inSeconds, inMillis, inMicros:
		return []Value{{Type: Number, Num: 7, Str: "7" + map[*form]string{inSeconds: "s", inMillis: "ms", inMicros: "µs"}[o.form]}}
	case aTimeval:
		return []Value{Str("1.5s"), Str("0s")}
	case aLinger:
		return []Value{Str("3s"), Str("off")}
	case aRate:
		return []Value{Num(123456), Str("unlimited")}
	case anInterface, anInterfaceBig:
		return []Value{Str("lo"), Str("any")}
	case aDiscovery, aDiscovery6:
		return []Value{Str("probe"), Str("do"), Str("dont"), Str("interface"), Str("omit"), Str("want")}
	}
	if o.form.flags != nil {
		var all []Value
		for _, f := range o.form.flags {
			all = append(all, Str(f.name))
		}
		return append(all, Str("none"))
	}
	return nil
}

// TestOptionsRoundTrip sets what can be set on every kind of socket and reads the
// same again.
func TestOptionsRoundTrip(t *testing.T) {
	done := make(map[string]bool)
	eachKind(t, func(t *testing.T, tab *Table, open func() *Handle) {
		open()
		table := newOptions()
		for i := range table.all {
			o := &table.all[i]
			if o.access != rw {
				continue
			}
			h := open()
			for _, v := range sane(o) {
				if tab.setOption(h, o, []Value{v}) != nil {
					continue // not on this socket, or not without a privilege
				}
				got, err := tab.getOption(h, o)
				if errors.Is(err, unix.ENOPROTOOPT) || errors.Is(err, unix.EOPNOTSUPP) {
					continue // set in vain: IPV6 options of IPv4 sockets and the like
				}
				if err != nil || got.String() != v.String() && got.String() != Quote(decoded(v.Str)) {
					t.Errorf("%s: set to %s, is %s (%v)", o.name, v, got, err)
				}
				done[o.name] = true
				if err := tab.setOption(h, o, []Value{got}); err != nil && err != unix.EPERM && o.form != aFilter && o.form != someData && o.name != "SO_LOCK_FILTER" && !strings.HasSuffix(o.name, "ROUTER_ALERT") {
					t.Errorf("%s: what was read, %s, cannot be set: %v", o.name, got, err)
				}
			}
		}
	})
	for _, o := range allOptions() {
		if o.access == rw && len(sane(&o)) > 0 && !done[o.name] {
			t.Logf("%s could be set on no socket", o.name)
		}
	}
}

// decoded returns the bytes of "hex 0102".
func decoded(text string) string {
	b, err := encodeData(nil, nil, []Value{Str(text)})
	if err != nil {
		return ""
	}
	return string(b)
}

// TestEveryOptionAnswers reads every option of every kind of socket, and looks
// whether those that no socket has are known to the kernel at all.
func TestEveryOptionAnswers(t *testing.T) {
	answered := make(map[string]bool)
	eachKind(t, func(t *testing.T, tab *Table, open func() *Handle) {
		h := open()
		table := newOptions()
		for i := range table.all {
			o := &table.all[i]
			if o.access == wo || o.access == alias {
				continue
			}
			if v, err := tab.getOption(h, o); err == nil {
				answered[o.name] = true
				if s := v.String(); !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
					t.Errorf("%s: %q", o.name, s)
				}
			}
		}
	})
	for _, o := range allOptions() {
		if o.access != wo && o.access != alias && !answered[o.name] {
			t.Logf("%s: no fresh socket tells it", o.name)
		}
	}
}

// TestShortNames checks what a name without its prefix stands for.
func TestShortNames(t *testing.T) {
	table := newOptions()
	for word, want := range map[string]string{
		"nodelay": "TCP_NODELAY", "TTL": "IP_TTL", "priority": "SO_PRIORITY", "protocol": "SO_PROTOCOL", "timestamp": "SO_TIMESTAMP", "v6only": "IPV6_V6ONLY",
		"ip_ttl": "IP_TTL", "IPV6_ADD_MEMBERSHIP": "IPV6_JOIN_GROUP", "SO_GET_FILTER": "SO_ATTACH_FILTER", "cork": "", "mtu_discover": "", "transparent": "",
		"tcp:1": "tcp:1", "SOL_SOCKET:0x4d": "SO_PEERPIDFD", "-1:-1": "-1:-1", "tcp:": "", ":1": "", "banana:1": "", "": "", ":": "", "SO_": "", "so_so_so_so_so_so_so_so_so_so_so_so_so_so_so": "",
	} {
		o, err := table.find(word)
		switch {
		case err != nil && want != "":
			t.Errorf("%s: %v", word, err)
		case err == nil && o.name != want:
			t.Errorf("%s is %s, want %q", word, o.name, want)
		}
	}
}

func BenchmarkFindOption(b *testing.B) {
	table := newOptions()
	for b.Loop() {
		if _, err := table.find("TCP_NODELAY"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOptionTable(b *testing.B) {
	for b.Loop() {
		newOptions()
	}
}
