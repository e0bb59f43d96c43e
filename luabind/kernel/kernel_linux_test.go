package kernel

import (
	"net"
	"net/netip"
	"testing"

	"golang.org/x/sys/unix"
)

// TestDumpAndExact finds connections of the test's own in a dump, and each again
// by an exact query.
func TestDumpAndExact(t *testing.T) {
	var v View
	defer v.Close()
	for _, host := range []string{"127.0.0.1", "::1"} {
		l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
		if err != nil {
			t.Logf("skipped %s: %v", host, err)
			continue
		}
		defer l.Close()
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		at := netip.MustParseAddrPort(l.Addr().String())
		r := request{family: unix.AF_INET, protocol: unix.IPPROTO_TCP, states: everyState, local: netip.AddrPortFrom(netip.Addr{}, at.Port())}
		if at.Addr().Is6() {
			r.family = unix.AF_INET6
		}
		all, err := v.dump(r)
		if err != nil || len(all) != 2 {
			t.Fatalf("%s: dump: %v, %v", host, all, err)
		}
		for _, e := range all {
			if e.local != l.Addr().String() {
				t.Errorf("%s: an entry of another port: %+v", host, e)
			}
			one := r
			one.local, one.cookie = at, e.cookie
			if e.peer != "" {
				one.peer = netip.MustParseAddrPort(e.peer)
				if e.state != "ESTABLISHED" || e.peer != c.LocalAddr().String() || e.inode != 0 {
					t.Errorf("%s: the waiting connection: %+v", host, e)
				}
			} else if e.state != "LISTEN" || e.recv != 1 {
				t.Errorf("%s: the listener: %+v", host, e)
			}
			if got, err := v.exact(one); err != nil || got.cookie != e.cookie || got.state != e.state {
				t.Errorf("%s: exact: %+v, %v", host, got, err)
			}
			one.cookie++
			if _, err := v.exact(one); err != unix.ENOENT && err != unix.ESTALE {
				t.Errorf("%s: exact with another cookie: %v", host, err)
			}
		}
	}
}

func TestUDP(t *testing.T) {
	var v View
	defer v.Close()
	c, err := net.Dial("udp", "127.0.0.1:9")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	r := request{family: unix.AF_INET, protocol: unix.IPPROTO_UDP, states: everyState,
		local: netip.MustParseAddrPort(c.LocalAddr().String()), peer: netip.MustParseAddrPort("127.0.0.1:9")}
	if e, err := v.exact(r); err != nil || e.local != c.LocalAddr().String() || e.peer != "127.0.0.1:9" {
		t.Errorf("%+v, %v", e, err)
	}
}

func TestCounters(t *testing.T) {
	all := make(map[string]int64)
	parseCounters([]byte("Tcp: RtoMin MaxConn ActiveOpens\nTcp: 200 -1 7\nTcpExt: ListenDrops New\nTcpExt: 3\nIp: Alone\n"), all)
	for name, want := range map[string]int64{"TcpRtoMin": 200, "TcpMaxConn": -1, "TcpActiveOpens": 7, "ListenDrops": 3} {
		if all[name] != want {
			t.Errorf("%s is %d, want %d", name, all[name], want)
		}
	}
	if len(all) != 4 {
		t.Errorf("got %v", all)
	}
	if all, err := new(View).readCounters(nil); err != nil || all["TcpRtoMin"] == 0 {
		t.Errorf("the system's: %v", err)
	}
}

// FuzzAnswers gives the parsers any bytes for the kernel's.
func FuzzAnswers(f *testing.F) {
	f.Add(make([]byte, headerSize+answerSize), true)
	f.Add([]byte{16, 0, 0, 0, 3, 0, 0, 0}, false)
	f.Fuzz(func(t *testing.T, b []byte, dump bool) {
		c := new(conn)
		c.answers(b, dump, func(body []byte) error {
			_, err := parse(body)
			return err
		})
		parse(b)
	})
}

func BenchmarkExact(b *testing.B) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	var v View
	defer v.Close()
	r := request{family: unix.AF_INET, protocol: unix.IPPROTO_TCP,
		local: netip.MustParseAddrPort(c.LocalAddr().String()), peer: netip.MustParseAddrPort(l.Addr().String())}
	for b.Loop() {
		if _, err := v.exact(r); err != nil {
			b.Fatal(err)
		}
	}
}
