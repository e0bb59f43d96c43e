package wire

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"socksh/luabind/journal"
	"socksh/luabind/loop"
	"socksh/luabind/sock"
)

// A rig is a table with a wire, and all that was said.
type rig struct {
	t    testing.TB
	loop *loop.Loop
	tab  *sock.Table
	wire *Wire
	said []string
}

func newRig(t testing.TB) *rig {
	l, err := loop.New()
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, loop: l, tab: sock.NewTable(l)}
	r.wire = New(r.tab, func() *journal.Journal {
		r.tab.Journal = journal.New(10_000)
		return r.tab.Journal
	}, func(text string) { r.said = append(r.said, text) })
	t.Cleanup(func() {
		l.Close()
		r.wire.Close()
		r.tab.Close()
	})
	return r
}

// watching is newRig with an open capture, or skips.
func watching(t testing.TB) *rig {
	r := newRig(t)
	if err := r.wire.Show(true); err != nil {
		t.Skip(err)
	}
	return r
}

// do runs f as a task.
func (r *rig) do(f func(*loop.Task)) {
	r.t.Helper()
	task := r.loop.Go(func(t *loop.Task) error { f(t); return nil })
	r.loop.Run(func() bool { ended, _ := task.Ended(); return ended })
	if _, err := task.Ended(); err != nil {
		r.t.Fatal(err)
	}
}

// try makes a call of words and returns its result as text.
func (r *rig) try(t *loop.Task, line string) (string, error) {
	words := strings.Fields(line)
	rows := append(sock.Verbs(), r.wire.Verbs()...)
	for i := range rows {
		if rows[i].Name != words[0] {
			continue
		}
		c := r.tab.Begin(&rows[i])
		defer c.End()
		for _, w := range words[1:] {
			c.Add(sock.Str(w))
		}
		out, err := c.Run(t)
		return out.String(), err
	}
	return "", errors.New("no verb " + words[0])
}

// run makes calls that must go well, each in its line, and returns the last result. $ stands
// for the result before.
func (r *rig) run(lines ...string) (last string) {
	r.t.Helper()
	r.do(func(t *loop.Task) {
		for _, line := range lines {
			out, err := r.try(t, strings.ReplaceAll(line, "$", last))
			if err != nil {
				r.t.Fatalf("%s: %v", line, err)
			}
			last = out
		}
	})
	return last
}

// segments returns the segments after event n, as handles and summaries.
func (r *rig) segments(n int) string {
	var b strings.Builder
	for _, e := range r.tab.Journal.Events(n) {
		if s, ok := e.Fact.(journal.Segment); ok {
			from, to := r.wire.Ends(s)
			fmt.Fprintf(&b, "%s>%s %s\n", number(from), number(to), s.Summary())
		}
	}
	return b.String()
}

func number(h *sock.Handle) string {
	if h == nil {
		return "?"
	}
	return fmt.Sprint(h.N)
}

func (r *rig) expect(n int, want string) {
	r.t.Helper()
	got := r.segments(n)
	for _, e := range r.tab.Journal.Events(n) {
		if note, ok := e.Fact.(journal.Note); ok {
			got += note.Text + "\n"
		}
	}
	if got != want {
		r.t.Errorf("got\n%swant\n%s", got, want)
	}
}

const handshake = "2>1 SYN seq=0\n1>2 SYN+ACK seq=0 ack=1\n2>1 ACK seq=1 ack=1\n"

// TestHandshakes makes connections while others are busy on the loopback and on the
// processors: each connect has all of its segments before it returns, in their order, and
// nothing of the others.
func TestHandshakes(t *testing.T) {
	r := watching(t)
	stop := load(t)
	defer stop()
	at := r.run("socket", "bind 1 127.0.0.1:0", "listen 1 1000", "getsockname 1")
	for i := range 100 {
		cli := 2 + i
		before := r.tab.Journal.Last()
		r.run("socket", fmt.Sprintf("connect %d %s", cli, at))
		r.expect(before, strings.ReplaceAll(handshake, "2", fmt.Sprint(cli)))
		var passed time.Duration
		for _, e := range r.tab.Journal.Events(before) {
			s, ok := e.Fact.(journal.Segment)
			if !ok {
				continue
			}
			if during := r.tab.Journal.Events(e.During - 1)[0].Fact; !strings.HasPrefix(during.String(), "connect") {
				t.Errorf("a segment passed during %s", during)
			}
			if s.At < passed || s.At > e.At {
				t.Errorf("it passed at %s, was told at %s, and the one before it passed at %s", s.At, e.At, passed)
			}
			passed = s.At
		}
	}
}

