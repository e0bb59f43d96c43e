-- Nobody is there: what UDP and unix sockets say where TCP says ECONNREFUSED.

-- UDP: the send succeeds; the answer is an ICMP message, and the next call tells it.
local taken = socket("inet", "dgram")
local address = taken:bind("127.0.0.1:0")
taken:close()
local u = socket("inet", "dgram")
u:connect(address)
expect.equal(u:send("anybody?"), 8)
local why = expect.errno("ECONNREFUSED", recv, u, { timeout = 5 })
print("UDP to a closed port: send is fine, then " .. tostring(why))
expect.equal(u:send("again?"), 6)
print("  once told it is forgotten: the next send is fine again")
u:close()

-- Without connect the kernel does not know whom to tell: silence.
u = socket("inet", "dgram")
u:sendto("anybody?", address)
expect.timeout(recv, u, { timeout = 0.05 })
print("UDP without connect: silence, unless IP_RECVERR asks for the message")
u:setsockopt("IP_RECVERR", true)
u:sendto("anybody?", address)
expect.errno("ECONNREFUSED", recv, u, { timeout = 5 })
u:close()

-- A unix listener with backlog 0 lets one in. There is no SYN to repeat: a blocking
-- connect waits for room, one that may not wait is refused at once.
local l = socket("unix")
l:bind("unix:")
l:listen(0)
local name = l:getsockname()
local first, second = socket("unix"), socket("unix")
first:connect(name)
second:nonblock(true)
expect.errno("EAGAIN", connect, second, name)
print("unix, listen(0): one waits, the second connect is EAGAIN")
local accepted = l:accept()
second:connect(name)
print("  after accept there is room")
for _, h in ipairs { first, second, accepted, l } do h:close() end
expect.no_leaks()
