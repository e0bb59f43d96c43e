-- Nobody is there: what UDP says where TCP says ECONNREFUSED. The send succeeds; the
-- answer is an ICMP message, and the next call on a connected socket tells it, once.
need("lab")
local client, server = host("client"), host("server")
local u = client:socket("udp")
u:bind("10.0.0.1:1001")
server:socket("udp"):bind("10.0.0.2:54") -- next door
u:connect("10.0.0.2:53")
journal("clear")

expect.equal(u:send("anybody?"), 8)
expect.errno("ECONNREFUSED", recv, u)
expect.equal(u:send("again?"), 6)
expect.errno("ECONNREFUSED", send, u, "again?")

-- Without connect the kernel does not know whom to tell, unless it is asked to.
local v = client:socket("udp")
v:bind("10.0.0.1:1002")
v:sendto("anybody?", "10.0.0.2:53")
expect.timeout(recv, v, { timeout = 0.01 })
v:setsockopt("IP_RECVERR", true)
v:sendto("anybody?", "10.0.0.2:53")
expect.errno("ECONNREFUSED", recv, v)
print(ladder())
lab("end")
