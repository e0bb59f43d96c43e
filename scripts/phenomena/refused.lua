-- Nobody listens: the kernel answers the SYN with a RST.
local free = socket()
local address = free:bind("127.0.0.1:0") -- bound, not listening: no one else gets the port
local c = socket()
expect.counter("TcpOutRsts", 1, function() expect.errno("ECONNREFUSED", connect, c, address) end)
print("connect to a port that is bound but does not listen: ECONNREFUSED, TcpOutRsts + 1")
expect.state(c, "CLOSE")
print("the client's socket is CLOSE again: it never left SYN_SENT for ESTABLISHED")
free:listen()
c:connect(address)
expect.state(c, "ESTABLISHED")
print("Linux: the same socket may try again, and now it gets in")
c:close()
free:close()
