package scripts

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// types runs lines of a pipe, in which ADDRESS is the workshop's own, and returns what came;
// the status may be any.
func (w *workshop) types(lines string, flags ...string) string {
	w.t.Helper()
	cmd := w.command(append(flags, "--keep-going")...)
	var out bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(w.own.Replace(lines)), &out, &out
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	ended := time.AfterFunc(time.Minute, func() { cmd.Process.Kill() })
	cmd.Wait()
	if !ended.Stop() {
		w.t.Fatalf("does not end:\n%s", out.String())
	}
	return out.String()
}

// again is how often a recording is run.
func again() string {
	if testing.Short() {
		return "10"
	}
	return "100"
}

const echoSession = `socket as srv
bind srv ADDRESS
listen srv
accept srv &
socket as cli
connect cli ADDRESS
wait j1
send cli "hello\r\n"
recv 3 3
recv 3
getsockname srv
getpeername cli
send 3 "who are you?"
recv cli
close cli
recv 3
send 3 "anybody there?"
send 3 "hello?"
`

// recorded are sessions, with what must be in their recordings and what must not.
var recorded = []struct {
	name, need, typed string
	has, lacks        []string
}{
	{"echo", "", echoSession, []string{
		"local srv = socket()\nlocal address = srv:bind(\"HOST:0\")\nsrv:listen()\nlocal j1 = spawn(accept, srv)\n",
		"cli:connect(address)\nlocal s3 = j1:join()\n",
		"cli:send(\"hello\\r\\n\")\nexpect.recv(s3, \"hello\\r\\n\")\n", // in one piece, though it was read in two
		"expect.equal(srv:getsockname(), address)", "expect.equal(cli:getpeername(), address)",
		"expect.state(s3, \"CLOSE_WAIT\")\nexpect.eof(s3)", `expect.errno("EPIPE", send, s3, "hello?")`, "srv:close()\ns3:close()\n",
	}, []string{":PORT", "cli:close()\ncli:close()"}},
	{"time_wait", "", "socket as s\nbind s 127.0.0.1:0\nlisten s\nsocket as c\nconnect c $(s:getsockname())\naccept s as d\nclose c\nrecv d\nclose d\nstate c\n",
		[]string{`expect.state(c, "TIME_WAIT")`}, nil},
	{"bytes", "", `a, b = socketpair unix
send a "\x00\xff\r\n\x1b[2J ' \" \\ 你好 ]] \u{2028}"
recv b
a:send("\0\1\200")
recv b
send a #5000
recv b 2000
recv b
send a ""
`, []string{`local a, b = socketpair("unix")`, `("0123456789"):rep(500)`, `你好`}, []string{"012345678901"}},
	{"huge", "", `a, b = socketpair unix
sendall a $(string.rep("\1\2\3", 70000) .. "end") &
recvexact b 210003
sendall a #100000 &
recvexact b 100000
`, []string{"recvexact(b, 210003", "sha256("}, nil},
	{"pending", "", `socket as srv
bind srv :0
listen srv
accept srv &
accept srv &
cancel j2
x = socket
poll srv --timeout 0
`, []string{"j1:cancel()", "j2:cancel()", `srv:bind(":0")`, "srv:close()"}, []string{"join"}},
	{"lua", "", `a, b = socketpair unix
count = 0
function answer(s)
  count = count + 1
  return s:recv(10):upper()
end
for i = 1, 3 do
  a:send("n" .. i)
  print(answer(b))
end
count
a:send("x")
answer(b)
t = {}
for i = 1, 2 do t[i] = socket() end
#t
ok, err = try(connect, t[1], "127.0.0.1:1")
err.errno
local later = function() return late end
late = 5
later()
a:send("one\r\ntwo\nthree\n")
recvline b
recvlines b
error("boom")
nosuch(1)
connect t[1] 127.0.0.1 1
`, []string{"for i = 1, 3 do\n  a:send(\"n\" .. i)\n", "expect.equal(count, 3)", `expect.equal(err.errno, "ECONNREFUSED")`, "for _, row in ipairs(handles())",
		`expect.equal(b:recvline({timeout = 5}), "one")`}, []string{"nosuch", "boom"}},
	{"errors", "", `socket as s
recv s --timeout 5ms
recv s
connect s 127.0.0.1:1
bind s 127.0.0.1:0
bnd s
bind
recv 99
send s
getsockopt s SO_ERROR
setsockopt s SO_KEEPALIVE on
getsockopt s SO_KEEPALIVE
a, b = socketpair unix
recv b --timeout 5ms
send a abc
recvexact b 5 --timeout 5ms
shutdown a write
recvexact b 5
recv b 5 dontwait
listen s
state s
queues s
fd s
handles
counters
getsockopt s TCP_INFO
`, []string{`expect.errno("ENOTCONN", recv, s)`, `expect.timeout(recv, b, {timeout = "5ms"})`, `expect.equal(expect.timeout(recvexact, b, 5, {timeout = "5ms"}).partial, "abc")`,
		`expect.state(s, "LISTEN")`, "expect.queue(s, {completed = 0, incomplete = 0})", `expect.equal(s:getsockopt("SO_KEEPALIVE"), true)`},
		[]string{"bnd", "99", "fd", "TCP_INFO", "counters"}},
	{"datagrams", "", `socket udp as u
bind u 127.0.0.1:0
at = getsockname u
socket udp as v
sendto v hello $at
recvfrom u
sendto u back $(v:getsockname())
recvfrom v
sendto v "" $at
recv u
`, []string{`expect.equal(u:recvfrom({timeout = 5}), "hello")`, `expect.recv(u, "")`}, nil},
	{"both ends", "", `socket as srv
bind srv 127.0.0.1:0
listen srv
socket as c
connect c $(srv:getsockname())
accept srv
shutdown c write
close 3
recv c
state srv
close c
`, []string{`expect.state(s3, "CLOSE_WAIT")`, `expect.state(srv, "LISTEN")`}, nil},
	{"unix", "", `socket unix as s
bind s ./here.sock
listen s
socket unix as c
connect c ./here.sock
getsockname s
getpeername c
accept s as conn
send c hi
recv conn
close s
`, []string{"local path = os.tmpname() -- for ./here.sock\n", "s:bind(path)", "c:connect(path)", "expect.equal(s:getsockname(), \"unix:\" .. path)", "local conn = s:accept()"}, nil},
	{"unix, beside", "", `socket unix as s
bind s unix:here.sock
listen s
c = socket("unix")
c:connect("unix:here.sock")
accept s
`, []string{"os.tmpname() -- for here.sock", "s:bind(", "c:connect("}, []string{`"unix:here.sock"`}},
	{"names", "", `socket as address
socket as s1
s2 = socket
bind address 127.0.0.1:0
socket as srv
close srv
socket as srv
function f() return target end
target = 5
f()
name srv other
bind other :0
`, []string{"local address2 = other:bind", "local srv = socket()\nsrv:close()\nsrv = socket()"}[1:], nil},
	{"cut datagrams", "", `socket udp as u
bind u 127.0.0.1:0
socket udp as v
connect v $(u:getsockname())
send v abcdefghij
recv u 3
send v abcdefghij
x = u:recv(4)
`, []string{`expect.equal(u:recv(3, {timeout = 5}), "abc")`}, nil},
	{"many lines", "", `a, b = socketpair unix
text = ""
for i = 1, 400 do text = text .. "line " .. i .. "\n" end
send a $text
recv b
`, []string{"expect.recv(b, table.concat{\n  \"line 1\\n\",\n"}, nil},
	{"a variable twice", "", `socket as srv
bind srv 127.0.0.1:0
listen srv
c = socket()
c:connect(srv:getsockname())
c = socket()
c:connect(srv:getsockname())
a, b = socketpair unix
a = b
`, []string{"for _, row in ipairs(handles()) do close(row.handle) end"}, nil},
	{"what Lua keeps", "", `a, b = socketpair unix
a:send("one\ntwo\nthree\nfour")
x = b:recvline()
x
local y = recvuntil(b, "\n")
local z, n = recvexact(b, 5), 3
w = b:recv()
u = b:recvexact
`, []string{"x = b:recvline()\nexpect.equal(x, \"one\")\nlocal y", `expect.equal(y, "two\n")`}, []string{"expect.equal(z", "expect.equal(w"}},
	{"both shut down", "", `socket as srv
bind srv 127.0.0.1:0
listen srv
socket as c
connect c $(srv:getsockname())
accept srv as d
c:shutdown("write")
shutdown d write
state c
recv c
state c
`, []string{"expect.eof(c)"}, []string{`expect.state(c, "CLOSE")`, `expect.state(c, "TIME_WAIT")`}},
	{"lab", "lab", `host client
host server
at server socket as srv
bind srv 10.0.0.2:80
listen srv 1
at client socket as c
hold
connect c 10.0.0.2:80
step 2
state c
queues srv
accept srv
release
wait j1
wait j2
send c "hi"
recv 3
drop 1 --from client --data on
send c lost
wire
`, []string{`need("lab")`, "local srv = server:socket()", `srv:bind("10.0.0.2:80")`, `local j1 = spawn(connect, c, "10.0.0.2:80")`,
		`expect.state(c, "SYN_SENT")`, "expect.queue(srv, {completed = 0, incomplete = 1})"}, nil},
}

