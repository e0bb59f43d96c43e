package scripts

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const (
	serverScript = "tutorial/server"
	clientScript = "tutorial/client"
	ask          = "input something to send: "
)

// TestTutorialPrograms drives the tutorial's server and client as people do:
// as processes, with each other, with Python's and with nc.
func TestTutorialPrograms(t *testing.T) {
	bin := build(t)
	server := func(t *testing.T, args ...string) (*process, string) {
		p := start(t, bin, append([]string{"run", serverScript, "127.0.0.1:0"}, args...)...)
		return p, p.address()
	}
	client := func(t *testing.T, address string) *process { return start(t, bin, "run", clientScript, address) }
	python := func(t *testing.T, name string, args ...string) *process {
		need(t, "python3")
		return start(t, "python3", append([]string{"-u", "../testdata/peers/" + name}, args...)...)
	}

	for _, test := range []struct {
		name string
		run  func(t *testing.T)
	}{
		{"server and client", func(t *testing.T) {
			s, address := server(t)
			s.expect("prepared for connection\n")
			c := client(t, address)
			converse(s, c)
			c.end(0, "the input has ended\n")
			s.expect("the client has left\nprepared for connection\n")
		}},
		{"server and Python's client", func(t *testing.T) {
			s, address := server(t)
			c := python(t, "client.py", address)
			converse(s, c)
			c.end(0, "")
			s.expect("the client has left\nprepared for connection\n")
		}},
		{"Python's server and client", func(t *testing.T) {
			s := python(t, "server.py", "127.0.0.1:0")
			c := client(t, s.address())
			s.expect("prepared for connection\nconnect confirm\n")
			c.expect("connect confirm\n" + ask)
			c.line("你好")
			s.expect("client: 你好\n" + ask)
			s.line("hi")
			c.expect("server: hi") // which that server sends twice, in one message or two
			c.line("bye")
			s.end(0, "client: bye\n")
			c.line("anyone?")
			c.alone()
		}},
		{"server and nc", func(t *testing.T) {
			need(t, "nc")
			s, address := server(t)
			c := start(t, "nc", strings.Split(address, ":")...)
			s.expect("connect confirm\n")
			c.line("from nc")
			s.expect("client: from nc\n" + ask) // one line, though nc sends its end
			s.line("from the server")
			c.expect("from the server")
			c.kill()
			s.expect("prepared for connection\n")
		}},
		{"nc and client", func(t *testing.T) {
			need(t, "nc")
			s := start(t, "nc", "-v", "-n", "-l", "127.0.0.1", "0")
			port := s.match(`istening on 127\.0\.0\.1 (\d+)\n`)
			if port == "" {
				t.Skip("this nc does not tell which port it has chosen")
			}
			c := client(t, "127.0.0.1:"+port)
			c.expect("connect confirm\n" + ask)
			c.line("from the client")
			s.expect("from the client")
			s.line("from nc")
			c.expect("server: from nc\n" + ask) // one line, though nc sends its end
			s.kill()
			c.line("anyone?")
			c.alone()
		}},
		{"one client after the other", func(t *testing.T) {
			s, address := server(t)
			first, second := client(t, address), client(t, address)
			first.expect("connect confirm\n")
			second.expect("connect confirm\n") // the kernel has shaken hands; the server has not looked yet
			s.expect("connect confirm\n")
			// Which of them the server took is the kernel's affair.
			first.line("mine")
			second.line("mine")
			s.expect("client: mine\n" + ask)
			s.line("answer 1")
			first.in.Close()
			second.in.Close()
			s.expect("the client has left\nprepared for connection\nconnect confirm\nclient: mine\n" + ask)
			s.line("answer 2")
			s.expect("the client has left\nprepared for connection\n")
			if got := first.end(0, "") + second.end(0, ""); !strings.Contains(got, "server: answer 1\n") || !strings.Contains(got, "server: answer 2\n") {
				t.Errorf("the clients printed %q", got)
			}
		}},
		{"a client that breaks off", func(t *testing.T) {
			s, address := server(t)
			c := dial(t, address)
			c.Write([]byte("hi"))
			s.expect("client: hi\n" + ask)
			c.SetLinger(0)
			c.Close()
			s.line("too late")
			s.expect("the client is lost: ")
			s.expect("prepared for connection\n")
		}},
		{"the server's input ends", func(t *testing.T) {
			s, address := server(t)
			c := client(t, address)
			c.line("hi")
			s.expect("client: hi\n")
			s.end(0, ask+"\nthe input has ended\n")
			c.expect("the server has left\n")
			c.end(0, "")
		}},
		{"an empty line is asked again", func(t *testing.T) {
			s, address := server(t)
			c := client(t, address)
			c.line("\nhi")
			c.expect(ask + ask)
			s.expect("client: hi\n" + ask)
			s.line("\n\nhello")
			s.expect(ask + ask)
			c.expect("server: hello\n")
		}},
		{"--twice", func(t *testing.T) {
			s, address := server(t, "--twice")
			s.expect("one recv(1024) of the client may give both, or one now and one next time\n")
			c := dial(t, address)
			c.Write([]byte("hi"))
			s.expect(ask)
			s.line("again")
			both := make([]byte, len("againagain"))
			if _, err := io.ReadFull(c, both); err != nil || string(both) != "againagain" {
				t.Errorf("%q, %v", both, err)
			}
		}},
		{"a character cut at 1024 bytes", func(t *testing.T) {
			s, address := server(t)
			c := client(t, address)
			head := strings.Repeat("a", 1022)
			c.line(head + "語好") // 語 has bytes on both sides of the cut
			s.expect("client: " + head + "\n" + ask)
			s.line(head + "😀!")
			c.expect("server: " + head + "\n" + ask)
			s.expect("client: 語好\n" + ask)
			c.line("x")
			c.expect("server: 😀!\n")
		}},
		{"bytes that are no characters", func(t *testing.T) {
			s, address := server(t)
			c := dial(t, address)
			for _, turn := range []struct{ sent, shown string }{
				{"\xff\xfe", "\xff\xfe"},
				{"a\xc3(", "a\xc3("},
				{"\xe8\xaa\x9e\x9e", "\xe8\xaa\x9e\x9e"},
				{"b\xe8", "b"},
				{"c", "\xe8c"},
				{"d\xf0\x9f\x98", "d"},
			} {
				c.Write([]byte(turn.sent))
				s.expect("client: " + turn.shown + "\n" + ask)
				s.line("next")
				io.ReadFull(c, make([]byte, 4))
			}
			c.Close()
			s.expect("client: \xf0\x9f\x98\nthe client has left\n")
		}},
		{"nobody listens", func(t *testing.T) {
			c := client(t, refusing(t))
			c.expect("connect unsuccess: ")
			c.expect("ECONNREFUSED")
			c.end(1, "")
		}},
		{"usage", func(t *testing.T) {
			for _, script := range []string{serverScript, clientScript} {
				start(t, bin, "run", script, "--help").end(0, "Usage: run "+script)
				start(t, bin, "run", script, "--nonsense").end(2, "unknown option --nonsense\nUsage: run "+script)
			}
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t)
		})
	}
}

