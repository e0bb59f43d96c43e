package wire

import (
	"encoding/binary"
	"net/netip"
	"strings"
	"testing"

	"socksh/luabind/journal"
)

// be puts numbers together in the order of the network; a string is bytes as they are.
func be(parts ...any) []byte {
	var b []byte
	for _, p := range parts {
		switch v := p.(type) {
		case int: // a byte
			b = append(b, byte(v))
		case uint16:
			b = binary.BigEndian.AppendUint16(b, v)
		case uint32:
			b = binary.BigEndian.AppendUint32(b, v)
		case string:
			b = append(b, v...)
		case []byte:
			b = append(b, v...)
		}
	}
	return b
}

func ethernet(kind uint16, body []byte) []byte {
	return be("\x00\x00\x00\x00\x00\x00", "\x00\x00\x00\x00\x00\x00", kind, body)
}

func ip4(protocol int, from, to string, body []byte) []byte {
	return ip4Fragment(protocol, from, to, 0, 0, body)
}

func ip4Fragment(protocol int, from, to string, id, bits uint16, body []byte) []byte {
	return be(0x45, 0, uint16(20+len(body)), id, bits, 64, protocol, uint16(0), netip.MustParseAddr(from).AsSlice(), netip.MustParseAddr(to).AsSlice(), body)
}

func ip6(next int, from, to string, body []byte) []byte {
	return be(0x60, 0, uint16(0), uint16(len(body)), next, 64, netip.MustParseAddr(from).AsSlice(), netip.MustParseAddr(to).AsSlice(), body)
}

func tcp(from, to uint16, seq, ack uint32, flags int, window uint16, options, data string) []byte {
	return be(from, to, seq, ack, (20+len(options))/4<<4, flags, window, uint32(0), options, data)
}

func udp(from, to uint16, data string) []byte {
	return be(from, to, uint16(8+len(data)), uint16(0), data)
}

const synOptions = "\x02\x04\x05\xb4\x01\x03\x03\x07\x04\x02\x08\x0a\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00"

