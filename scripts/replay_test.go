package scripts

import (
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// TestRecordedDifference changes what the peer of a recording does: that must fail, and
// say where and how.
func TestRecordedDifference(t *testing.T) {
	t.Parallel()
	w := newWorkshop(t, build(t), nil)
	w.types("record it.lua\n" + echoSession)
	script := w.read("it.lua")
	line := func(text string) string {
		before, _, ok := strings.Cut(script, text)
		if !ok {
			t.Fatalf("no %q in\n%s", text, script)
		}
		return fmt.Sprintf("it.lua:%d: ", 1+strings.Count(before, "\n"))
	}
	for _, c := range []struct{ from, to, at, says string }{
		{`cli:send("hello\r\n")`, `cli:send("hullo\r\n")`, `expect.recv(s3`, `expected "hello\r\n", got "hullo\r\n"`},
		{`cli:send("hello\r\n")`, `cli:send("hel") cli:close()`, `expect.recv(s3`, `expected "hello\r\n", got "hel" and then eof`},
		{`cli:send("hello\r\n")`, `cli:setsockopt("SO_LINGER", 0) cli:close()`, `expect.recv(s3`, "ECONNRESET"},
		{`cli:close()`, `cli:send("more") cli:close()`, `expect.eof(s3)`, `expected eof, got "more"`},
		{`s3:send("anybody there?")`, "", `expect.state(s3, "CLOSE")`, "expected CLOSE, got CLOSE_WAIT"},
		{`cli:connect(address)`, `srv:close() cli:connect(address)`, `cli:connect(address)`, "ECONNREFUSED"},
	} {
		w.write("changed.lua", strings.Replace(script, c.from, c.to, 1))
		out := w.test(1, "changed.lua")
		w.contains(out, strings.Replace(line(c.at), "it.lua", "changed.lua", 1), c.says)
	}
}

// TestRecordedHalves runs the halves of a session against each other.
func TestRecordedHalves(t *testing.T) {
	w := newWorkshop(t, build(t), nil)
	w.types("journal on\n" + echoSession + "save client.lua --half client\nsave server.lua --half server --pauses on\nsave all.lua\n")
	client, server := w.read("client.lua"), w.read("server.lua")
	w.contains(client, w.own.Replace(`vars.target or "ADDRESS"`), "cli:connect(target)", `expect.recv(cli, "who are you?")`)
	w.lacks(client, "srv", "s3", "accept")
	w.contains(server, "vars.listen", "expect.recv(s3", "local function pause")
	w.lacks(server, "cli:", "connect")
	w.test(0, "server.lua", "--var", "client="+w.bin+" --var target=$TARGET run client.lua", "--repeat", "10")
	out := w.test(1, "client.lua", "--var", "target=127.0.0.1:1")
	w.contains(out, "ECONNREFUSED")
	w.write("client.lua", strings.Replace(client, `hello\r\n`, `hullo\r\n`, 1))
	out = w.test(1, "server.lua", "--var", "client="+w.bin+" --var target=$TARGET run client.lua 2>/dev/null")
	w.contains(out, `expected "hello\r\n", got "hullo\r\n"`)
}

// TestRecordedHalvesOfLua does that with a session typed in Lua.
func TestRecordedHalvesOfLua(t *testing.T) {
	t.Parallel()
	const session = `journal on
srv = socket()
at = srv:bind("127.0.0.1:0")
srv:listen()
c = socket()
c:connect(at)
d = srv:accept()
c:send("hello\n")
x = d:recvline()
d:send("ho\n")
c:recvline()
c:close()
d:recv()
`
	w := newWorkshop(t, build(t), nil)
	w.types(session + "save client.lua --half client\nsave server.lua --half server\n")
	client, server := w.read("client.lua"), w.read("server.lua")
	w.contains(client, "at = target\n", "c:connect(at)")
	w.lacks(client, "srv", "accept")
	w.contains(server, "vars.listen", `expect.equal(x, "hello")`)
	w.lacks(server, "c:", "connect")
	w.test(0, "server.lua", "--var", "client="+w.bin+" --var target=$TARGET run client.lua", "--repeat", "10")
	w.contains(w.test(1, "server.lua", "--var", "client=exit 7"), "the client's exit status: expected 0, got 7")
	w.types(strings.Replace(session, `srv:bind("127.0.0.1:0")`, "bind $srv 127.0.0.1:0", 1) + "save typed.lua --half client\n")
	w.contains(w.read("typed.lua"), "at = target\n", "c:connect(at)")
	out := w.types(strings.Replace(session, "c:recvline()", "c:send(x)", 1) + "save client2.lua --half client\n")
	w.contains(out, "the client's half uses x, which the other half makes")
}

// TestRecordedTarget types the address of a server in all the ways there are, and sees that
// the recording asks the server that --var target names.
func TestRecordedTarget(t *testing.T) {
	t.Parallel()
	serve := func(change func(string) string) (tcp, udp string) {
		tcp = answer(t, func(c net.Conn) {
			data := make([]byte, 100)
			for n, err := c.Read(data); err == nil; n, err = c.Read(data) {
				c.Write([]byte(change(string(data[:n]))))
			}
		})
		p, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { p.Close() })
		go func() {
			data := make([]byte, 100)
			for n, from, err := p.ReadFrom(data); err == nil; n, from, err = p.ReadFrom(data) {
				p.WriteTo([]byte(change(string(data[:n]))), from)
			}
		}()
		return tcp, p.LocalAddr().String()
	}
	tcp, udp := serve(strings.ToUpper)
	otherTCP, otherUDP := serve(strings.ToLower)
	_, port, _ := net.SplitHostPort(tcp)
	const ask = "c:send('Hello\\n')\nc:recvline()\n"
	bin := build(t)
	for _, c := range []struct{ typed, other string }{
		{"socket as c\nconnect c " + tcp + "\n" + ask, otherTCP},
		{"c = socket()\nc:connect('" + tcp + "')\n" + ask, otherTCP},
		{"c = socket()\nconnect(c, '" + tcp + "', {timeout = 5})\n" + ask, otherTCP},
		{"c = socket()\nc:connect('127.0.0.1', " + port + ")\n" + ask, otherTCP},
		{"at = '" + tcp + "'\nc = socket()\ntry(connect, c, at)\n" + ask, otherTCP},
		{"c = socket()\nspawn(connect, c, '" + tcp + "'):join()\n" + ask, otherTCP},
		{"for i = 1, 2 do c = socket() c:connect('" + tcp + "') end\n" + ask, otherTCP},
		{"socket udp as c\nsendto c Hello " + udp + "\nrecvfrom c\n", otherUDP},
		{"c = socket('udp')\nc:sendto('Hello', '" + udp + "')\nc:recvfrom()\n", otherUDP},
		{"socket udp as c\nconnect c " + udp + "\nsend c Hello\nrecv c\n", otherUDP},
	} {
		w := newWorkshop(t, bin, nil)
		w.types("record it.lua\n" + c.typed)
		w.test(0, "it.lua", "--repeat", "10", "-j", "4")
		w.contains(w.test(1, "it.lua", "--var", "target="+c.other), "HELLO", "hello")
		if t.Failed() {
			t.Fatalf("%s\n%s", c.typed, w.read("it.lua"))
		}
	}
}

