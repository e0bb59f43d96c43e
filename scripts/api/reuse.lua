-- Who may have an address again: SO_REUSEADDR, SO_REUSEPORT and TIME_WAIT.
--
-- POSIX: SO_REUSEADDR relaxes the rules of bind, how far is the system's. Linux:
-- old connections do not hinder then, another listener still does; SO_REUSEPORT
-- lets sockets of one user share a port.

local open = #handles()
local function fact(text, ...) print("* " .. text:format(...)) end
local function tcp(option)
  local s = socket()
  if option then s:setsockopt(option, true) end
  return s
end

print("A listener has its port alone")
local first = tcp()
local address = first:bind("127.0.0.1:0")
first:listen()
local second = tcp()
expect.errno("EADDRINUSE", bind, second, address)
second:close()
second = tcp("SO_REUSEADDR")
expect.errno("EADDRINUSE", bind, second, address)
fact("EADDRINUSE, with SO_REUSEADDR as without")
second:close()

print("TIME_WAIT holds the port of who closed first")
-- serve_once serves one client, closes first, and leaves.
local function serve_once(server, at)
  local client = tcp()
  client:connect(at)
  server:accept():close()
  expect.eof(client)
  client:close()
  server:close()
end
serve_once(first, address)
second = tcp()
expect.errno("EADDRINUSE", bind, second, address)
fact("a server that starts again at once: EADDRINUSE, though no descriptor has the port")
second:setsockopt("SO_REUSEADDR", true)
expect.errno("EADDRINUSE", bind, second, address)
second:close()
fact("Linux: SO_REUSEADDR is of no use now, for the old server had not set it")
first = tcp("SO_REUSEADDR")
address = first:bind("127.0.0.1:0")
first:listen()
serve_once(first, address)
second = tcp("SO_REUSEADDR")
second:bind(address)
second:listen()
fact("where both set it, it may start again: that is why every server sets it, always")
second:close()

print("Bound is not listening")
local one, two = tcp("SO_REUSEADDR"), tcp("SO_REUSEADDR")
local at = one:bind("127.0.0.1:0")
two:bind(at)
fact("Linux: both set SO_REUSEADDR and neither listens: both may bind")
one:listen()
expect.errno("EADDRINUSE", listen, two)
fact("the first listen wins, the second says EADDRINUSE")
one:close() two:close()

print("SO_REUSEPORT: several listeners on one port")
local listeners = {}
listeners[1] = tcp("SO_REUSEPORT")
at = listeners[1]:bind("127.0.0.1:0")
for i = 2, 4 do
  listeners[i] = tcp("SO_REUSEPORT")
  listeners[i]:bind(at)
end
for _, l in ipairs(listeners) do l:listen() end
local clients, got = {}, 0
for i = 1, 40 do
  clients[i] = tcp()
  clients[i]:connect(at)
end
local busy = 0
for _, l in ipairs(listeners) do
  local mine = 0
  while #poll(l, { timeout = 0 }) > 0 do
    l:accept():close()
    mine = mine + 1
  end
  got, busy = got + mine, busy + (mine > 0 and 1 or 0)
end
expect.equal(got, 40)
expect.truthy(busy > 1, "more than one listener has clients")
fact("the kernel spreads the clients over the listeners by a hash of their addresses")
local late = tcp("SO_REUSEADDR")
expect.errno("EADDRINUSE", bind, late, at)
fact("who did not set SO_REUSEPORT is not let in")
late:close()
for _, s in ipairs(clients) do s:close() end
for _, l in ipairs(listeners) do l:close() end

print("UDP: whoever bound last")
local old, new = socket("udp"), socket("udp")
old:setsockopt("SO_REUSEADDR", true)
new:setsockopt("SO_REUSEADDR", true)
at = old:bind("127.0.0.1:0")
new:bind(at)
local sender = socket("udp")
sendto(sender, "for whom?", at)
expect.equal(new:recv({ timeout = 5 }), "for whom?")
expect.timeout(recv, old, { timeout = 0.02 })
fact("Linux: with SO_REUSEADDR on both, a datagram goes to the socket that bound last")
old:close() new:close() sender:close()

print("unix: a path stays")
local path = os.tmpname()
os.remove(path)
local u = socket("unix")
u:bind("unix:" .. path)
u:close()
u = socket("unix")
expect.errno("EADDRINUSE", bind, u, "unix:" .. path)
fact("its file outlives the socket: EADDRINUSE until somebody removes it; SO_REUSEADDR changes nothing")
os.remove(path)
u:bind("unix:" .. path)
u:close()
os.remove(path)

expect.equal(#handles(), open, "no handle is left open")
