-- A client resets its connection while that waits to be accepted. Linux leaves it in the
-- completed queue, where it takes up a place: accept gives it all the same, not
-- ECONNABORTED as POSIX has it, and it is recv that tells.
need("lab")
local client, server = host("client"), host("server")
local listener = server:socket()
listener:bind("10.0.0.2:80")
listener:listen(1)
local c = client:socket()
c:bind("10.0.0.1:1001")
c:connect("10.0.0.2:80")
c:setsockopt("SO_LINGER", 0)
journal("clear")

expect.queue(listener, { completed = 1, dead = 0 })
c:close()
expect.queue(listener, { completed = 1, dead = 1 })
local a, from = listener:accept()
expect.equal({ from, (state(a)) }, { "10.0.0.1:1001", "CLOSE" })
expect.errno("ECONNRESET", recv, a)
print(ladder())
lab("end")
