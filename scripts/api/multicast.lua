-- Multicast: who hears what is sent to a group, of any source or of one.
--
-- ip(7), RFC 3678. A membership belongs to a socket and an interface; what was
-- joined by one socket others may hear too, unless IP_MULTICAST_ALL is off.

local open = #handles()
local function fact(text, ...) print("* " .. text:format(...)) end

local rx, tx = socket("udp"), socket("udp")
local port = rx:bind("0.0.0.0:0"):match("%d+$")
local group = "239.1.2.3:" .. port
rx:setsockopt("IP_MULTICAST_ALL", false) -- what others on this machine have joined is not for it
tx:setsockopt("IP_MULTICAST_IF", "127.0.0.1")
local function heard(text)
  tx:sendto(text, group)
  local ok, data = try(recv, rx, { timeout = 0.05 })
  if not ok and not data.timeout then error(data) end
  return ok and data == text
end

print("Join and leave")
expect.equal(heard("nobody"), false)
rx:setsockopt("IP_ADD_MEMBERSHIP", "239.1.2.3", "lo")
expect.equal(heard("one"), true)
fact("IP_ADD_MEMBERSHIP: from now on the socket hears the group")
expect.errno("EADDRINUSE", setsockopt, rx, "IP_ADD_MEMBERSHIP", "239.1.2.3 lo")
fact("joining twice is EADDRINUSE")
local stranger = socket("udp")
stranger:setsockopt("SO_REUSEADDR", true)
local there = stranger:bind("0.0.0.0:0"):match("%d+$")
tx:sendto("all", "239.1.2.3:" .. there)
expect.equal(stranger:recv({ timeout = 5 }), "all")
stranger:setsockopt("IP_MULTICAST_ALL", false)
tx:sendto("members", "239.1.2.3:" .. there)
expect.timeout(recv, stranger, { timeout = 0.02 })
fact("Linux: a socket that never joined hears it too, unless IP_MULTICAST_ALL is off")
rx:setsockopt("IP_DROP_MEMBERSHIP", "239.1.2.3", "lo")
expect.errno("EADDRNOTAVAIL", setsockopt, rx, "IP_DROP_MEMBERSHIP", "239.1.2.3 lo")
fact("leaving what was not joined is EADDRNOTAVAIL")

print("Sources")
rx:setsockopt("MCAST_JOIN_GROUP", "239.1.2.3", "lo")
expect.equal(heard("two"), true)
rx:setsockopt("MCAST_BLOCK_SOURCE", "239.1.2.3", "127.0.0.1", "lo")
expect.equal(heard("blocked"), false)
rx:setsockopt("MCAST_UNBLOCK_SOURCE", "239.1.2.3", "127.0.0.1", "lo")
expect.equal(heard("three"), true)
fact("a blocked source is heard no more, until it is unblocked")
rx:setsockopt("MCAST_LEAVE_GROUP", "239.1.2.3", "lo")
rx:setsockopt("IP_ADD_SOURCE_MEMBERSHIP", "239.1.2.3", "127.0.0.9", "lo")
expect.equal(heard("not from you"), false)
rx:setsockopt("IP_ADD_SOURCE_MEMBERSHIP", "239.1.2.3", "127.0.0.1", "lo")
expect.equal(heard("from you"), true)
fact("IP_ADD_SOURCE_MEMBERSHIP: of this source only, and of one more")

print("Refusals")
expect.errno("EINVAL", setsockopt, rx, "IP_ADD_MEMBERSHIP", "10.0.0.1 lo")
expect.errno("ENODEV", setsockopt, rx, "IP_ADD_MEMBERSHIP", "239.1.2.3", 99999)
expect.errno("ENOPROTOOPT", setsockopt, rx, "MCAST_JOIN_GROUP", "ff02::1 lo")
fact("EINVAL is no group, ENODEV no interface, ENOPROTOOPT of another family")

print("IPv6")
local six, from6 = socket("udp6"), socket("udp6")
local joined, refused = try(setsockopt, six, "IPV6_JOIN_GROUP", "ff01::4242 lo")
if joined then
  fact("a group of this interface only (ff01::/16), joined by the interface's name")
  local at6 = six:bind("[::]:0"):match("%d+$")
  from6:setsockopt("IPV6_MULTICAST_IF", "lo")
  local sent, unsent = try(sendto, from6, "six", "[ff01::4242%lo]:" .. at6)
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
  print("  skipped: this system has no IPv6 on lo (" .. tostring(refused) .. ")")
end
for _, s in ipairs { six, from6 } do s:close() end

for _, s in ipairs { rx, tx, stranger } do s:close() end
expect.equal(#handles(), open, "no handle is left open")
