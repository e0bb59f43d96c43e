//go:build linux

package sock

import (
	"errors"
	"math/rand/v2"
	"os"
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
	case anInterface, anInterface2:
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
				if err := tab.setOption(h, o, []Value{got}); err != nil && o.form != aFilter && o.form != someData && o.name != "SO_LOCK_FILTER" && !strings.HasSuffix(o.name, "ROUTER_ALERT") {
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

// TestRandomOptions sets and reads options by any level, number and value.
func TestRandomOptions(t *testing.T) {
	calls := 10000
	if testing.Short() {
		calls = 1000
	}
	eachKind(t, func(t *testing.T, tab *Table, open func() *Handle) {
		r := rand.New(rand.NewPCG(1, 2))
		before, all := openDescriptors(t), allOptions()
		h := open()
		for i := range calls {
			if i%100 == 99 { // one that has become deaf or locked teaches nothing more
				tab.Close()
				h = open()
			}
			o, err := tab.option(randomOption(r, all))
			if err != nil {
				t.Fatal(err)
			}
			var v []Value
			for range r.IntN(3) {
				v = append(v, randomValue(r))
			}
			if err := tab.setOption(h, o, v); err != nil {
				checkRefusal(t, o, err)
			}
			if got, err := tab.getOption(h, o); err != nil {
				checkRefusal(t, o, err)
			} else if !utf8.ValidString(got.String()) {
				t.Fatalf("%s: %q", o.name, got)
			}
		}
		tab.Close()
		if after := openDescriptors(t); after > before {
			t.Errorf("%d descriptors before, %d after", before, after)
		}
	})
}

func checkRefusal(t *testing.T, o *option, err error) {
	t.Helper()
	var errno unix.Errno
	if s := err.Error(); !errors.As(err, &errno) && (!strings.HasPrefix(s, o.name) || !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) || len(s) > 600) {
		t.Fatalf("%s: %q", o.name, err)
	}
}

func openDescriptors(t *testing.T) int {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip(err)
	}
	return len(entries)
}

func randomOption(r *rand.Rand, all []option) string {
	levels := []string{"socket", "ip", "ipv6", "tcp", "udp", "raw", "packet", "netlink", "vsock", "0", "-1", "2147483647", "282"}
	if r.IntN(2) == 0 {
		return all[r.IntN(len(all))].name
	}
	number := Num(r.IntN(90)).String() // from 64 on at the level of IP begin the firewall's, which change the machine
	switch r.IntN(8) {
	case 0:
		number = "-1"
	case 1:
		number = "2147483647"
	}
	l := levels[r.IntN(len(levels))]
	if l == "ip" || l == "0" || l == "ipv6" {
		number = Num(r.IntN(60)).String()
	}
	return l + ":" + number
}

func randomValue(r *rand.Rand) Value {
	words := []string{"on", "off", "0", "1", "-1", "9999999999", "", "lo", "any", "none", "239.1.2.3", "ff02::9", "127.0.0.1", "::1", "include", "exclude", "drop", "accept", "syn", "first", "hex", "hex 00",
		"0a0b", "tai", "1s", "500ms", "1-2", "64KiB", "unlimited", "\x00\xff", "\n", "want", "promisc", "reno", "fe80::1%lo", "语", strings.Repeat("w", 5000)}
	switch r.IntN(6) {
	case 0:
		return Num(r.IntN(200) - 20)
	case 1:
		return Value{Type: Number, Num: r.NormFloat64() * 1e10}
	case 2:
		b := make([]byte, r.IntN(300))
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		return Value{Type: Bytes, Str: string(b)}
	case 3:
		return []Value{{}, Flag(true), {Type: List, Any: []Value{Num(1)}}, {Type: Foreign, Str: "function"}}[r.IntN(4)]
	}
	return Str(words[r.IntN(len(words))])
}

// FuzzOptionValue checks that no value of any form leads to a panic, and that a
// refusal is one printable line.
func FuzzOptionValue(f *testing.F) {
	table := newOptions()
	for i := range table.all {
		f.Add(i, "on", "lo", []byte{1, 0, 0, 0})
		f.Add(i, "239.1.2.3", "127.0.0.1 include 10.0.0.1", []byte{})
	}
	f.Fuzz(func(t *testing.T, i int, first, second string, answer []byte) {
		o := &table.all[(i%len(table.all)+len(table.all))%len(table.all)]
		if o.access == alias {
			return
		}
		if o.form.encode != nil {
			for _, v := range [][]Value{{Str(first)}, {Str(first), Str(second)}, {{Type: Bytes, Str: first + " " + second}}} {
				if _, err := o.form.encode(o.form, nil, v); err != nil {
					checkRefusal(t, o, errors.New(o.name+": "+err.Error()))
				}
			}
		}
		if o.form.decode != nil && !o.form.whole {
			if s := o.form.decode(o.form, answer).String(); !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
				t.Errorf("%s of %x: %q", o.name, answer, s)
			}
		}
	})
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

