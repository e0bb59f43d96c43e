-- Half a close: the client has said all it has to say, and goes on listening. It is
-- FIN_WAIT2 and the server CLOSE_WAIT for as long as the server likes.
need("lab")
local client, server = host("client"), host("server")
local listener = server:socket()
listener:bind("10.0.0.2:80")
listener:listen(1)
local c = client:socket()
c:bind("10.0.0.1:1001")
c:connect("10.0.0.2:80")
local a = listener:accept()
journal("clear")

local function both(client_is, server_is) expect.equal({ (state(c)), (state(a)) }, { client_is, server_is }) end
c:shutdown("write")
both("FIN_WAIT2", "CLOSE_WAIT")
expect.eof(a)
a:send("one more thing")
expect.equal(c:recv(), "one more thing")
expect.errno("EPIPE", send, c, "no")
a:close() -- who closes last waits for nothing
both("TIME_WAIT", "gone")
expect.equal(getsockopt(c, "TCP_INFO").state, "CLOSE") -- TIME_WAIT has no descriptor
c:close()
both("TIME_WAIT", "gone")
print(ladder())
lab("end")