func TestDecode(t *testing.T) {
	a4, b4 := "127.0.0.1", "127.0.0.2"
	for name, c := range map[string]struct {
		frame []byte
		want  string // the segment, its length, data and options
	}{
		"SYN":         {ethernet(typeIPv4, ip4(6, a4, b4, tcp(5, 80, 7, 0, 2, 65, synOptions, ""))), `127.0.0.1:5 → 127.0.0.2:80  SYN seq=7 "" mss 1460, wscale 7, sack allowed, timestamps`},
		"data":        {ethernet(typeIPv4, ip4(6, a4, b4, tcp(5, 80, 7, 9, 0x18, 65, "", "hello"))), `127.0.0.1:5 → 127.0.0.2:80  PSH+ACK seq=7 ack=9 len=5 "hello" `},
		"ECN":         {ethernet(typeIPv4, ip4(6, a4, b4, tcp(5, 80, 7, 9, 0xd1, 65, "", ""))), `127.0.0.1:5 → 127.0.0.2:80  FIN+ACK+ECE+CWR seq=7 ack=9 "" `},
		"padding":     {ethernet(typeIPv4, be(ip4(6, a4, b4, tcp(5, 80, 7, 9, 0x10, 65, "", "")), "\x00\x00\x00\x00\x00\x00")), `127.0.0.1:5 → 127.0.0.2:80  ACK seq=7 ack=9 "" `},
		"IPv6":        {ethernet(typeIPv6, ip6(6, "::1", "::2", tcp(5, 80, 7, 9, 0x14, 65, "", ""))), `[::1]:5 → [::2]:80  RST+ACK seq=7 ack=9 "" `},
		"extensions":  {ethernet(typeIPv6, ip6(0, "::1", "::2", be(60, 0, "\x01\x04\x00\x00\x00\x00", 6, 1, "\x01\x0c\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", tcp(5, 80, 7, 9, 0x10, 65, "", "x")))), `[::1]:5 → [::2]:80  ACK seq=7 ack=9 len=1 "x" `},
		"VLAN":        {ethernet(typeVLAN, be(uint16(3), uint16(typeIPv4), ip4(17, a4, b4, udp(5, 53, "ask")))), `127.0.0.1:5 → 127.0.0.2:53  UDP len=3 "ask" `},
		"empty UDP":   {ethernet(typeIPv4, ip4(17, a4, b4, udp(5, 53, ""))), `127.0.0.1:5 → 127.0.0.2:53  UDP "" `},
		"first":       {ethernet(typeIPv4, ip4Fragment(17, a4, b4, 1, 0x2000, udp(5, 53, "abcdefgh"))), `127.0.0.1:5 → 127.0.0.2:53  UDP first fragment len=8 "abcdefgh" `},
		"later":       {ethernet(typeIPv4, ip4Fragment(17, a4, b4, 1, 2, []byte("ijkl"))), `127.0.0.1:0 → 127.0.0.2:0  UDP fragment at 16 len=4 "" `},
		"later, IPv6": {ethernet(typeIPv6, ip6(44, "::1", "::2", be(17, 0, uint16(16), uint32(9), "ijkl"))), `[::1]:0 → [::2]:0  UDP fragment at 16 len=4 "" `},
		"atomic":      {ethernet(typeIPv6, ip6(44, "::1", "::2", be(17, 0, uint16(0), uint32(9), udp(5, 53, "x")))), `[::1]:5 → [::2]:53  UDP len=1 "x" `},
		"echo":        {ethernet(typeIPv4, ip4(1, a4, b4, be(8, 0, uint16(0), uint16(77), uint16(1), "ping"))), `127.0.0.1:77 → 127.0.0.2:0  ICMP echo request len=4 "ping" `},
		"echo reply":  {ethernet(typeIPv6, ip6(58, "::2", "::1", be(129, 0, uint16(0), uint16(77), uint16(1), "ping"))), `[::2]:0 → [::1]:77  ICMPv6 echo reply len=4 "ping" `},
		"refused": {ethernet(typeIPv4, ip4(1, b4, a4, be(3, 3, uint16(0), uint32(0), ip4(17, a4, b4, udp(5, 53, "ask"))))),
			`127.0.0.2:53 → 127.0.0.1:5  ICMP port unreachable, about UDP 127.0.0.1:5 → 127.0.0.2:53 "" `},
		"refused, IPv6": {ethernet(typeIPv6, ip6(58, "::2", "::1", be(1, 4, uint16(0), uint32(0), ip6(17, "::1", "::2", udp(5, 53, "ask"))))),
			"[::2]:53 → [::1]:5  ICMPv6 port unreachable, about UDP [::1]:5 → [::2]:53 \"\" "},
		"by a router": {ethernet(typeIPv4, ip4(1, "10.0.0.1", a4, be(3, 4, uint16(0), uint16(0), uint16(1400), ip4(6, a4, b4, tcp(5, 80, 7, 9, 0x10, 65, "", ""))[:28]))),
			`10.0.0.1:0 → 127.0.0.1:5  ICMP fragmentation needed, mtu 1400, about TCP 127.0.0.1:5 → 127.0.0.2:80 "" `},
		"unknown code":        {ethernet(typeIPv4, ip4(1, b4, a4, be(3, 200, uint16(0), uint32(0)))), `127.0.0.2:0 → 127.0.0.1:0  ICMP unreachable "" `},
		"unknown type":        {ethernet(typeIPv4, ip4(1, b4, a4, be(200, 2, uint16(0), uint32(0)))), `127.0.0.2:0 → 127.0.0.1:0  ICMP type 200 code 2 "" `},
		"SCTP":                {ethernet(typeIPv4, ip4(132, b4, a4, []byte("12345678"))), `127.0.0.2:0 → 127.0.0.1:0  protocol 132 len=8 "12345678" `},
		"cut in TCP":          {ethernet(typeIPv4, ip4(6, a4, b4, tcp(5, 80, 7, 9, 0x10, 65, synOptions, "")))[:60], `127.0.0.1:5 → 127.0.0.2:80  truncated seq=0 "" `},
		"cut in ports":        {ethernet(typeIPv4, ip4(6, a4, b4, tcp(5, 80, 7, 9, 0x10, 65, "", "")))[:36], `127.0.0.1:0 → 127.0.0.2:0  truncated seq=0 "" `},
		"cut in data":         {ethernet(typeIPv4, ip4(6, a4, b4, tcp(5, 80, 7, 9, 0x10, 65, "", "hello")))[:56], `127.0.0.1:5 → 127.0.0.2:80  ACK seq=7 ack=9 len=5 "he" `},
		"cut in an extension": {ethernet(typeIPv6, ip6(0, "::1", "::2", be(6, 9))), `[::1]:0 → [::2]:0  IPv6 truncated "" `},
		"ARP":                 {ethernet(0x0806, make([]byte, 28)), "no"},
		"cut in IPv4":         {ethernet(typeIPv4, make([]byte, 19)), "no"},
		"nothing":             {nil, "no"},
	} {
		got := "no"
		if p, ok := Decode(c.frame); ok {
			got = p.String() + " " + strings.ReplaceAll(quote(p.Data), `E\x00`, "E") + " " + p.Options
		}
		if got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.want)
		}
	}
}

