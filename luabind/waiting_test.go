package luabind

import "testing"

// TestVerbsWait checks that a verb which waits leaves the loop to the others: it
// is still pending when another task has had a thousand turns. Then the wait is
// ended and its result looked at.
func TestVerbsWait(t *testing.T) {
	const prelude = `
local function listener(backlog) local l = socket() local address = l:bind("127.0.0.1:0") l:listen(backlog or 8) return l, address end
local function pair() local l, address = listener() local c = socket() c:connect(address) local s = l:accept() return c, s end
local function fill(s) local n = 0 while true do local ok, k = try(send, s, ("x"):rep(100000), "dontwait") if not ok then return n end n = n + k end end
local function turns() for i = 1, 1000 do yield() end end
local function pending(f, ...)
  local job = spawn(f, ...)
  turns()
  expect.equal(job.state, "pending")
  return job
end
`
	for _, c := range []struct{ name, code string }{
		{"accept", `local l, address = listener() local j = pending(accept, l) socket():connect(address) expect.truthy(join(j))`},
		{"connect to a full queue", `local l, address = listener(0) socket():connect(address) local c = socket()
cancel(pending(connect, c, address)) expect.equal(getsockopt(c, "TCP_INFO").state, "SYN_SENT")`},
		{"connect to a full unix queue", `local l = socket("unix") local address = l:bind("unix:") l:listen(0) socket("unix"):connect(address)
local c = socket("unix") local j = pending(connect, c, address) l:accept() join(j) expect.equal(c:getpeername(), address)`},
		{"recv", `local a, b = socketpair() local j = pending(recv, a) b:send("x") expect.equal(join(j), "x")`},
		{"recvfrom", `local a = socket("udp") local address = a:bind("127.0.0.1:0") local j = pending(recvfrom, a) sendto(socket("udp"), "x", address) expect.equal(join(j), "x")`},
		{"recvline", `local a, b = socketpair() b:send("one") local j = pending(recvline, a) b:send("two\n") expect.equal(join(j), "onetwo")`},
		{"recvexact", `local a, b = socketpair() b:send("one") local j = pending(recvexact, a, 6) b:send("two") expect.equal(join(j), "onetwo")`},
		{"recv waitall and peek", `local a, b = socketpair() b:send("one") local j = pending(recv, a, 6, "waitall|peek") b:send("two") expect.equal(join(j), "onetwo") expect.equal(a:recv(), "onetwo")`},
		{"recv waitall and peek until the end", `local a, b = socketpair() b:send("one") local j = pending(recv, a, 6, "waitall|peek") b:close() expect.equal(join(j), "one")`},
		{"recv waitall behind a line", `local a, b = socketpair() b:send("line\none") a:recvline() local j = pending(recv, a, 6, "waitall") b:send("two") expect.equal(join(j), "onetwo")`},
		{"recv after shutdown of a datagram socket", `local a = socket("udp") local address = a:bind("127.0.0.1:0") a:connect(address) local j = pending(recv, a) a:shutdown("read") expect.eof(a) a:send("x") cancel(j)`},
		{"send to one who does not read", `local c, s = pair() local j = pending(send, c, ("x"):rep(10000000)) expect.equal(#s:recvexact(10000000), 10000000) expect.equal(join(j), 10000000)`},
		{"sendall to one who does not read", `local c, s = pair() local j = pending(sendall, c, ("x"):rep(10000000)) s:close() expect.errno("ECONNRESET", join, j)`},
		{"sendto a full unix queue", `local a, b = socket("unix", "dgram"), socket("unix", "dgram") local address = a:bind("unix:")
while try(sendto, b, "x", address, "dontwait") do end
expect.timeout(sendto, b, "x", address, {timeout = 0.01})
local j = pending(sendto, b, "last", address) a:recv() expect.equal(join(j), 4)`},
		{"send to a full unix queue", `local a, b = socket("unix", "dgram"), socket("unix", "dgram") b:connect(a:bind("unix:"))
while try(send, b, "x", "dontwait") do end
local j = pending(send, b, "last") a:recv() expect.equal(join(j), 4)`},
		{"poll", `local a, b = socketpair() local j = pending(poll, a, b) b:send("x") expect.equal(join(j)[1].handle, a)`},
		{"poll for urgent data of one who cannot send", `local c, s = pair() fill(s) local j = pending(poll, s, {events = "pri"}) c:send("!", "oob") expect.equal(join(j)[1].events, "pri")`},
		{"recvmsg", `local a, b = socketpair() local j = pending(recvmsg, a, 2, 9) b:send("one") local x, y = join(j) expect.equal(x .. "|" .. y, "on|e")`},
		{"sendmsg to one who does not read", `local c, s = pair() local big = ("x"):rep(5000000) local j = pending(sendmsg, c, {big, big}) expect.equal(#s:recvexact(10000000), 10000000) expect.equal(join(j), 10000000)`},
		{"sendmsg a full unix queue", `local a, b = socket("unix", "dgram"), socket("unix", "dgram") local address = a:bind("unix:")
while try(sendmsg, b, "x", {to = address, flags = "dontwait"}) do end
expect.timeout(sendmsg, b, "x", {to = address, timeout = 0.01})
local j = pending(sendmsg, b, {"la", "st"}, {to = address}) a:recv() expect.equal(join(j), 4)`},
		{"splice from one who does not send", `local c, s = pair() local a, b = socketpair() local j = pending(splice, s, a, 3) c:send("abc") expect.equal(b:recv(), "abc") expect.equal(join(j), 3)`},
		{"splice to one who does not read", `local c, s = pair() local a, b = socketpair() local n = fill(s) local j = pending(splice, b, s, 3) a:send("abc") expect.equal(#c:recvexact(n + 3), n + 3) expect.equal(join(j), 3)`},
		{"accept on a listener that blocks", `local l, address = listener() local m = l:dup() local j, k = pending(accept, l), pending(accept, m)
socket():connect(address) turns() socket():connect(address) expect.truthy(join(j)) expect.truthy(join(k))
expect.timeout(accept, l, {timeout = 0.01}) cancel(pending(accept, m))`},
		{"connect of a socket that blocks", `local l, address = listener(0) socket():connect(address) local c = socket() c:dup()
cancel(pending(connect, c, address)) expect.timeout(connect, c, address, {timeout = 0.01}) l:accept() l:accept()`},
		{"recv on a socket that blocks", `local a, b = socketpair() a:dup() local j = pending(recv, a) b:send("x") expect.equal(join(j), "x")`},
		{"send on a socket that blocks", `local c, s = pair() c:dup() local j = pending(send, c, ("x"):rep(10000000)) expect.equal(#s:recvexact(10000000), 10000000) expect.equal(join(j), 10000000)`},
		{"sleep", `cancel(pending(sleep, 100))`},
		{"join", `local j = spawn(sleep, 100) local k = pending(join, j) cancel(j) expect.error(join, k)`},
		{"close that lingers", `local c, s = pair() local n = fill(c) c:setsockopt("SO_LINGER", 100)
local j = pending(close, c) expect.equal(#s:recvexact(n), n) expect.eof(s) join(j)`},
		{"close of an accepted socket that lingers as its listener", `local l, address = listener() l:setsockopt("SO_LINGER", 100) local c = socket() c:connect(address)
local s = l:accept() local n = fill(s) local j = pending(close, s) expect.equal(#c:recvexact(n), n) expect.eof(c) join(j)`},
		{"close that lingers for ever", `local c, s = pair() local n = fill(c) c:setsockopt("SO_LINGER", 3000000000)
local j = pending(close, c) expect.equal(#s:recvexact(n), n) expect.eof(s) join(j)`},
	} {
		t.Run(c.name, func(t *testing.T) {
			leaks(t)
			if out, err := script(t, prelude+c.code+"\nexit(0)"); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
