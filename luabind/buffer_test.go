package luabind

import "testing"

// TestBuffers checks what buffers do where tasks wait: another task may change a
// buffer at any time, and nothing is lost or written where it does not belong.
func TestBuffers(t *testing.T) {
	for _, c := range []struct{ name, code, want string }{
		{"grows under a receive", `local m = buffer(4) local t = spawn(function() return b:recv(m) end) yield()
m:append(("x"):rep(1000)) a:send("abcdef") print(t:join(), m, #m, m:cap() >= 1000)`, "4\tabcd\t4\ttrue"},
		{"is cleared and grows under recvexact", `local m = buffer(6) local t = spawn(function() return b:recvexact(m) end) yield()
a:send("abc") yield() m:clear():append(("x"):rep(1000)) a:send("def") print(t:join(), m:sub(4))`, "6\tdef"},
		{"a view under recvexact, its buffer grows", `local m = buffer("....") local v = m:slice(2, 3) local t = spawn(function() return b:recvexact(v) end) yield()
a:send("1") yield() m:append(("x"):rep(1000)) a:send("2") print(t:join(), m:sub(1, 5), v)`, "2\t.12.x\t12"},
		{"changes under a send", `a:setsockopt("SO_SNDBUF", 4096) local m = buffer(("x"):rep(1000000)) local t = spawn(function() return a:sendall(m) end) yield()
m:fill(121) m:append(("z"):rep(3000000)) m:clear() local n = 0 while n < 1000000 do n = n + #b:recv(1000000) end print(t:join(), n)`, "1000000\t1000000"},
		{"two receive into one", `local m = buffer(8) local t, u = spawn(function() return b:recv(m) end), spawn(function() return b:recv(m) end) yield()
a:send("1234") a:send("5") local n = t:join() if n < 5 then n = n + u:join() else u:cancel() end print(n)`, "5"},
		{"a receive is cancelled", `local m = buffer(8) local t = spawn(function() return b:recv(m) end) yield() t:cancel() a:send("abc") print(b:recv(m), m)`, "3\tabc"},
		{"what recvline left", `local m = buffer(3) a:send("line\nabcde") b:recvline() print(b:recv(m, "peek"), m, b:recv(m), m:tail(2):cap())
print(b:recvexact(m:slice(1, 2)), m)`, "3\tabc\t3\t2\n2\tdec"},
		{"recvexact from what is left and more", `local m = buffer(6) a:send("x\nab") b:recvline() local t = spawn(function() return b:recvexact(m) end) yield() a:send("cdefg")
print(t:join(), m, b:recv())`, "6\tabcdef\tg"},
		{"recvexact after its timeout", `local m = buffer(4) a:send("ab") local ok, e = try(b.recvexact, b, m, {timeout = 0.001}) a:send("cd")
print(ok, e.timeout, e.partial, b:recvexact(m), m)`, "false\ttrue\tab\t4\tabcd"},
		{"recvexact cut off", `local m = buffer(4) a:send("ab") a:close() local ok, e = try(b.recvexact, b, m) print(ok, e, m, b:recvexact(m))`, "false\trecvexact 2: eof after \"ab\"\tab\tnil\teof"},
		{"waitall", `local m = buffer(4) local t = spawn(function() return b:recv(m, "waitall") end) yield() a:send("ab") yield() a:send("cde") print(t:join(), m, b:recv())`, "4\tabcd\te"},
		{"a reset leaves it alone", `local l = socket() local c = socket() c:connect(l:bind("127.0.0.1:0") and l:listen() or l:getsockname()) local s = l:accept()
s:setsockopt("SO_LINGER", 0) s:close() local m = buffer("keep") local ok, e = try(c.recv, c, m) print(ok, e.errno, m)`, "false\tECONNRESET\tkeep"},
		{"timeout by name", `local m = buffer(4) print(try(b.recv, b, m, {timeout = 0.001}))`, "false\trecv 2: timed out"},
		{"max by name", `a:send("abc") local m = buffer(2) print(b:recv{max = m}, m)`, "2\tab"},
		{"results of a task", `local m = buffer("abc") local t = spawn(function() return m, u64("18446744073709551615") end) local r, u = t:join() print(rawequal(r, m), u - 1)`, "true\t18446744073709551614"},
		{"u64 as a verb's number", `a:send("abcd") print(b:recv(u64(2)), b:recvexact(i64(2)))`, "ab\tcd"},
		{"bulk", `local data = ("0123456789"):rep(300000) local out, sum, n = buffer(data), 0, 0
spawn(function() for i = 1, #data, 70001 do a:sendall(out:slice(i, math.min(i + 70000, #data))) end a:shutdown("write") end)
local m = buffer(65536) while true do local got = b:recv(m) if not got then break end sum, n = crc32(m, sum), n + got end print(n, sum == crc32(data))`, "3000000\ttrue"},
		{"json of a changing buffer", `local m = buffer("[" .. ("1,"):rep(100000) .. "1]") local t = spawn(function() return #json.decode(m) end) yield() m:fill(34) print(t:join())`, "100001"},
	} {
		t.Run(c.name, func(t *testing.T) {
			leaks(t)
			out, err := script(t, "local a, b = socketpair()\n"+c.code)
			if err != nil || out != c.want {
				t.Errorf("got %q, %v; want %q", out, err, c.want)
			}
		})
	}
}