// quote shows what is printable of data, up to the first byte that is not.
func quote(data string) string {
	i := strings.IndexFunc(data, func(r rune) bool { return r < ' ' || r > '~' })
	if i < 0 {
		i = len(data)
	}
	return `"` + data[:i] + `"`
}

// track gives the segments of a conversation between 5 and 80; those whose place in the
// list is odd go back.
func track(t *testing.T, tracker *Tracker, packets ...[]byte) []journal.Segment {
	t.Helper()
	var all []journal.Segment
	for _, b := range packets {
		p, ok := Decode(ethernet(typeIPv4, ip4(6, "127.0.0.1", "127.0.0.1", b)))
		if !ok {
			t.Fatal("not decoded")
		}
		all = append(all, tracker.Segment(&p))
	}
	return all
}

func summaries(all []journal.Segment) string {
	var b strings.Builder
	for _, s := range all {
		b.WriteString(s.Summary() + "\n")
	}
	return b.String()
}

func TestTrackerHandshake(t *testing.T) {
	var tr Tracker
	all := track(t, &tr,
		tcp(5, 80, 0xfffffffe, 0, 2, 1000, synOptions, ""),
		tcp(5, 80, 0xfffffffe, 0, 2, 1000, synOptions, ""), // again
		tcp(80, 5, 300, 0xffffffff, 0x12, 1000, "\x03\x03\x02\x00", ""),
		tcp(5, 80, 0xffffffff, 301, 0x10, 10, "", ""),
		tcp(5, 80, 0xffffffff, 301, 0x18, 10, "", "hello"),
		tcp(80, 5, 301, 0xffffffff, 0x10, 10, "\x05\x0a\x00\x00\x00\x06\x00\x00\x00\x08\x00\x00", ""),
		tcp(80, 5, 301, 4, 0x11, 10, "", ""),
	)
	want := "SYN seq=0\nSYN seq=0\nSYN+ACK seq=0 ack=1\nACK seq=1 ack=1\nPSH+ACK seq=1 ack=1 len=5\nACK seq=1 ack=1\nFIN+ACK seq=1 ack=6\n"
	if got := summaries(all); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	for i, window := range []int{1000, 1000, 1000, 1280, 1280, 40, 40} {
		if all[i].Window != window {
			t.Errorf("window %d is %d, not %d", i, all[i].Window, window)
		}
	}
	if all[5].Options != "sack 8-10" {
		t.Errorf("options %q", all[5].Options)
	}
}

