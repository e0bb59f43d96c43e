-- Multicast: groups by interface, of any source or of one, in IPv4 and IPv6.
--
-- ip(7), ipv6(7), RFC 3678: a socket hears a group once it has joined it on an
-- interface; the sender chooses the interface, the distance (TTL) and whether this
-- host hears it too (loop). All of it stays on the loopback here.

local open = #handles()
local function fact(text, ...) print("* " .. text:format(...)) end
local function nothing(s) expect.timeout(recv, s, { timeout = 0.02 }) end

print("IPv4, any source")
local a, b, sender = socket("udp"), socket("udp"), socket("udp")
for _, s in ipairs { a, b } do s:setsockopt("SO_REUSEADDR", true) end
local port = a:bind("0.0.0.0:0"):match("%d+$")
b:bind("0.0.0.0:" .. port)
local group = "239.255.42.99"
sender:bind("127.0.0.1:0")
sender:setsockopt("IP_MULTICAST_IF", "lo")
for _, s in ipairs { a, b } do s:setsockopt("IP_MULTICAST_ALL", false) end
sendto(sender, "nobody hears", group .. ":" .. port)
nothing(a)
fact("a group that no socket has joined: the datagram is sent, and nobody hears it")
a:setsockopt("IP_ADD_MEMBERSHIP", group .. " lo")
sendto(sender, "one hears", group .. ":" .. port)
local data, from = a:recvfrom({ timeout = 5 })
expect.equal(data, "one hears")
expect.equal(from, sender:getsockname())
nothing(b)
fact("with IP_MULTICAST_ALL off, who joined hears it; a socket bound to the port alone does not")
b:setsockopt("IP_ADD_MEMBERSHIP", group .. " lo")
sendto(sender, "both hear", group .. ":" .. port)
expect.equal(a:recv({ timeout = 5 }), "both hear")
expect.equal(b:recv({ timeout = 5 }), "both hear")
fact("both have joined: each gets its copy")
expect.errno("EADDRINUSE", setsockopt, a, "IP_ADD_MEMBERSHIP", group .. " lo")
fact("to join twice is EADDRINUSE")
b:setsockopt("IP_DROP_MEMBERSHIP", group .. " lo")
expect.errno("EADDRNOTAVAIL", setsockopt, b, "IP_DROP_MEMBERSHIP", group .. " lo")
sendto(sender, "one left", group .. ":" .. port)
expect.equal(a:recv({ timeout = 5 }), "one left")
nothing(b)
fact("to leave ends it; to leave twice is EADDRNOTAVAIL")

print("The sender's side")
sender:setsockopt("IP_MULTICAST_LOOP", false)
sendto(sender, "round trip", group .. ":" .. port)
expect.equal(a:recv({ timeout = 5 }), "round trip")
fact("IP_MULTICAST_LOOP off: the kernel makes no copy for this host; but what goes out on lo comes back anyhow")
sender:setsockopt("IP_MULTICAST_LOOP", true)
expect.equal(sender:getsockopt("IP_MULTICAST_TTL"), 1)
fact("IP_MULTICAST_TTL is 1 at first: it does not leave the network")

print("IPv4, one source")
local c = socket("udp")
c:setsockopt("SO_REUSEADDR", true)
c:setsockopt("IP_MULTICAST_ALL", false)
c:bind("0.0.0.0:" .. port)
local other = socket("udp")
other:bind("127.0.0.2:0")
other:setsockopt("IP_MULTICAST_IF", "lo")
c:setsockopt("IP_ADD_SOURCE_MEMBERSHIP", "239.255.42.100 127.0.0.2 lo")
sendto(sender, "wrong source", "239.255.42.100:" .. port)
nothing(c)
sendto(other, "right source", "239.255.42.100:" .. port)
expect.equal(c:recv({ timeout = 5 }), "right source")
fact("who joined for one source hears that one alone")
for _, s in ipairs { a, b, c, sender, other } do s:close() end

print("IPv6")
local six, from6 = socket("udp6"), socket("udp6")
local joined, why = try(setsockopt, six, "IPV6_JOIN_GROUP", "ff01::4242 lo")
if joined then
  fact("a group of this interface only (ff01::/16), joined by the interface's name")
  port = six:bind("[::]:0"):match("%d+$")
  from6:setsockopt("IPV6_MULTICAST_IF", "lo")
  local sent, unsent = try(sendto, from6, "six", "[ff01::4242%lo]:" .. port)
  if sent then
    expect.equal(six:recv({ timeout = 5 }), "six")
    fact("and heard")
  else
    expect.equal(unsent.errno, "ENETUNREACH")
    fact("Linux gives lo no route for IPv6 groups, unless somebody adds one: ENETUNREACH")
  end
  six:setsockopt("IPV6_LEAVE_GROUP", "ff01::4242 lo")
  expect.errno("EADDRNOTAVAIL", setsockopt, six, "IPV6_LEAVE_GROUP", "ff01::4242 lo")
  fact("left again; to leave twice is EADDRNOTAVAIL")
else
  print("  skipped: this system has no IPv6 on lo (" .. tostring(why) .. ")")
end
for _, s in ipairs { six, from6 } do s:close() end
expect.equal(#handles(), open, "no handle is left open")
