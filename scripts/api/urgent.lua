-- Urgent data of TCP: one byte beside the stream, a mark in it, and SIGURG's news by poll.
--
-- RFC 6093 advises against it. POSIX: send with MSG_OOB, recv with MSG_OOB, which never
-- waits; poll for pri; sockatmark tells whether the next byte stood behind the mark.
-- Linux: the urgent byte is the last of the send, and a receive stops at the mark.

local open = #handles()
local function fact(text, ...) print("* " .. text:format(...)) end

local listener = socket()
local address = listener:bind("127.0.0.1:0")
listener:listen()
local function pair()
  local client = socket()
  client:connect(address)
  return client, (listener:accept())
end
local a, b = pair()

print("Nothing urgent")
expect.errno("EINVAL", recv, b, 1, "oob")
fact("recv with oob: EINVAL, at once")
expect.equal(b:sockatmark(), false)

print("An urgent byte")
expect.equal(a:send("ab!", "oob"), 3)
local ready = poll(b, {events = "pri", timeout = 10})
expect.equal(ready[1].events, "pri")
fact("poll says pri")
expect.equal(b:recv(1, "oob|peek"), "!")
expect.equal(b:recv(1, "oob"), "!")
fact("the last byte of the send is the urgent one: !")
expect.errno("EINVAL", recv, b, 1, "oob")
fact("it is there once")
expect.equal(b:recv(), "ab")
fact("the others are in the stream, and it is not")

print("The mark")
a:send("before")
a:send("!", "oob")
a:send("after")
poll(b, {events = "pri", timeout = 10})
expect.equal(b:sockatmark(), false)
expect.equal(b:recv(), "before")
fact("a receive stops at the mark, whatever its room")
expect.equal(b:sockatmark(), true)
expect.equal(b:ioctl("SIOCATMARK"), 1)
fact("sockatmark says so")
expect.equal(b:recv(), "after")
expect.equal(b:sockatmark(), false)
expect.errno("EINVAL", recv, b, 1, "oob")
fact("reading on throws the urgent byte away, if nobody took it")

print("Two urgent bytes")
a:send("x1", "oob")
a:send("2", "oob")
with_timeout(10, function() while b:ioctl("SIOCINQ") < 2 do yield() end end)
expect.equal(b:recv(1, "oob"), "2")
expect.equal(b:recv(), "x1")
fact("there is one mark: the byte of the earlier one is in the stream now")

print("In line")
a:close() b:close()
a, b = pair()
b:setsockopt("SO_OOBINLINE", true)
a:send("xy!", "oob")
a:send("z")
poll(b, {events = "pri", timeout = 10})
expect.errno("EINVAL", recv, b, 1, "oob")
expect.equal(b:recv(), "xy")
expect.equal(b:sockatmark(), true)
expect.equal(b:recvexact(2), "!z")
fact("with SO_OOBINLINE it stays in the stream, behind the mark")

a:close() b:close() listener:close()
expect.equal(#handles(), open)