// TestStamps reads a frame that the kernel has not stamped, and then one that it has: that
// is told as no older, but passed when its stamp says, and so ends no drain that began later.
func TestStamps(t *testing.T) {
	var tap tap
	began := time.Now()
	asked := func(after time.Duration) time.Time { return began.Add(after) }
	tap.date(asked(11*time.Microsecond), asked(10*time.Microsecond)) // read then
	if !tap.stamp.IsZero() {
		t.Errorf("the time of reading was taken for a stamp: %s", tap.stamp)
	}
	read := tap.at
	tap.date(began.Add(-time.Microsecond), asked(20*time.Microsecond))
	if tap.at != read || tap.stamp.After(began) || tap.stamp.IsZero() {
		t.Errorf("it is told at %s, and passed at %s, which is %s before it was asked for all", tap.at, tap.stamp, began.Sub(tap.stamp))
	}
	if tap.date(asked(15*time.Microsecond), asked(20*time.Microsecond)); !tap.stamp.After(began) {
		t.Errorf("what passed after the drain began, at %s, does not end it", tap.stamp)
	}
}

// load keeps the loopback busy with questions and answers, and a processor with nothing.
func load(t *testing.T) (stop func()) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		c, err := l.Accept()
		if err == nil {
			io.Copy(c, c)
			c.Close()
		}
	}()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	var busy sync.WaitGroup
	busy.Go(func() {
		buf, err := make([]byte, 1000), error(nil)
		for err == nil {
			if _, err = c.Write(buf); err == nil {
				_, err = io.ReadFull(c, buf)
			}
		}
	})
	var stopped atomic.Bool
	busy.Go(func() {
		for !stopped.Load() {
		}
	})
	return func() {
		stopped.Store(true)
		l.Close()
		c.Close()
		busy.Wait()
	}
}

func TestLifeOfAConnection(t *testing.T) {
	for name, at := range map[string]string{"IPv4": "inet 127.0.0.1:0", "IPv6": "inet6 [::1]:0"} {
		t.Run(name, func(t *testing.T) {
			r := watching(t)
			family, at, _ := strings.Cut(at, " ")
			if family == "inet6" {
				if _, err := os.Stat("/proc/net/if_inet6"); err != nil {
					t.Skip("needs IPv6: ", err)
				}
			}
			r.run("socket "+family, "bind 1 "+at, "listen 1", "socket "+family, "getsockname 1", "connect 2 $")
			r.expect(0, handshake)
			n := r.tab.Journal.Last()
			r.run("accept 1", "send 2 hello")
			r.expect(n, "2>3 PSH+ACK seq=1 ack=1 len=5\n3>2 ACK seq=1 ack=6\n")
			n = r.tab.Journal.Last()
			r.run("close 3") // hello was not read
			r.expect(n, "3>2 RST+ACK seq=1 ack=6\n")
		})
	}
}

