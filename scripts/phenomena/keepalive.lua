-- A connection over which nothing is said does not notice that its cable is cut,
-- unless SO_KEEPALIVE asks now and then.
need("lab")
local client, server = host("client"), host("server")
local listener = server:socket()
listener:bind("10.0.0.2:80")
listener:listen(1)
local silent, asking = client:socket(), client:socket()
asking:setsockopt("SO_KEEPALIVE", true)
asking:setsockopt("TCP_KEEPIDLE", 1)
asking:setsockopt("TCP_KEEPINTVL", 1)
asking:setsockopt("TCP_KEEPCNT", 2)
for _, c in ipairs { silent, asking } do c:connect("10.0.0.2:80") end
cut()
expect.errno("ETIMEDOUT", recv, asking, { timeout = 20 })
expect.truthy(client:counters("TCPKeepAlive").TCPKeepAlive >= 2)
expect.equal(state(silent), "ESTABLISHED")
print("the one that asks has got no answer: ETIMEDOUT; the silent one is ESTABLISHED")
lab("end")