// TestRecord records sessions and runs the recordings many times, side by side.
func TestRecord(t *testing.T) {
	t.Parallel()
	bin := build(t)
	for _, s := range recorded {
		t.Run(s.name, func(t *testing.T) {
			w := newWorkshop(t, bin, nil)
			if s.need == "lab" && w.command("-e", `need("lab")`).Run() != nil {
				t.Skip("needs a lab")
			}
			out := w.types("record it.lua\n" + s.typed)
			script := w.read("it.lua")
			for _, part := range s.has {
				w.contains(script, w.own.Replace(part))
			}
			for _, part := range s.lacks {
				w.lacks(script, w.own.Replace(part))
			}
			if text, err := w.command("run", "it.lua").CombinedOutput(); err != nil {
				t.Errorf("run: %v\n%s\nwhat came:\n%.2000s\n%s", err, text, out, script)
			}
			n := again()
			if s.name == "lab" {
				n = "5"
			}
			if all := w.test(0, "it.lua", "--repeat", n, "--fail-fast"); t.Failed() {
				t.Logf("%.4000s\n%s", all, script)
			}
		})
	}
}

// TestRecordTranscriptDates records what has another date each time.
func TestRecordTranscriptDates(t *testing.T) {
	var asked atomic.Int64
	address := answer(t, func(c net.Conn) {
		c.Read(make([]byte, 100))
		at := time.Unix(asked.Add(1)*100_000, 0).UTC()
		fmt.Fprintf(c, "Date: %s\r\n", at.Format(http.TimeFormat))
		c.Read(make([]byte, 100))
	})
	w := newWorkshop(t, build(t), nil)
	w.types("record it.txt\nsocket as c\nconnect c " + address + "\nsend c x\nrecvline c\nshutdown c write\nrecv c\nclose c\n")
	w.contains(w.read("it.txt"), "= \"Date: $date GMT\"\n")
	w.test(0, "it.txt", "--repeat", "3")
}

