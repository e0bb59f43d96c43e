-- One IPv6 listener for both: IPv4 peers come as ::ffff:a.b.c.d.
--
-- RFC 4291, 2.5.5.2 and ipv6(7): without IPV6_V6ONLY an IPv6 socket takes IPv4 peers,
-- and shows their addresses mapped. Linux: V6ONLY is off unless sysctl says otherwise.

local open = #handles()
local function fact(text, ...) print("* " .. text:format(...)) end

local ok, why = try(function() local s = socket("tcp6") s:bind("[::1]:0") s:close() end)
if not ok then
  print("This machine has no IPv6: " .. tostring(why))
  return
end

print("A listener for both")
local server = socket("tcp6")
server:setsockopt("IPV6_V6ONLY", false)
local address = server:bind("[::]:0")
server:listen()
local port = address:match("%d+$")
fact("the listener is bound to %s:port", address:match("^%[.*%]"))
local four = socket("tcp")
four:connect("127.0.0.1:" .. port)
local conn, peer = server:accept()
expect.equal(peer, "[::ffff:127.0.0.1]:" .. four:getsockname():match("%d+$"))
expect.equal(conn:getsockname(), "[::ffff:127.0.0.1]:" .. port)
fact("to the client both addresses are of IPv4; the server sees %s", peer:match("^%[.*%]"))
conn:send("hello")
expect.equal(four:recv(), "hello")
conn:close() four:close()

local six = socket("tcp6")
six:connect("[::1]:" .. port)
conn, peer = server:accept()
expect.match(peer, "^%[::1%]:")
fact("a peer of IPv6 shows as it is")
conn:close() six:close()

print("A client of IPv6 to IPv4")
six = socket("tcp6")
six:connect("[::ffff:127.0.0.1]:" .. port)
conn, peer = server:accept()
expect.match(peer, "^%[::ffff:127%.0%.0%.1%]:")
fact("connect to the mapped address goes out as IPv4")
conn:close() six:close()

print("The port is taken for both")
local other = socket("tcp")
expect.errno("EADDRINUSE", bind, other, "127.0.0.1:" .. port)
other:close()
fact("an IPv4 socket cannot bind the port beside it")
server:close()

print("IPv6 alone")
local guard -- it does not listen, and keeps the port of IPv4 from others who would
repeat
  guard, server = socket("tcp"), socket("tcp6")
  server:setsockopt("IPV6_V6ONLY", true)
  port = guard:bind("127.0.0.1:0"):match("%d+$")
  local free = try(bind, server, "[::]:" .. port)
  if not free then guard:close() server:close() end
until free
server:listen()
four = socket("tcp")
expect.errno("ECONNREFUSED", connect, four, "127.0.0.1:" .. port)
fact("with IPV6_V6ONLY nobody of IPv4 gets in")
six = socket("tcp6")
expect.errno("ENETUNREACH", function() six:setsockopt("IPV6_V6ONLY", true) six:connect("[::ffff:127.0.0.1]:" .. port) end)
fact("and such a socket reaches no mapped address: ENETUNREACH")
for _, s in ipairs {four, six, server, guard} do s:close() end

print("getaddrinfo")
local rows = getaddrinfo("127.0.0.1", "80", {family = "inet6", type = "stream", flags = "v4mapped"})
expect.equal(rows[1].address, "[::ffff:127.0.0.1]:80")
fact("with v4mapped it gives %s where IPv6 is wanted", rows[1].address)
expect.equal(#handles(), open)
