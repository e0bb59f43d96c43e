-- The last segment of a stream is lost: nothing behind it makes the receiver complain.
-- A tail loss probe repeats it before the retransmission timer would (RFC 8985).
need("lab")
local client, server = host("client"), host("server")
client:sysctl("net.ipv4.tcp_early_retrans", "3") -- as systems have it
client:sysctl("net.ipv4.tcp_rto_min_us", "200000")
local listener = server:socket()
listener:bind("10.0.0.2:80")
listener:listen(1)
local c = client:socket()
c:connect("10.0.0.2:80")
local a = listener:accept()
drop(1, { data = true })
c:send("the last words")
expect.equal(a:recv({ timeout = 10 }), "the last words")
expect.truthy(client:counters("TCPLossProbes").TCPLossProbes >= 1)
print("a probe has brought what was lost: TCPLossProbes")
lab("end")
