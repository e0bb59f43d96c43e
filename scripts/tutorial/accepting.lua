-- What accept gives: the head of the queue, as a new socket each time.
--
-- Usage: run tutorial/accepting [ADDRESS]     (default: a free port of 127.0.0.1)

local step, open = 0, #handles()
local function say(text, ...)
  step = step + 1
  print(("%2d. " .. text):format(step, ...))
end
local function info(s) return getsockopt(s, "TCP_INFO") end
local function wait_until(what, reached)
  local ok, why = try(with_timeout, 10, function() while not reached() do yield() end end)
  expect.truthy(ok, what .. ": " .. tostring(why))
end

local server = socket()
server:setsockopt("SO_REUSEADDR", true) -- an address in TIME_WAIT is no hindrance
local address = server:bind(arg[1] or "127.0.0.1:0")
server:listen(8)

print("accept() waits while the queue is empty")
expect.timeout(accept, server, { timeout = 0.05 })
say("accept()        with a timeout of 50 ms: nobody came")
local waiting = spawn(accept, server)
yield()
say("accept()        in a task of its own: %s", waiting.state)
expect.equal(waiting.state, "pending")
local clients, conns = {}, {}
clients[1] = socket()
clients[1]:connect(address)
local peer
conns[1], peer = waiting:join()
say("connect()       ends its wait: handle %s for %s", tostring(conns[1]), peer)
expect.equal(peer, clients[1]:getsockname(), "accept gives the client's address")
waiting = spawn(accept, server)
yield()
waiting:cancel()
expect.match(tostring(expect.error(join, waiting)), "cancelled")
say("accept()        another one, cancelled: its task is %s", waiting.state)
expect.equal(waiting.state, "cancelled")
expect.equal(info(server).state, "LISTEN", "the listener does not mind")

print("accept() takes the head of the queue")
for i = 2, 4 do
  clients[i] = socket()
  clients[i]:connect(address)
  wait_until("client " .. i .. " is queued", function() return info(server).queued == i - 1 end)
  say("connect()       client %d is %s; queued: %d", i, clients[i]:getsockname(), info(server).queued)
end
for i = 2, 4 do
  conns[i], peer = server:accept()
  say("accept()        gives handle %s for %s; queued: %d", tostring(conns[i]), peer, info(server).queued)
  expect.equal(peer, clients[i]:getsockname(), "first come, first served")
  expect.equal(peer, conns[i]:getpeername())
  expect.equal(info(server).queued, 4 - i)
end

print("Each is a new socket; the listener stays")
local seen = { [server:fd()] = true }
local fds = { server:fd() }
for _, c in ipairs(conns) do
  expect.truthy(c ~= server and not seen[c:fd()], "a descriptor of its own")
  seen[c:fd()] = true
  fds[#fds + 1] = c:fd()
end
say("fd()            the listener's descriptor and those of its connections: %s", table.concat(fds, ", "))
say("getsockopt()    the listener is still in state %s", info(server).state)
expect.equal(info(server).state, "LISTEN")

print("Data goes through the new ones only")
for i, c in ipairs(clients) do c:send("from client " .. i) end
for i, c in ipairs(conns) do
  local heard = c:recv(1024)
  say("recv()          on handle %s: %q", tostring(c), heard)
  expect.equal(heard, "from client " .. i)
end
say("send()          on the listener fails: %s", expect.errno("EPIPE", send, server, "x").errno)
say("recv()          on the listener fails: %s", expect.errno("ENOTCONN", recv, server).errno)

for _, c in ipairs(clients) do c:close() end
for _, c in ipairs(conns) do c:close() end
server:close()
expect.equal(#handles(), open, "no handle is left open")
print("All as the tutorial says.")
