package luabind

import (
	"context"
	"fmt"
	"io"
	"testing"

	"socksh/luabind/loop"
)

// benchmark runs code, in which n is b.N, as a script.
func benchmark(b *testing.B, setup, code string) {
	s, err := New(Config{Out: io.Discard, Err: io.Discard, ReadLine: func(context.Context, string) (string, error) { return "", io.EOF }})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	err = s.Do(func(t *loop.Task) error { return s.RunCode(t, setup, "setup", nil) })
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	err = s.Do(func(t *loop.Task) error { return s.RunCode(t, fmt.Sprintf("local n = %d\n", b.N)+code, "bench", nil) })
	if err != nil {
		b.Fatal(err)
	}
}

const benchPair = `
l = socket() l:setsockopt("linger", 0) a = l:bind("127.0.0.1:0") l:listen(100)
c = socket() c:connect(a) s = l:accept()
c:setsockopt("nodelay", true) s:setsockopt("nodelay", true)
m = ("x"):rep(64)`

// A round trip of 64 bytes: four calls.
func BenchmarkRoundTrip(b *testing.B) {
	benchmark(b, benchPair, `local c, s, m = c, s, m for i = 1, n do c:send(m) s:send(s:recv(64)) c:recv(64) end`)
}

// The cheapest verb with a system call.
func BenchmarkVerb(b *testing.B) {
	benchmark(b, benchPair, `local c = c for i = 1, n do c:send("", "dontwait") end`)
}

// Two tasks that wait for each other.
func BenchmarkSwitch(b *testing.B) {
	benchmark(b, benchPair, `local c, s, m = c, s, m
spawn(function() for i = 1, n do s:send(s:recv(64)) end end)
for i = 1, n do c:send(m) c:recv(64) end`)
}

// The cheapest options: a boolean read, by its short name, and set.
func BenchmarkGetsockopt(b *testing.B) {
	benchmark(b, benchPair, `local c = c for i = 1, n do c:getsockopt("nodelay") end`)
}

func BenchmarkSetsockopt(b *testing.B) {
	benchmark(b, benchPair, `local c = c for i = 1, n do c:setsockopt("TCP_NODELAY", true) end`)
}

func BenchmarkConnect(b *testing.B) {
	benchmark(b, benchPair, `for i = 1, n do local c = socket() c:connect(a) local s = l:accept() s:close() c:close() end`)
}

func BenchmarkSpawn(b *testing.B) {
	benchmark(b, "", `local f = function() end for i = 1, n do spawn(f):join() end`)
}

// A hundred echo servers and their clients at once: n round trips in all.
func BenchmarkHundred(b *testing.B) {
	benchmark(b, benchPair, `local rounds, tasks = math.ceil(n / 100), {}
for i = 1, 100 do
  local c = socket() c:connect(a) local s = l:accept()
  c:setsockopt("nodelay", true) s:setsockopt("nodelay", true)
  spawn(function() for k = 1, rounds do s:send(s:recv(4096)) end end)
  tasks[i] = spawn(function() for k = 1, rounds do c:send(m) c:recvexact(64) end end)
end
for i = 1, 100 do tasks[i]:join() end`)
}
