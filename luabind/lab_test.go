package luabind

import (
	"errors"
	"io"
	"strings"
	"testing"

	"socksh/luabind/loop"
)

// labSession returns a session whose lab has begun.
func labSession(t *testing.T) *Session {
	t.Helper()
	s, err := New(Config{Out: io.Discard, Err: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	if why, _ := s.Missing("lab"); why != "" {
		t.Skip(why)
	}
	return s
}

// TestStuck has every task of a script wait for what the cable holds: the script fails,
// and says who waits in what, and what is held.
func TestStuck(t *testing.T) {
	s := labSession(t)
	err := s.Do(func(t *loop.Task) error {
		return s.RunCode(t, `
			local client, server = host("client"), host("server")
			local listener = server:socket()
			listener:bind("10.0.0.2:80")
			listener:listen()
			hold()
			spawn(accept, listener)
			client:socket():connect("10.0.0.2:80")`, "stuck", nil)
	})
	const want = "nothing goes on: every task waits, in connect 2 10.0.0.2:80, accept 1, and the cable holds client → server  SYN seq=0; "
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v", err)
	}
	if err := s.Do(func(t *loop.Task) error { return s.RunCode(t, "sleep(0.001)", "next", nil) }); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// TestClosedBeforeItsTurn closes a handle when the wait for it has ended, but before the
// task that waited gets its turn.
func TestClosedBeforeItsTurn(t *testing.T) {
	s, err := New(Config{Out: io.Discard, Err: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	err = s.Do(func(t *loop.Task) error {
		return s.RunCode(t, `
			local a, b = socketpair()
			local job = spawn(recv, b)
			yield()
			a:send("x")
			local c
			spawn(function() c = true end)
			poll(b) -- the loop has seen that b is ready; the job's turn comes after this one
			b:close()
			local ok, err = try(join, job)
			assert(ok or err.message:find("closed"), tostring(err))`, "turn", nil)
	})
	if err != nil {
		t.Error(err)
	}
}

// TestNeed skips a script for what this system lacks, and fails it for what nobody
// knows.
func TestNeed(t *testing.T) {
	s, err := New(Config{Out: io.Discard, Err: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	run := func(code string) error {
		return s.Do(func(t *loop.Task) error { return s.RunCode(t, code, "need", nil) })
	}
	if skipped := new(SkipError); !errors.As(run(`need("var:target")`), &skipped) || skipped.Reason != "needs --var target=…" {
		t.Errorf("got %v", run(`need("var:target")`))
	}
	if skipped := new(SkipError); errors.As(run(`need("banana")`), &skipped) {
		t.Errorf("got %v", skipped)
	}
}

// TestSandboxLab lets a script from a stranger have a lab, and nothing beyond it.
func TestSandboxLab(t *testing.T) {
	labSession(t)
	for _, c := range [][2]string{
		{`local s = a:socket() s:bind("10.0.0.1:80") s:listen()
		local c = b:socket() c:connect("10.0.0.1:80") c:send("x") expect.equal(s:accept():recv(1), "x")`, ""},
		{`a:socket("inet", "raw", "icmp")`, ""},
		{`sysctl(a, "net.ipv4.tcp_fin_timeout", 2)`, ""},
		{`connect(socket(), "10.0.0.1:80")`, "the sandbox has the loopback only"},
		{`bind(a:socket("unix"), "@x")`, "the sandbox has the loopback only"},
		{`exec(a, "true")`, "the sandbox starts no programs"},
		{`for i = 1, 20 do host("h" .. i) end`, "at most 16 hosts"},
	} {
		_, err := restricted(t, Config{Sandbox: true}, `host("a") host("b") `+c[0])
		if got := errorText(err); c[1] == "" && err != nil || !strings.Contains(got, c[1]) {
			t.Errorf("%s: got %q, want %q", c[0], got, c[1])
		}
	}
}