// TestRecordTranscript records the same sessions as transcripts.
func TestRecordTranscript(t *testing.T) {
	t.Parallel()
	bin := build(t)
	for _, s := range recorded {
		t.Run(s.name, func(t *testing.T) {
			w := newWorkshop(t, bin, nil)
			if s.need == "lab" && w.command("-e", `need("lab")`).Run() != nil {
				t.Skip("needs a lab")
			}
			w.types("record it.txt\n" + s.typed)
			os.Remove(w.dir + "/here.sock")
			if out, err := w.command("run", "it.txt").CombinedOutput(); err != nil {
				t.Errorf("%v\n%s\n%s", err, out, w.read("it.txt"))
			}
		})
	}
}

// TestRecordRefuses lists what save and record do not do.
func TestRecordRefuses(t *testing.T) {
	w := newWorkshop(t, build(t), map[string]string{"mine.lua": "print('mine')\n"})
	w.env = append(w.env, "HOME="+w.dir+"/home")
	for _, c := range []struct{ typed, says string }{
		{"save x.lua", "what was typed is not kept here"},
		{"save", "file is missing"},
		{"record off", "nothing is recorded"},
		{"record mine.lua", "is there already, and no recording"},
		{"journal on\nsocket\nsave mine.lua", "is there already, and no recording"},
		{"record nowhere/x.lua", "record nowhere/x.lua: ENOENT"},
		{"record ~/nowhere/x.lua", "/home/nowhere/x.lua: ENOENT"},
		{"record x.svg", "must end in .lua or .txt"},
		{"record x.lua\nrecord y.lua", "it goes into \"x.lua\" already"},
		{"journal on\nsave x.lua", "nothing was typed yet"},
		{"journal on\nsocket\nsave nowhere/x.lua", "ENOENT"},
		{"record x.txt --half client", "a transcript has no half"},
		{"record x.lua --half middle", "half"},
		{"journal on\nsocket\nsave x.lua --half server", "there is no server in this session"},
		{"journal on\n" + strings.Replace(echoSession, "close cli\n", "send cli x\npump 3 cli 1\n", 1) + "save x.lua --half client", "a half cannot have it"},
		{"socket\nrecord x.lua\nsend 1 a", "the handles that are open already: 1"},
	} {
		if out := w.types(c.typed + "\n"); !strings.Contains(out, c.says) {
			t.Errorf("%s: no %q in %s", c.typed, c.says, out)
		}
	}
	if w.read("mine.lua") != "print('mine')\n" {
		t.Error("a file was written over")
	}
	w.write("home/.keep", "")
	w.types("record ~/x3.lua\nsocket\n")
	w.contains(w.read("home/x3.lua"), "socket()")
	out, _ := w.command("--sandbox", "-c", "record x2.lua\nsocket").CombinedOutput()
	if _, err := os.Stat(w.dir + "/x2.lua"); err == nil {
		t.Errorf("a sandbox wrote a file: %s", out)
	}
}

