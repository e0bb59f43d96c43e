-- When one side leaves: eof, CLOSE_WAIT until close, and TIME_WAIT after it.
--
-- Usage: run tutorial/ending [ADDRESS]     (default: a free port of 127.0.0.1)

local step, open = 0, #handles()
local function say(text, ...)
  step = step + 1
  print(("%2d. " .. text):format(step, ...))
end
local function state(s) return getsockopt(s, "TCP_INFO").state end
local function wait_until(what, reached)
  local ok, why = try(with_timeout, 10, function() while not reached() do yield() end end)
  expect.truthy(ok, what .. ": " .. tostring(why))
end

local server = socket()
server:setsockopt("SO_REUSEADDR", true) -- an address in TIME_WAIT is no hindrance
local address = server:bind(arg[1] or "127.0.0.1:0")
server:listen(8)
local function pair()
  local client = socket()
  client:connect(address)
  return client, (server:accept())
end

print("The client leaves")
local client, conn = pair()
client:close()
expect.eof(conn)
say("close()         by the client; recv at the server says eof")
say("recv()          says so as often as one asks; the state is %s", state(conn))
for _ = 1, 3 do expect.eof(conn) end
expect.equal(state(conn), "CLOSE_WAIT")
local rows = handles()
expect.equal(rows[#rows].handle, conn)
say("handles()       the server still holds handle %s, descriptor %d: nobody else closes it", tostring(conn), conn:fd())
conn:close()
expect.match(tostring(expect.error(recv, conn)), "is closed")
say("close()         by the server: now handle and socket are gone")

print("The same, half by half")
client, conn = pair()
local own = client:getsockname()
client:shutdown("write")
wait_until("the server's kernel acknowledges", function() return state(client) == "FIN_WAIT2" end)
expect.eof(conn)
say("shutdown()      by the client, which keeps its descriptor: it is %s, the server %s", state(client), state(conn))
expect.equal(state(conn), "CLOSE_WAIT")
conn:send("one more thing")
local heard = client:recv(1024)
say("send()          by the server still works; the client hears %q", heard)
expect.equal(heard, "one more thing")
conn:shutdown("write")
expect.eof(client)
wait_until("the server's socket ends", function() return state(conn) == "CLOSE" end)
wait_until("the client's socket ends", function() return state(client) == "CLOSE" end)
say("shutdown()      by the server: both descriptors say %s", state(client))
client:close()
conn:close()

print("Who left first keeps the address for a minute: TIME_WAIT")
local again = socket()
expect.errno("EADDRINUSE", bind, again, own)
say("bind()          to the client's old address %s: EADDRINUSE, and no descriptor holds it", own)
again:close()

client, conn = pair()
conn:close()
expect.eof(client)
client:close()
server:close()
again = socket()
expect.errno("EADDRINUSE", bind, again, address)
say("bind()          to the server's address after the server left first: EADDRINUSE")
again:setsockopt("SO_REUSEADDR", true)
expect.equal(again:bind(address), address)
again:listen()
say("bind()          with SO_REUSEADDR: the server can start again")
again:close()

expect.equal(#handles(), open, "no handle is left open")
print("All as the tutorial says; TIME_WAIT has no descriptor, so no call shows it by name.")
