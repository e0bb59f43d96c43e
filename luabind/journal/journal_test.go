package journal

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mattn/go-runewidth"

	"socksh/luabind/loop"
)

var update = flag.Bool("update", false, "rewrite the pictures in testdata/pictures")

// story is a handshake of which the first SYN is lost and the last ACK is held, data,
// and an end, as a lab would tell it.
func story() []Event {
	server, client := netip.MustParseAddrPort("10.0.0.2:2333"), netip.MustParseAddrPort("10.0.0.1:40000")
	wild := netip.MustParseAddrPort("0.0.0.0:2333")
	segment := func(from, to netip.AddrPort, flags string, seq, ack uint32, n int, fate Fate) Segment {
		return Segment{Protocol: "TCP", From: from, To: to, Flags: flags, Seq: seq, Ack: ack, Len: n, Fate: fate, Frame: []byte{1, 2}}
	}
	facts := []struct {
		handle, during int
		fact           Fact
	}{
		{0, 0, Input{"socket as srv"}},
		{0, 0, Call{Verb: "socket", Text: "socket"}}, // 2
		{1, 2, Socket{Family: "inet", Type: "stream", FD: 7, Name: "srv", Host: "server", Local: "0.0.0.0:0"}}, // 3
		{0, 2, Return{Call: 2, Result: "1"}},               // 4
		{1, 0, Call{Verb: "listen", Text: "listen srv 1"}}, // 5
		{1, 5, Socket{Family: "inet", Type: "stream", FD: 7, Name: "srv", Host: "server", Local: "0.0.0.0:2333", Listens: true}}, // 6
		{1, 5, State{Before: "CLOSE", After: "LISTEN", Local: wild}},                                                             // 7
		{1, 5, Return{Call: 5}},                      // 8
		{0, 0, Call{Verb: "socket", Text: "socket"}}, // 9
		{2, 9, Socket{Family: "inet", Type: "stream", FD: 8, Host: "client", Local: "0.0.0.0:0"}}, // 10
		{0, 9, Return{Call: 9, Result: "2"}},                                                      // 11
		{2, 0, Call{Verb: "connect", Text: "connect 2 10.0.0.2:2333"}},                            // 12
		{0, 12, segment(client, server, "SYN", 0, 0, 0, Dropped)},
		{0, 12, segment(client, server, "SYN", 0, 0, 0, Delivered)},
		{0, 12, segment(server, client, "SYN+ACK", 0, 1, 0, Delivered)},
		{2, 12, State{Before: "SYN_SENT", After: "ESTABLISHED", Local: client, Peer: server}},
		{1, 12, Queue{Name: "incomplete", Before: 0, After: 1, Limit: 2, Local: wild}},
		{0, 12, segment(client, server, "ACK", 1, 1, 0, Held)},
		{1, 0, Counter{Name: "TCPTimeouts", By: 1}},
		{0, 0, segment(server, client, "SYN+ACK", 0, 1, 0, Repeated)},
		{0, 0, segment(client, server, "ACK", 1, 1, 0, Delivered)},
		{1, 0, Queue{Name: "incomplete", Before: 1, After: 0, Limit: 2, Local: wild}},
		{1, 0, Queue{Name: "completed", Before: 0, After: 1, Limit: 2, Local: wild}},
		{2, 12, Socket{Family: "inet", Type: "stream", FD: 8, Host: "client", Local: client.String(), Peer: server.String()}},
		{2, 12, Return{Call: 12}},
		{1, 0, Call{Verb: "accept", Text: "accept srv"}}, // 26
		{3, 26, Socket{Family: "inet", Type: "stream", FD: 9, Host: "server", Local: server.String(), Peer: client.String(), Of: 1}},
		{3, 26, State{After: "ESTABLISHED", Local: server, Peer: client}},
		{1, 26, Return{Call: 26, Result: "3 10.0.0.1:40000"}},
		{2, 0, Call{Verb: "getsockname", Text: "getsockname 2", Asks: true}}, // 30
		{2, 0, Return{Call: 30, Result: client.String()}},
		{2, 0, Call{Verb: "send", Text: `send 2 "grüße, 世界 <&>"`}}, // 32
		{0, 32, segment(client, server, "PSH+ACK", 1, 1, 19, Seen)},
		{0, 32, segment(server, client, "ACK", 1, 20, 0, Derived)},
		{3, 32, Queue{Name: "receive", Before: 0, After: 19}},
		{2, 32, Return{Call: 32, Result: "19", Bytes: 19}},
		{3, 0, Call{Verb: "send", Text: `send 3 x --flags dontwait`}}, // 37
		{3, 0, Return{Call: 37, Errno: "EPIPE", Error: "EPIPE (broken pipe)"}},
		{2, 0, State{Before: "ESTABLISHED", After: "TIME_WAIT", Local: client, Peer: server, Closed: true}},
		{2, 0, Note{"the port stays taken for 60 s"}},
		{0, 0, Segment{Protocol: "UDP", From: client, To: netip.MustParseAddrPort("9.9.9.9:53"), Len: 12}},
	}
	events := make([]Event, len(facts))
	for i, f := range facts {
		events[i] = Event{N: i + 1, At: 1000, Task: 1, Handle: f.handle, During: f.during, Fact: f.fact}
	}
	return events
}