// TestRecordRest checks that a recording whose session had received everything turns red
// when the server says more, or ends the connection.
func TestRecordRest(t *testing.T) {
	t.Parallel()
	var more, ends atomic.Bool
	address := answer(t, func(c net.Conn) {
		answer := "+PONG\r\n"
		if more.Load() {
			answer += "EXTRA\r\n"
		}
		io.ReadFull(c, make([]byte, len("PING\r\n"))) // and nothing of what follows, which would be reset
		c.Write([]byte(answer))
		if !ends.Load() {
			c.Read(make([]byte, 100))
		}
	})
	w := newWorkshop(t, build(t), nil)
	session := "socket as c\nconnect c " + address + "\nsend c \"PING\\r\\n\"\n"
	for _, receive := range []string{"recv c\n", "recvexact c 7\n", "recvline c\n", "recvlines c 1\n", "recvuntil c \"\\n\"\n", "x = c:recvline()\n", "c:recvline()\n"} {
		more.Store(false)
		w.types("record it.lua\n" + session + receive + "sleep 0.25\nclose c\n")
		w.contains(w.read("it.lua"), "expect.quiet(c)\nc:close()\n")
		w.test(0, "it.lua", "--repeat", "8", "-j", "8")
		ends.Store(true)
		w.contains(w.test(1, "it.lua"), `expected quiet, got "eof"`)
		ends.Store(false)
		w.types("record hasty.lua\n" + session + receive + "close c\n")
		w.lacks(w.read("hasty.lua"), "nothing", "quiet")
		more.Store(true)
		w.contains(w.test(1, "it.lua"), `expected quiet, got "EXTRA\r\n"`)
	}
	w.types("record more.lua\n" + session + "recvline c\nsleep 0.25\nclose c\n")
	w.lacks(w.read("more.lua"), "nothing", "quiet") // the session did not read it
	w.test(0, "more.lua")
	more.Store(false)
	ends.Store(true)
	w.types("record ended.lua\n" + session + "recv c\nsleep 0.25\nclose c\n")
	w.contains(w.read("ended.lua"), "expect.state(c, \"CLOSE_WAIT\")", "expect.nothing(c)\n")
	w.test(0, "ended.lua")
	ends.Store(false) // but after the next that comes
	w.types("record lua.lua\n" + session + "for i = 1, 1 do c:send('x') end\nsleep 0.25\nrepeat until not c:recv()\nclose c\n")
	w.contains(w.read("lua.lua"), "-- What comes here is not compared:\nrepeat until")
	w.lacks(w.read("lua.lua"), "nothing", "quiet")
	w.types("record print.lua\n" + session + "print(c:recvline())\n")
	w.contains(w.read("print.lua"), "-- What comes here is not compared:\nprint(")
}

// TestRecordPause ends a connection while the person does nothing: what was typed before has not
// done it, nor what is typed next.
func TestRecordPause(t *testing.T) {
	answered, ended := make(chan bool), make(chan bool)
	address := answer(t, func(c net.Conn) {
		c.Write([]byte("hello\n"))
		<-answered
		c.Close()
		ended <- true
	})
	file := filepath.Join(t.TempDir(), "it.lua")
	p := start(t, build(t))
	for _, row := range []string{"record " + file, "socket as c", "connect c " + address, "recvline c"} {
		p.line(row)
	}
	p.expect("hello")
	answered <- true
	<-ended
	p.line("close c")
	p.end(0, "")
	script, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(script), "expect.state(c, \"CLOSE_WAIT\")\nc:close()\n") {
		t.Error(string(script))
	}
}
