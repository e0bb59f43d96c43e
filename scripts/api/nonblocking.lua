-- Nonblocking calls: EAGAIN, EINPROGRESS, EALREADY, and how poll tells the end.
--
-- POSIX: with O_NONBLOCK a call that would wait fails with EAGAIN (EWOULDBLOCK), and
-- connect with EINPROGRESS, while the handshake goes on. The end of it is told by poll
-- for out, and its success by SO_ERROR. Linux agrees.

local open = #handles()
local function fact(text, ...) print("* " .. text:format(...)) end

local listener = socket()
local address = listener:bind("127.0.0.1:0")
listener:listen(0)
listener:nonblock(true)

print("accept and recv")
expect.errno("EAGAIN", accept, listener)
fact("accept with nobody there: EAGAIN")

print("connect")
local client = socket("inet", "stream|nonblock")
local why = expect.errno("EINPROGRESS", connect, client, address)
fact("%s", tostring(why))
local ready = poll(client, {events = "out", timeout = 10})
expect.equal(ready[1].events, "out")
expect.equal(client:getsockopt("SO_ERROR"), 0)
fact("poll says %s, and SO_ERROR 0: connected", ready[1].events)
poll(listener, {timeout = 10})
local conn = listener:accept("nonblock")
expect.errno("EAGAIN", recv, conn)
fact("the accepted socket is nonblocking because accept4 said so: its recv gives EAGAIN")
conn:nonblock(false)
client:send("hello")
expect.equal(conn:recv(), "hello")
fact("the flag can be taken back: now recv waits")

print("a handshake that does not end")
local second = socket()
second:connect(address) -- fills the queue: nobody accepts
local third = socket("inet", "stream|nonblock")
expect.errno("EINPROGRESS", connect, third, address)
expect.errno("EALREADY", connect, third, address)
fact("the queue is full and the handshake goes on: connect again gives EALREADY")
expect.equal(#poll(third, {events = "out", timeout = 0.01}), 0)
fact("poll has no news")

print("a handshake that is refused")
local closed = socket()
local nowhere = closed:bind("127.0.0.1:0") -- bound and not listening
local fourth = socket("inet", "stream|nonblock")
expect.errno("EINPROGRESS", connect, fourth, nowhere)
ready = poll(fourth, {events = "out", timeout = 10})
expect.match(ready[1].events, "err")
expect.equal(fourth:getsockopt("SO_ERROR"), "ECONNREFUSED")
fact("poll says %s; SO_ERROR tells why: ECONNREFUSED", ready[1].events)
expect.equal(fourth:getsockopt("SO_ERROR"), 0)
fact("SO_ERROR tells it once: now it is 0")

print("send")
client:nonblock(true)
local sent, size = 0, 1000000
repeat
  local n = client:send(("x"):rep(size))
  sent = sent + n
until n < size
fact("a send takes what fits, here %s of %d bytes", "a part", size)
local ok, full
repeat ok, full = try(send, client, ("x"):rep(size)) until not ok -- byte by byte it may be 300,000 calls
expect.equal(full.errno, "EAGAIN")
fact("with no room left it gives EAGAIN")
expect.equal(#poll(client, {events = "out", timeout = 0}), 0)
while try(recv, conn, 1000000, "dontwait") do end
poll(client, {events = "out", timeout = 10})
expect.equal(client:send("x"), 1)
fact("once the peer has read, poll says out, and send works again")

print("one call alone")
expect.errno("EAGAIN", recv, second, 1, "dontwait")
fact("dontwait makes a single call nonblocking (MSG_DONTWAIT, of Linux and the BSDs)")

for i = #handles(), open + 1, -1 do handles()[i].handle:close() end