// TestPictures compares the pictures of a story with those that a person has looked at.
func TestPictures(t *testing.T) {
	p := Draw(story())
	var lines bytes.Buffer
	if err := Lines(&lines, story()); err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]string{"story.txt": p.Ladder(100) + "\n", "story.mmd": p.Mermaid(), "story.svg": p.SVG(), "story.html": p.Page(story()), "story.jsonl": lines.String()} {
		file := filepath.Join("../../testdata/pictures", name)
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s has changed; look at it, and run this test with -update:\n%s", name, got)
		}
	}
	for line := range strings.Lines(lines.String()) {
		if !json.Valid([]byte(line)) {
			t.Errorf("no JSON: %s", line)
		}
	}
}

// TestRandomPictures draws what never happens: no picture fails, an SVG is well formed,
// a ladder is as wide as it may be, and the same events give the same.
func TestRandomPictures(t *testing.T) {
	all := story()
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		events := make([]Event, r.IntN(60))
		for i := range events {
			events[i] = all[r.IntN(len(all))]
			events[i].N, events[i].Handle, events[i].During = i+1, r.IntN(12), r.IntN(i+1)
		}
		p := Draw(events)
		for row := range strings.Lines(p.Ladder(300)) {
			if w := runewidth.StringWidth(strings.TrimSuffix(row, "\n")); w > 420 {
				t.Errorf("%d columns: %s", w, row)
			}
		}
		for d := xml.NewDecoder(strings.NewReader(p.SVG())); ; {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatal(err)
			}
		}
		again, page, pageAgain := Draw(events), Draw(events).Page(events), Draw(events).Page(events)
		if p.SVG() != again.SVG() || p.Ladder(80) != again.Ladder(80) || page != pageAgain {
			t.Error("the same events give two pictures")
		}
		p.Mermaid()
	}
}

// TestRing checks which events a full journal keeps, and to which call they belong.
func TestRing(t *testing.T) {
	l, err := loop.New()
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	j := New(4)
	followed := 0
	j.Follow(func(*Event) { followed++ })
	j.OnReturn = append(j.OnReturn, func(handle int) { j.Add(l.Current(), handle, Note{"seen"}); j.Look() })
	task := l.Go(func(task *loop.Task) error {
		outer := j.Begin(task, 1, Call{Verb: "pump"})
		inner := j.Begin(task, 2, Call{Verb: "recv"})
		j.End(task, inner, 2, Return{})
		j.End(task, outer, 1, Return{})
		return nil
	})
	l.Run(func() bool { ended, _ := task.Ended(); return ended })
	var got []Event
	for _, e := range j.Events(0) {
		e.At = 0
		got = append(got, e)
	}
	want := []Event{{3, 0, 1, 2, 2, Note{"seen"}}, {4, 0, 1, 2, 2, Return{Call: 2}}, {5, 0, 1, 1, 1, Note{"seen"}}, {6, 0, 1, 1, 1, Return{Call: 1}}}
	if len(got) != len(want) {
		t.Fatalf("got %v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("got %v, want %v", got[i], want[i])
		}
	}
	if j.Dropped() != 2 || j.Last() != 6 || followed != 6 || len(j.Events(5)) != 1 || len(j.Events(6)) != 0 {
		t.Errorf("dropped %d, last %d, followed %d", j.Dropped(), j.Last(), followed)
	}
}