func TestLateSegments(t *testing.T) {
	r := watching(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	r.run("socket", "connect 1 "+l.Addr().String())
	n := r.tab.Journal.Last()
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	r.loop.Run(func() bool { return r.segments(n) != "" }) // without any call
	if got := r.segments(n); !strings.HasPrefix(got, "?>1 FIN+ACK seq=1 ack=1\n") {
		t.Errorf("got %s", got)
	}
	for _, e := range r.tab.Journal.Events(n) {
		if e.Task != 0 || e.During != 0 {
			t.Errorf("nobody did this: %+v", e)
		}
	}
}

// TestWaitingConnect lets a SYN go out whose call goes on, while another task's call
// ends: it is of the call that waits.
func TestWaitingConnect(t *testing.T) {
	r := watching(t)
	at := r.run("socket", "bind 1 127.0.0.1:0", "listen 1 0", "getsockname 1")
	r.run("socket", "connect 2 "+at, "socket", "socket")
	n := r.tab.Journal.Last()
	waits := r.loop.Go(func(t *loop.Task) error { _, err := r.try(t, "connect 3 "+at); return err })
	r.run("getsockname 4")
	for _, e := range r.tab.Journal.Events(n) {
		if s, ok := e.Fact.(journal.Segment); ok {
			call := r.tab.Journal.Events(e.During - 1)[0]
			if s.Flags != "SYN" || e.Handle != 3 || !strings.HasPrefix(call.Fact.String(), "connect 3") {
				t.Errorf("%s of handle %d during %s", s.Summary(), e.Handle, call.Fact)
			}
		}
	}
	if !strings.HasPrefix(r.segments(n), "3>1 SYN seq=0\n") {
		t.Errorf("got %s", r.segments(n))
	}
	waits.Cancel()
}

func TestDatagrams(t *testing.T) {
	r := watching(t)
	r.run("socket inet dgram", "bind 1 127.0.0.1:0", "socket inet dgram", "getsockname 1", "sendto 2 hello $")
	r.expect(0, "2>1 UDP len=5\n")
	gone := freePort(t, "udp")
	n := r.tab.Journal.Last()
	r.run("sendto 2 hello " + gone)
	got := r.segments(n)
	if !strings.HasPrefix(got, "2>? UDP len=5\n?>2 ICMP port unreachable, about UDP 127.0.0.1:") || !strings.HasSuffix(got, " → "+gone+"\n") {
		t.Errorf("got %s", got)
	}
}

// freePort returns an address that nobody has.
func freePort(t *testing.T, network string) string {
	t.Helper()
	c, err := net.ListenPacket(network, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return c.LocalAddr().String()
}

func TestStopsWithoutListeners(t *testing.T) {
	r := watching(t)
	if err := r.wire.Show(false); err != nil || len(r.wire.taps) > 0 {
		t.Errorf("%v, %d are open", err, len(r.wire.taps))
	}
	at := r.run("socket", "bind 1 127.0.0.1:0", "listen 1", "getsockname 1")
	r.run("socket", "connect 2 "+at)
	r.expect(0, "")
	if err := r.wire.Show(true); err != nil {
		t.Fatal(err)
	}
	r.run("send 2 x") // of a connection that was there before
	r.expect(0, "2>1 PSH+ACK seq=1 ack=1 len=1\n1>2 ACK seq=1 ack=2\n")
}

func TestDropsAreTold(t *testing.T) {
	r := watching(t)
	r.run("socket inet dgram", "bind 1 127.0.0.1:0")
	if err := unix.SetsockoptInt(r.wire.taps[0].fd, unix.SOL_SOCKET, unix.SO_RCVBUF, 4096); err != nil {
		t.Fatal(err)
	}
	to, err := net.Dial("udp", r.run("getsockname 1"))
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	for range 200 {
		to.Write([]byte("flood"))
	}
	count := func() (seen, told int) {
		for _, e := range r.tab.Journal.Events(0) {
			switch f := e.Fact.(type) {
			case journal.Segment:
				seen++
			case journal.Note:
				n := 0
				if _, err := fmt.Sscanf(f.Text, "%d frames of lo were not seen", &n); err != nil {
					t.Errorf("%q: %v", f.Text, err)
				}
				told += n
			}
		}
		return seen, told
	}
	r.loop.Run(func() bool { seen, told := count(); return seen+told >= 200 })
	_, told := count()
	drops := r.wire.taps[0].drops
	if drops == 0 || uint64(told) != drops {
		t.Errorf("%d drops, told of %d", drops, told)
	}
	status := r.run("capture") // meanwhile others may have filled the loopback
	_, shown, _ := strings.Cut(status, "drops=")
	var n uint64
	if _, err := fmt.Sscan(shown, &n); err != nil || n < drops || n > r.wire.taps[0].drops {
		t.Errorf("status %s after %d drops, now %d", status, drops, r.wire.taps[0].drops)
	}
}

// TestFileIsWhole reads a file that still grows: whatever ends the program, it is like that.
func TestFileIsWhole(t *testing.T) {
	r := watching(t)
	file := filepath.Join(t.TempDir(), "x.pcapng")
	r.run("capture "+file, "socket", "bind 1 127.0.0.1:0", "listen 1", "socket", "getsockname 1", "connect 2 $")
	if _, _, packets := readFile(t, file); len(packets) != 3 || !strings.HasPrefix(packets[0].comment, "connect 2 127.0.0.1:") {
		t.Errorf("%+v", packets)
	}
	r.run("send 2 "+strings.Repeat("x", 5000), "send 2 more") // more than the journal keeps of a frame
	r.wire.Close()
	_, _, packets := readFile(t, file)
	if n := len(packets); n < 5 || len(packets[3].frame) < 5000 || len(packets[3].frame) != packets[3].length {
		t.Errorf("%d packets", n)
	}
	for i := 1; i < len(packets); i++ {
		if packets[i].at.Before(packets[i-1].at) {
			t.Errorf("packet %d is older than the one before", i)
		}
	}
	if at := packets[0].at; time.Since(at) < 0 || time.Since(at) > time.Minute {
		t.Errorf("it passed at %s", at)
	}
}

func TestOwnersForget(t *testing.T) {
	r := watching(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	r.run("socket", "connect 1 "+l.Addr().String(), "getsockname 1")
	own := netip.MustParseAddrPort(r.run("getsockname 1"))
	r.run("close 1")
	peer := netip.MustParseAddrPort(l.Addr().String())
	if h := r.wire.owners.of("", "TCP", own, peer); h == nil || h.N != 1 {
		t.Errorf("a closed handle is %v", h)
	}
	for _, p := range r.wire.owners.places {
		p.since = time.Now().Add(-2 * afterlife)
	}
	if h := r.wire.owners.of("", "TCP", own, peer); h != nil {
		t.Errorf("long after it is %v", h)
	}
	if r.wire.owners.sweep(); len(r.wire.owners.places)+len(r.wire.owners.connected) > 0 {
		t.Error("it is not forgotten")
	}
}

func BenchmarkConnect(b *testing.B) {
	for _, mode := range []string{"unwatched", "journal", "wire"} {
		b.Run(mode, func(b *testing.B) {
			r := newRig(b)
			switch mode {
			case "journal":
				r.tab.Journal = journal.New(10_000)
			case "wire":
				r = watching(b)
			}
			at := r.run("socket", "bind 1 127.0.0.1:0", "listen 1 1000", "getsockname 1")
			n := 1
			for b.Loop() {
				r.run("socket", fmt.Sprintf("setsockopt %d linger 0", n+1), fmt.Sprintf("connect %d %s", n+1, at), "accept 1",
					fmt.Sprintf("close %d", n+1), fmt.Sprintf("close %d", n+2))
				n += 2
			}
		})
	}
}
