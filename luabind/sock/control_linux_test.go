package sock

import (
	"encoding/binary"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"socksh/luabind/loop"
)

// A bench is a table with a task to call its verbs from.
type bench struct {
	t     *testing.T
	task  *loop.Task
	table *Table
	verbs map[string]*Verb
}

// onBench runs f, and checks that what it opened is closed again.
func onBench(t *testing.T, f func(*bench)) {
	t.Helper()
	open := func() int {
		entries, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Skip("descriptors cannot be counted: ", err)
		}
		return len(entries)
	}
	open() // opens Go's poller
	before := open()
	l, err := loop.New()
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, table: NewTable(l), verbs: make(map[string]*Verb)}
	all := Verbs()
	for i := range all {
		b.verbs[all[i].Name] = &all[i]
	}
	task := l.Go(func(task *loop.Task) error {
		task.Within(20*time.Second, func() { b.task = task; f(b) })
		return nil
	})
	l.Run(func() bool { ended, _ := task.Ended(); return ended })
	if _, err := task.Ended(); err != nil {
		t.Error(err)
	}
	b.table.Close()
	l.Close()
	if after := open(); after != before {
		t.Errorf("%d descriptors are open, %d were before", after, before)
	}
}

// call calls a verb; an argument that begins with "--" is the name of the next.
func (b *bench) call(verb string, args ...any) (Result, error) {
	c := b.table.Begin(b.verbs[verb])
	defer c.End()
	for i := 0; i < len(args); i++ {
		value := func(x any) Value {
			switch x := x.(type) {
			case *Handle:
				return handleValue(x)
			case int:
				return Num(x)
			}
			return Str(x.(string))
		}
		if s, ok := args[i].(string); ok && strings.HasPrefix(s, "--") {
			i++
			c.Set(s[2:], value(args[i]))
			continue
		}
		c.Add(value(args[i]))
	}
	out, err := c.Run(b.task)
	return out.Keep(), err
}

