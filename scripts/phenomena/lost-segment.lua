-- One of six segments is lost. Those behind it are acknowledged selectively; a few
-- acknowledgements that ask for the same have the sender repeat what is missing at once,
-- without waiting for its timer (RFC 6675).
need("lab")
local client, server = host("client"), host("server")
local listener = server:socket()
listener:bind("10.0.0.2:80")
listener:listen(1)
local c = client:socket()
c:bind("10.0.0.1:1001")
c:setsockopt("TCP_NODELAY", true)
c:connect("10.0.0.2:80")
local a = listener:accept()

hold()
for word in ("one two three four five six"):gmatch("%a+ ?") do c:send(word) end
journal("clear")
drop(1, { when = function(segment) return segment.data == "two " end })
release()
expect.equal(a:recv(), "one two three four five six")
expect.equal(info(c).total_retrans, 1)
expect.equal(client:counters("TCPTimeouts").TCPTimeouts, 0)
expect.equal(client:counters("TCPFastRetrans").TCPFastRetrans, 1)
print(ladder())
lab("end")