func TestTrackerWithoutBegin(t *testing.T) {
	var tr Tracker
	got := summaries(track(t, &tr,
		tcp(5, 80, 1000, 2000, 0x18, 1, "", "ab"),
		tcp(80, 5, 2000, 1002, 0x10, 1, "", ""),
		tcp(80, 5, 2000, 1002, 0x14, 1, "", "")))
	if want := "PSH+ACK seq=1 ack=1 len=2\nACK seq=1 ack=3\nRST+ACK seq=1 ack=3\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestTrackerRefusedAndAnew(t *testing.T) {
	var tr Tracker
	got := summaries(track(t, &tr,
		tcp(5, 80, 1000, 0, 2, 1, "", ""), tcp(80, 5, 0, 1001, 0x14, 0, "", ""),
		tcp(5, 80, 5000, 0, 2, 1, "", ""), tcp(80, 5, 9000, 5001, 0x12, 1, "", ""), tcp(5, 80, 5001, 9001, 0x10, 1, "", ""),
		tcp(5, 80, 7000, 0, 2, 1, "", ""), tcp(80, 5, 100, 7001, 0x12, 1, "", "")))
	want := "SYN seq=0\nRST+ACK seq=0 ack=1\nSYN seq=0\nSYN+ACK seq=0 ack=1\nACK seq=1 ack=1\nSYN seq=0\nSYN+ACK seq=0 ack=1\n"
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestTrackerSimultaneousOpen(t *testing.T) {
	var tr Tracker
	got := summaries(track(t, &tr,
		tcp(5, 80, 1000, 0, 2, 1, "", ""), tcp(80, 5, 4000, 0, 2, 1, "", ""),
		tcp(5, 80, 1000, 4001, 0x12, 1, "", ""), tcp(80, 5, 4000, 1001, 0x12, 1, "", "")))
	if want := "SYN seq=0\nSYN seq=0\nSYN+ACK seq=0 ack=1\nSYN+ACK seq=0 ack=1\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestTrackerForgetsTheOldest(t *testing.T) {
	var tr Tracker
	for i := range 3 * mostSides {
		track(t, &tr, tcp(uint16(i), uint16(1+i>>16), 1000, 0, 2, 1, "", ""))
	}
	if n := len(tr.young) + len(tr.old); n > 2*mostSides {
		t.Errorf("%d sides are kept", n)
	}
}

func TestTrackerFragments(t *testing.T) {
	var tr Tracker
	var got []string
	for _, b := range [][]byte{
		ip4Fragment(17, "127.0.0.1", "127.0.0.2", 1, 2, []byte("ijkl")),
		ip4Fragment(17, "127.0.0.1", "127.0.0.2", 1, 0x2000, udp(5, 53, "abcdefgh")),
		ip4Fragment(17, "127.0.0.1", "127.0.0.2", 1, 2, []byte("ijkl")),
		ip4Fragment(17, "127.0.0.1", "127.0.0.2", 2, 2, []byte("ijkl")),
	} {
		p, _ := Decode(ethernet(typeIPv4, b))
		s := tr.Segment(&p)
		got = append(got, s.From.String())
	}
	if want := "127.0.0.1:0 127.0.0.1:5 127.0.0.1:5 127.0.0.1:0"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func FuzzDecode(f *testing.F) {
	for _, b := range [][]byte{
		ethernet(typeIPv4, ip4(6, "127.0.0.1", "127.0.0.2", tcp(5, 80, 7, 9, 0x12, 65, synOptions, "hello"))),
		ethernet(typeIPv6, ip6(0, "::1", "::2", be(44, 0, "\x01\x04\x00\x00\x00\x00", 17, 0, uint16(17), uint32(3), udp(1, 2, "x")))),
		ethernet(typeIPv4, ip4(1, "127.0.0.2", "127.0.0.1", be(3, 3, uint16(0), uint32(0), ip4(17, "127.0.0.1", "127.0.0.2", udp(5, 53, "ask"))))),
		ethernet(typeIPv6, ip6(58, "::2", "::1", be(1, 4, uint16(0), uint32(0), ip6(17, "::1", "::2", udp(5, 53, "ask"))))),
	} {
		f.Add(b)
	}
	var tr Tracker
	f.Fuzz(func(t *testing.T, frame []byte) {
		p, ok := Decode(frame)
		if !ok {
			return
		}
		if len(p.Data) > len(frame) || p.Len < 0 || !p.From.IsValid() || !p.To.IsValid() || p.Protocol == "" {
			t.Fatalf("%+v", p)
		}
		_ = tr.Segment(&p).String()
	})
}
