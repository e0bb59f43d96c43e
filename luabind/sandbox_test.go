package luabind

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"socksh/luabind/loop"
)

// restricted runs code, as a script, in a session with limits or a sandbox, and
// returns what it printed and its error.
func restricted(t *testing.T, c Config, code string) (out string, err error) {
	t.Helper()
	var b bytes.Buffer
	c.Out, c.Err = &b, &b
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	err = s.Do(func(task *loop.Task) error { return s.RunCode(task, code, "test", nil) })
	return b.String(), err
}

// TestLimits passes each limit in the ways a script has; none may be caught.
func TestLimits(t *testing.T) {
	steps, memory, handles := Limits{Steps: 100_000}, Limits{Memory: 40}, Limits{Handles: 10}
	for _, c := range []struct {
		limits Limits
		code   string
		want   string
	}{
		{steps, "for i = 1, 1000 do end print 'done'", ""},
		{steps, "while true do end", "the limit of 100000 steps is passed"},
		{steps, "while true do pcall(function() while true do end end) end", "the limit of 100000 steps is passed"},
		{steps, "xpcall(function() while true do end end, function() while true do end end)", "the limit of 100000 steps is passed"},
		{steps, "coroutine.wrap(function() while true do end end)()", "the limit of 100000 steps is passed"},
		{steps, "spawn(function() while true do end end) sleep(60)", "the limit of 100000 steps is passed"},
		{steps, "local a, b = socketpair() spawn(recv, a, 1) spawn(function() while true do yield() end end):join()", "the limit of 100000 steps is passed"},
		{steps, `return ("a"):rep(3000):find(("a*"):rep(20) .. "b")`, "the limit of 100000 steps is passed"},
		{memory, "local t = {} for i = 1, 1000 do t[i] = i end print 'done'", ""},
		{memory, "local t = {} while true do t[#t + 1] = {} end", "the limit of 40 MiB of memory is passed"},
		{memory, "local t = {} while true do pcall(function() while true do t[#t + 1] = {} end end) end", "the limit of 40 MiB of memory is passed"},
		{memory, "local t = {} spawn(function() while true do t[#t + 1] = {} yield() end end) sleep(60)", "the limit of 40 MiB of memory is passed"},
		{handles, "for i = 1, 10 do socket() end print 'done'", ""},
		{handles, "for i = 1, 11 do socket() end", "test:1: socket: no more than 10 handles may be open"},
		{handles, "for i = 1, 6 do socketpair() end", "test:1: socketpair: no more than 10 handles may be open"},
		{handles, `local l = socket() local a = l:bind("127.0.0.1:0") l:listen()
local c = socket() c:connect(a) for i = 1, 8 do socket() end l:accept()`, "test:2: accept 1: no more than 10 handles may be open"},
	} {
		t.Run(c.code, func(t *testing.T) {
			aborted := make(chan string, 1)
			_, err := restricted(t, Config{Limits: c.limits, Abort: func(text string) { aborted <- text }}, c.code)
			got := ""
			if err != nil {
				got = err.Error()
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			select {
			case text := <-aborted:
				t.Errorf("aborted: %s", text)
			default:
			}
		})
	}
}

// TestLimitsOfInputs sees that a prompt goes on after a limit, and that the
// memory can be let go of.
func TestLimitsOfInputs(t *testing.T) {
	var b bytes.Buffer
	s, err := New(Config{Out: &b, Err: &b, Limits: Limits{Memory: 40, Steps: 10_000_000}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, c := range [][2]string{
		{"t = {} while true do t[#t + 1] = {} end", "the limit of 40 MiB of memory is passed"},
		{"print(#t > 1000)", ""},
		{"t = nil", ""},
		{"while true do end", "the limit of 10000000 steps is passed"},
		{"local t = {} for i = 1, 1000 do t[i] = {} end print 'again'", ""},
	} {
		err := s.Do(func(task *loop.Task) error { return s.Exec(task, c[0]) })
		if got := errorText(err); got != c[1] {
			t.Errorf("%s: got %q, want %q", c[0], got, c[1])
		}
	}
	if b.String() != "true\nagain\n" {
		t.Errorf("printed %q", b.String())
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// TestHardLimit holds so much memory that only the end of the program helps. Go
// holds it: a script that asks for as much in one instruction may end at the
// first limit instead, where the look at the memory comes late.
func TestHardLimit(t *testing.T) {
	held := make([]byte, 100<<20)
	aborted := make(chan string, 1)
	s, err := New(Config{Limits: Limits{Memory: 8}, Abort: func(text string) { aborted <- text }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if text := <-aborted; text != "the script needs more than 8 MiB of memory" {
		t.Error(text)
	}
	runtime.KeepAlive(held)
}

// TestSandbox tries what a sandbox forbids.
func TestSandbox(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	outside := filepath.Join(t.TempDir(), "secret.lua")
	for name, text := range map[string]string{outside: "print 'secret'", "inside.lua": "print 'inside'"} {
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(outside, "link.lua"); err != nil {
		t.Fatal(err)
	}
	const loopback = "the sandbox has the loopback only"
	for _, c := range [][2]string{
		{`connect(socket(), "1.1.1.1:80")`, loopback},
		{`connect(socket(), "[::ffff:1.1.1.1]:80")`, loopback},
		{`connect(socket "tcp6", "[2001:db8::1]:80")`, loopback},
		{`connect(socket(), "example.com:80")`, loopback},
		{`resolve "example.com"`, loopback},
		{`bind(socket(), ":0")`, loopback},
		{`bind(socket(), "0.0.0.0:0")`, loopback},
		{`listen(socket())`, loopback},
		{`listen(socket "tcp6")`, loopback},
		{`sendto(socket "udp", "x", "192.0.2.1:9")`, loopback},
		{`bind(socket "unix", "unix:x")`, loopback},
		{`connect(socket "unix", "@x")`, loopback},
		{`recvfile(socketpair(), "new")`, "EROFS"},
		{`sendfile(socketpair(), "` + outside + `")`, "escapes"},
		{`sendfile(socketpair(), "link.lua")`, "escapes"},
		{`run "` + outside + `"`, "escapes"},
		{`run "link.lua"`, "escapes"},
		{`sockets()`, "outside"},
		{`doctor()`, "outside"},
		{`run "../secret.lua"`, "escapes"},
		{`assert(io.open("/etc/passwd"))`, "escapes"},
		{`assert(io.open("link.lua"))`, "escapes"},
		{`assert(io.open("new", "w"))`, "read-only"},
		{`io.output("new")`, "read-only"},
		{`assert(loadfile "link.lua")`, "escapes"},
		{`dofile "../secret.lua"`, "escapes"},
		{`package.path = "` + filepath.Dir(outside) + `/?.lua" require "secret"`, "no file"},
		{`os.execute "true"`, "the sandbox does not allow that"},
		{`io.popen "true"`, "the sandbox does not allow that"},
		{`assert(os.remove "inside.lua")`, "the sandbox does not allow that"},
		{`assert(os.rename("inside.lua", "x"))`, "the sandbox does not allow that"},
		{`assert(os.tmpname())`, "the sandbox does not allow that"},
		{`assert(io.tmpfile())`, "the sandbox does not allow that"},
		{`assert(os.getenv "PATH")`, "assertion failed"},
		{`debug.setmetatable("", nil)`, "non-function"},
		{`assert(package.loadlib("x", "y"))`, "no libraries of C"},
		{`dofile "inside.lua" assert(io.open "inside.lua"):close() package.path = "?.lua" require "inside"`, ""},
		{`sendfile(socketpair(), "inside.lua")`, ""},
		{`run "inside.lua"`, ""},
		{`local l = socket() local a = l:bind("127.0.0.1:0") l:listen() socket():connect(a) l:accept()`, ""},
		{`local l = socket "udp" local a = l:bind("localhost:0") sendto(socket "udp", "x", a)`, ""},
	} {
		_, err := restricted(t, Config{Sandbox: true}, c[0])
		if got := errorText(err); c[1] == "" && err != nil || !strings.Contains(got, c[1]) {
			t.Errorf("%s: got %q, want %q", c[0], got, c[1])
		}
	}
}
