-- Nobody listens: the kernel answers the SYN with a RST, and connect fails at once.
-- On Linux the same socket may try again.
need("lab")
local client, server = host("client"), host("server")
local listener = server:socket()
listener:bind("10.0.0.2:80") -- it has the port, and does not listen yet
local c = client:socket()
c:bind("10.0.0.1:1001")
journal("clear")

expect.errno("ECONNREFUSED", connect, c, "10.0.0.2:80")
expect.equal(state(c), "CLOSE")
expect.equal(server:counters("TcpOutRsts").TcpOutRsts, 1)
listener:listen(1)
c:connect("10.0.0.2:80")
expect.equal(state(c), "ESTABLISHED")
print(ladder())
lab("end")