// must is call for what works.
func (b *bench) must(verb string, args ...any) Result {
	b.t.Helper()
	out, err := b.call(verb, args...)
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

func (b *bench) set(h *Handle, level, option, value int) {
	b.t.Helper()
	if err := unix.SetsockoptInt(h.FD, level, option, value); err != nil {
		b.t.Fatal(err)
	}
}

// field returns a field of the record that r ends with.
func (b *bench) field(r Result, names ...string) string {
	b.t.Helper()
	v := r[len(r)-1]
	for _, name := range names {
		fields, _ := v.Any.([]Field)
		v = Value{}
		for _, f := range fields {
			if f.Name == name {
				v = f.Value
			}
		}
	}
	return v.String()
}

func (b *bench) want(what, got, want string) {
	b.t.Helper()
	if got != want {
		b.t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

// datagrams returns a socket that sends, one that receives, and the address of that.
func (b *bench) datagrams(kind, address string) (from, to *Handle, at string) {
	b.t.Helper()
	to = b.must("socket", kind)[0].Any.(*Handle)
	if _, err := b.call("bind", to, address); err != nil {
		b.t.Skip("needs the family: ", err)
	}
	return b.must("socket", kind)[0].Any.(*Handle), to, b.must("getsockname", to)[0].Str
}

// TestControlIPv4 sends what IPv4 carries in control messages, and receives it.
func TestControlIPv4(t *testing.T) {
	onBench(t, func(b *bench) {
		from, to, at := b.datagrams("udp", "127.0.0.1:0")
		for _, option := range []int{unix.IP_RECVTTL, unix.IP_RECVTOS, unix.IP_PKTINFO, unix.IP_RECVORIGDSTADDR} {
			b.set(to, unix.IPPROTO_IP, option, 1)
		}
		b.set(to, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1)
		b.must("sendmsg", from, "x", "--to", at, "--ttl", "7", "--tos", "0x10", "--pktinfo", "127.0.0.5%lo")
		r := b.must("recvmsg", to)
		b.want("ttl", b.field(r, "ttl"), "7")
		b.want("tos", b.field(r, "tos"), "16")
		b.want("address", b.field(r, "pktinfo", "address"), "127.0.0.1")
		b.want("interface", b.field(r, "pktinfo", "interface"), "lo")
		b.want("origdst", b.field(r, "origdst"), at)
		b.want("from", strings.Split(b.field(r, "from"), ":")[0], "127.0.0.5")
		when := b.fieldNumber(r, "timestamp")
		if age := time.Since(time.Unix(0, int64(when*1e9))); age < -time.Minute || age > time.Minute {
			t.Errorf("the timestamp is %v off", age)
		}
		for _, bad := range [][2]string{{"--ttl", "x"}, {"--ttl", "5000000000"}, {"--pktinfo", "::1"}, {"--pktinfo", ""}, {"--pktinfo", "%nowhere"}, {"--cmsg", "1:2"}, {"--cmsg", "a:1:00"}, {"--cmsg", "1:a:00"}} {
			if _, err := b.call("sendmsg", from, "x", "--to", at, bad[0], bad[1]); err == nil {
				t.Errorf("%v was taken", bad)
			} else if _, ok := err.(*UsageError); !ok {
				t.Errorf("%v: %v", bad, err)
			}
		}
		if _, err := b.call("sendmsg", from, "x", "--to", at, "--ttl", "300"); err == nil {
			t.Error("the kernel took a ttl of 300")
		}
	})
}

func (b *bench) fieldNumber(r Result, name string) float64 {
	for _, f := range r[len(r)-1].Any.([]Field) {
		if f.Name == name {
			return f.Value.Num
		}
	}
	b.t.Errorf("no %s", name)
	return 0
}

func TestControlIPv6(t *testing.T) {
	onBench(t, func(b *bench) {
		from, to, at := b.datagrams("udp6", "[::1]:0")
		for _, option := range []int{unix.IPV6_RECVHOPLIMIT, unix.IPV6_RECVTCLASS, unix.IPV6_RECVPKTINFO} {
			b.set(to, unix.IPPROTO_IPV6, option, 1)
		}
		b.must("sendmsg", from, "x", "--to", at, "--hoplimit", "9", "--tclass", "32", "--pktinfo", "::1%lo")
		r := b.must("recvmsg", to)
		b.want("hoplimit", b.field(r, "hoplimit"), "9")
		b.want("tclass", b.field(r, "tclass"), "32")
		b.want("address", b.field(r, "pktinfo", "address"), "::1")
		b.want("interface", b.field(r, "pktinfo", "interface"), "lo")
	})
}

func TestControlUnix(t *testing.T) {
	onBench(t, func(b *bench) {
		pair := b.must("socketpair")
		from, to := pair[0].Any.(*Handle), pair[1].Any.(*Handle)
		b.set(to, unix.SOL_SOCKET, unix.SO_PASSCRED, 1)
		b.must("sendmsg", from, "x", "--creds", "own")
		r := b.must("recvmsg", to)
		b.want("pid", b.field(r, "creds", "pid"), Num(os.Getpid()).String())
		b.want("uid", b.field(r, "creds", "uid"), Num(os.Getuid()).String())
		b.want("gid", b.field(r, "creds", "gid"), Num(os.Getgid()).String())
		if os.Getuid() != 0 {
			_, err := b.call("sendmsg", from, "x", "--creds", Num(os.Getpid()).String()+"/0/0")
			if e, ok := err.(*Error); !ok || e.Errno() != "EPERM" {
				t.Errorf("credentials of root: %v", err)
			}
		}
		if unix.SetsockoptInt(to.FD, unix.SOL_SOCKET, 76, 1) == nil { // SO_PASSPIDFD, since Linux 6.5
			b.must("sendmsg", from, "x")
			if r := b.must("recvmsg", to); b.field(r, "pidfd") == "" {
				t.Errorf("no pidfd: %v", r)
			}
		}
	})
}

// TestErrorQueue sends to a port where nobody listens; the ICMP error waits with what
// it is about.
func TestErrorQueue(t *testing.T) {
	onBench(t, func(b *bench) {
		from, to, at := b.datagrams("udp", "127.0.0.1:0")
		b.must("close", to)
		b.set(from, unix.IPPROTO_IP, unix.IP_RECVERR, 1)
		if _, err := b.call("recvmsg", from, "--flags", "errqueue|dontwait"); err == nil || err.(*Error).Errno() != "EAGAIN" {
			t.Error("an empty error queue: ", err)
		}
		b.must("sendmsg", from, "what came back", "--to", at)
		r := b.must("recvmsg", from, "--flags", "errqueue", "--timeout", "10")
		b.want("data", r[0].Str, "what came back")
		b.want("flags", b.field(r, "flags"), "errqueue")
		b.want("errno", b.field(r, "error", "errno"), "ECONNREFUSED")
		b.want("origin", b.field(r, "error", "origin"), "icmp")
		b.want("type", b.field(r, "error", "type"), "3")
		b.want("code", b.field(r, "error", "code"), "3")
		b.want("offender", b.field(r, "error", "offender"), "127.0.0.1:0")
		b.want("from", b.field(r, "from"), at)
	})
}

// TestZerocopy sends pages that the kernel reads when it likes, and learns of their
// end from the error queue.
func TestZerocopy(t *testing.T) {
	onBench(t, func(b *bench) {
		srv := b.must("socket")[0].Any.(*Handle)
		at := b.must("bind", srv, "127.0.0.1:0")[0].Str
		b.must("listen", srv)
		c := b.must("socket")[0].Any.(*Handle)
		b.must("connect", c, at)
		s := b.must("accept", srv)[0].Any.(*Handle)
		if err := unix.SetsockoptInt(c.FD, unix.SOL_SOCKET, unix.SO_ZEROCOPY, 1); err != nil {
			t.Skip("needs SO_ZEROCOPY: ", err)
		}
		data := strings.Repeat("0123456789abcdef", 2000)
		b.must("send", c, data, "zerocopy")
		b.must("sendmsg", c, data, data, "--flags", "zerocopy")
		if got := b.must("recvexact", s, 3*len(data)); got[0].Str != data+data+data {
			t.Error("other data came")
		}
		last := ""
		for last != "1" {
			r := b.must("recvmsg", c, "--flags", "errqueue", "--timeout", "10")
			b.want("origin", b.field(r, "error", "origin"), "zerocopy")
			last = b.field(r, "error", "last")
		}
	})
}

// TestDescriptorsLeak passes descriptors on in ways that lose them; onBench counts.
func TestDescriptorsLeak(t *testing.T) {
	onBench(t, func(b *bench) {
		pair := b.must("socketpair")
		from, to := pair[0].Any.(*Handle), pair[1].Any.(*Handle)
		b.table.Policy.Handles = 3
		b.must("sendmsg", from, "x", "--fds", "1,2,1")
		r := b.must("recvmsg", to)
		b.want("fds", b.field(r, "fds"), "3 closed closed")
		for _, room := range []int{0, 15, 16, 17, 20, 24, 28, 30} {
			b.must("sendmsg", from, "x", "--fds", "1,2,1")
			b.must("recvmsg", to, "--room", room)
		}
		b.must("sendmsg", from, "x", "--fds", "1,2,1")
		b.must("recv", to)
		b.must("sendmsg", from, "peeked", "--fds", "1")
		b.must("recvmsg", to, "--flags", "peek")
		b.must("sendmsg", from, "never received", "--fds", "1,2")
	})
}

// FuzzControl decodes any bytes as control messages.
func FuzzControl(f *testing.F) {
	for _, c := range controls() {
		for _, n := range []int{0, 1, 4, 8, 12, 16, 20, 32, 48} {
			if !isRights(c.level, c.kind) && c.kind != scmPidfd {
				f.Add(appendControl(nil, c.level, c.kind, make([]byte, n)))
			}
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		b = append(make([]byte, 0, len(b)+8), b...)
		eachControl(b, func(level, kind int, data []byte) {
			if level == unix.SOL_SOCKET && (kind == unix.SCM_RIGHTS || kind == scmPidfd) {
				for i := range data { // no descriptor of this program's
					data[i] = 0xff
				}
			}
		})
		l, err := loop.New()
		if err != nil {
			t.Fatal(err)
		}
		table := NewTable(l)
		table.Policy.Handles = -1
		_ = Value{Type: Record, Any: table.decodeControl(b)}.String()
		l.Close()
	})
}

// TestControlRoundTrip packs messages one after the other and finds them again.
func TestControlRoundTrip(t *testing.T) {
	var b []byte
	for n := range 40 {
		b = appendControl(b, n, n+1, []byte(strings.Repeat("x", n)))
	}
	n := 0
	eachControl(b, func(level, kind int, data []byte) {
		if level != n || kind != n+1 || string(data) != strings.Repeat("x", n) {
			t.Errorf("message %d came as %d, %d, %q", n, level, kind, data)
		}
		n++
	})
	if n != 40 {
		t.Errorf("%d of 40 came", n)
	}
	for cut := range b { // truncated anywhere
		eachControl(b[:cut], func(int, int, []byte) {})
	}
	binary.NativeEndian.PutUint64(b, 1<<63)
	eachControl(b, func(int, int, []byte) {})
}