// converse sends lines both ways, from the beginning of a connection.
func converse(s, c *process) {
	s.expect("connect confirm\n")
	c.expect("connect confirm\n")
	for _, line := range []string{"hello", "你好", "a \"quoted\" \\ line", strings.Repeat("x", 1024)} {
		c.expect(ask)
		c.line(line)
		s.expect("client: " + line + "\n" + ask)
		answer := strings.ToUpper(line)
		s.line(answer)
		c.expect("server: " + answer + "\n")
	}
}

// alone waits for a client to end because its server has left. Whether it learns
// that from the end of the stream or from a reset is a race.
func (p *process) alone() {
	p.t.Helper()
	p.wait()
	if !strings.Contains(p.out, "the server has left\n") && !strings.Contains(p.out, "connect unsuccess: ") {
		p.t.Errorf("%s does not say that the server has left", p.name)
	}
}

// TestTutorialAddress runs server and client at the tutorial's own address, the
// default of both, in a network namespace where nobody else can have it.
func TestTutorialAddress(t *testing.T) {
	t.Parallel()
	bin := os.Getenv(inside)
	if bin == "" {
		inNamespace(t)
		return
	}
	s := start(t, bin, "run", serverScript)
	s.expect("prepared for connection\n")
	c := start(t, bin, "run", clientScript)
	converse(s, c)
	c.line("bye")
	s.expect("client: bye\n")
	s.end(0, "the input has ended\n")
	c.end(0, "the server has left\n")

	// The server left first, so its address is in TIME_WAIT; it must start again.
	s = start(t, bin, "run", serverScript)
	s.expect("prepared for connection\n")
	c = start(t, bin, "run", clientScript)
	converse(s, c)
	c.end(0, "the input has ended\n")
}