// TestRecordSecret checks that secrets are in no recording, and that it works with them.
func TestRecordSecret(t *testing.T) {
	w := newWorkshop(t, build(t), nil)
	const secret = "s3cr\"t\x01-word"
	w.env = append(w.env, "PASS="+secret)
	typed := "a, b = socketpair unix\nsend a \"AUTH $(vars.PASS)\\r\\n\"\nsend a $(\"AUTH \" .. vars.PASS .. \"\\r\\n\")\nrecv b 8\nrecv b\na:send(\"s3cr\\\"t\\1-word\")\nrecv b\n-- it is s3cr\"t\x01-word\n"
	w.types("record it.lua\n"+typed, "--secret", "PASS")
	script := w.read("it.lua")
	w.lacks(script, "s3cr", "-word")
	w.contains(script, `"AUTH " .. vars.PASS`)
	w.test(0, "it.lua", "--secret", "PASS")
	w.test(0, "it.lua", "--secret", "PASS=other-word") // both ends are here
	w.contains(w.test(1, "it.lua"), "vars.PASS")
	out := w.types("record it.txt\n"+typed, "--secret", "PASS")
	if _, err := os.Stat(w.dir + "/it.txt"); err == nil {
		t.Errorf("a transcript was written: %s", w.read("it.txt"))
	}
	w.contains(out, "it would show the secret vars.PASS")
}