// TestRepair takes the sequence numbers out of a connection, which takes a privilege.
func TestRepair(t *testing.T) {
	l, err := loop.New()
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	tab := NewTable(l)
	defer tab.Close()
	fd, err := sysSocket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	h := tab.add(fd, unix.AF_INET, unix.SOCK_STREAM)
	set := func(name string, v ...Value) error {
		o, err := tab.option(name)
		if err != nil {
			t.Fatal(err)
		}
		return tab.setOption(h, o, v)
	}
	get := func(name string) string {
		o, _ := tab.option(name)
		v, err := tab.getOption(h, o)
		if err != nil {
			return err.Error()
		}
		return v.String()
	}
	if err := set("TCP_REPAIR", Str("on")); err != nil {
		if err != unix.EPERM {
			t.Error(err)
		}
		t.Skip("needs CAP_NET_ADMIN: ", err)
	}
	for _, step := range []struct{ name, value, want string }{
		{"TCP_REPAIR", "", "on"}, {"TCP_REPAIR_QUEUE", "send_queue", "send_queue"}, {"TCP_QUEUE_SEQ", "4000000000", "4000000000"},
		{"TCP_REPAIR_QUEUE", "TCP_RECV_QUEUE", "recv_queue"}, {"TCP_QUEUE_SEQ", "7", "7"}, {"TCP_TIMESTAMP", "", get("TCP_TIMESTAMP")},
		{"TCP_REPAIR", "off_no_wp", "off"},
	} {
		if step.value != "" {
			if err := set(step.name, Str(step.value)); err != nil {
				t.Errorf("%s: %v", step.name, err)
			}
		}
		if got := get(step.name); got != step.want && step.name != "TCP_TIMESTAMP" {
			t.Errorf("%s is %s, want %s", step.name, got, step.want)
		}
	}
}

// TestSecret signs a connection's segments, and looks that a wrong key ends it.
func TestSecret(t *testing.T) {
	l, err := loop.New()
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	tab := NewTable(l)
	defer tab.Close()
	open := func() *Handle {
		fd, err := sysSocket(unix.AF_INET, unix.SOCK_STREAM, 0)
		if err != nil {
			t.Fatal(err)
		}
		return tab.add(fd, unix.AF_INET, unix.SOCK_STREAM)
	}
	sign := func(h *Handle, name string, v ...Value) {
		t.Helper()
		o, _ := tab.option(name)
		switch err := tab.setOption(h, o, v); err {
		case nil:
		case unix.ENOPROTOOPT:
			t.Skip("this kernel has no ", name)
		default:
			t.Fatal(err)
		}
	}
	srv := open()
	sign(srv, "TCP_MD5SIG_EXT", Str("127.0.0.0/8"), Str("top secret"))
	if err := unix.Bind(srv.FD, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	if err := unix.Listen(srv.FD, 5); err != nil {
		t.Fatal(err)
	}
	to, err := unix.Getsockname(srv.FD)
	if err != nil {
		t.Fatal(err)
	}
	connect := func(key string, wait int) string {
		h := open()
		if key != "" {
			sign(h, "TCP_MD5SIG", Str("127.0.0.1"), Str(key))
		}
		if err := unix.Connect(h.FD, to); err != unix.EINPROGRESS {
			return stateOf(h.FD)
		}
		fds := []unix.PollFd{{Fd: int32(h.FD), Events: unix.POLLOUT}}
		if _, err := unix.Poll(fds, wait); err != nil {
			t.Fatal(err)
		}
		return stateOf(h.FD)
	}
	if got := connect("top secret", 5000); got != "ESTABLISHED" {
		t.Errorf("the right key: %s", got)
	}
	if got := connect("no secret", 50); got != "SYN_SENT" {
		t.Errorf("a wrong key: %s", got)
	}
	if got := connect("", 50); got != "SYN_SENT" {
		t.Errorf("no key: %s", got)
	}
}

// TestSandboxOptions checks that the sandbox joins no group and sets nothing by
// number.
func TestSandboxOptions(t *testing.T) {
	l, err := loop.New()
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	tab := NewTable(l)
	defer tab.Close()
	tab.Policy.Loopback = true
	fd, err := sysSocket(unix.AF_INET, unix.SOCK_DGRAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	h := tab.add(fd, unix.AF_INET, unix.SOCK_DGRAM)
	for name, allowed := range map[string]bool{"IP_ADD_MEMBERSHIP": false, "MCAST_JOIN_GROUP": false, "IP_ADD_SOURCE_MEMBERSHIP": false, "ip:35": false, "socket:2": false, "SO_REUSEADDR": true} {
		o, err := tab.option(name)
		if err != nil {
			t.Fatal(err)
		}
		err = tab.setOption(h, o, []Value{Str("1")})
		if _, refused := err.(misuse); refused == allowed || !allowed && !strings.Contains(err.Error(), "sandbox") {
			t.Errorf("%s: %v", name, err)
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
