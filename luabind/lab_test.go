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
	s, err := New(Config{Out: io.Discard, Err: io.Discard, Sandbox: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	run := func(code string) error {
		return s.Do(func(t *loop.Task) error { return s.RunCode(t, code, "need", nil) })
	}
	if skipped := new(SkipError); !errors.As(run(`need("lab")`), &skipped) || skipped.Reason != "the sandbox has no labs" {
		t.Errorf("got %v", run(`need("lab")`))
	}
	if skipped := new(SkipError); errors.As(run(`need("banana")`), &skipped) {
		t.Errorf("got %v", skipped)
	}
}
