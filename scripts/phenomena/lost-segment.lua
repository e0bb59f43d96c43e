-- One of six segments is lost. Those behind it are acknowledged selectively, and the
-- sender repeats the one that is missing at once, without waiting for its timer. After how
-- many of these acknowledgements depends on the round-trip time (RFC 8985, RACK).
need("lab")
local client, server = host("client"), host("server")
local listener = server:socket()
listener:bind("10.0.0.2:80")
listener:listen(1)
local c = client:socket()
c:connect("10.0.0.2:80")
local a = listener:accept()
local seen = 0
drop(1, { data = true, when = function() seen = seen + 1 return seen == 2 end })
c:send(("x"):rep(6 * 1448))
expect.equal(a:discard(6 * 1448), 6 * 1448)
expect.equal(info(c).total_retrans, 1)
expect.equal(client:counters("TCPTimeouts").TCPTimeouts, 0)
print("one segment was lost and repeated, and no timer ran out")
lab("end")