// inside is set, to the program under test, where the test runs in its namespace.
const inside = "SOCKSH_TEST_NAMESPACE"

// inNamespace runs the present test again, in a network namespace of its own.
func inNamespace(t *testing.T) {
	need(t, "unshare")
	need(t, "ip")
	flags := "-n"
	if os.Getuid() != 0 {
		flags = "-rn"
	}
	const up = "ip link set lo up"
	if out, err := exec.Command("unshare", flags, "sh", "-c", up).CombinedOutput(); err != nil {
		t.Skipf("no network namespace here: %v: %s", err, out)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("unshare", flags, "sh", "-c", up+` && exec "$0" "$@"`, self, "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), inside+"="+build(t))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestLibrary runs every script of the library, but for the two that talk to
// people, many times, sixteen at once: with more, the kernel repeats a segment before a
// busy machine has come to a script's next line. What those print that have a file in
// testdata/ladders is the same on every run.
func TestLibrary(t *testing.T) {
	runs := 20
	if testing.Short() {
		runs = 2
	}
	places := make(chan struct{}, 16)
	for _, script := range List() {
		if script.Name == serverScript || script.Name == clientScript {
			continue
		}
		t.Run(script.Name, func(t *testing.T) {
			t.Parallel()
			golden := filepath.Join("..", "testdata", "ladders", strings.ReplaceAll(script.Name, "/", "-")+".txt")
			want, noGolden := os.ReadFile(golden)
			var all sync.WaitGroup
			var skipped atomic.Bool
			for range runs {
				all.Go(func() {
					places <- struct{}{}
					defer func() { <-places }()
					var out bytes.Buffer
					streams := &Streams{In: NewLines(strings.NewReader("")), Out: bufio.NewWriter(&out)}
					streams.Err = &messages{streams.Out, &out}
					switch status := Run(streams, script.Name, nil, nil); {
					case status == Skipped:
						skipped.Store(true)
						t.Log(&out)
					case status != OK:
						t.Errorf("status %d\n%s", status, &out)
					case noGolden == nil && *update:
						os.WriteFile(golden, out.Bytes(), 0o666)
					case noGolden == nil && !bytes.Equal(out.Bytes(), want):
						t.Errorf("expected\n%s\ngot\n%s", want, &out)
					}
				})
			}
			all.Wait()
			if skipped.Load() {
				t.Skip("see above")
			}
		})
	}
}

// need skips a test that cannot do without a program which this system lacks.
func need(t *testing.T, name string) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skipf("needs %s: %v", name, err)
	}
}

// dial connects the test itself to a server.
func dial(t *testing.T, address string) *net.TCPConn {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(lifetime))
	return c.(*net.TCPConn)
}

// refusing returns an address at which nobody listens. A connection that has it
// as its own keeps others from taking it.
func refusing(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dial(t, l.Addr().String())
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	l.Close()
	return l.Addr().String()
}
