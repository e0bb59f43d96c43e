-- close while data is unread: the kernel tells the sender that it was for nothing, by a
-- RST instead of a FIN (RFC 2525, section 2.17).
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

c:send("unread")
a:close()
expect.equal({ (state(c)), (state(a)) }, { "CLOSE", "gone" })
expect.equal(server:counters("TCPAbortOnClose").TCPAbortOnClose, 1)
expect.errno("ECONNRESET", recv, c)
print(ladder())
