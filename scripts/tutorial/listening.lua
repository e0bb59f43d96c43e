-- What listen does: the kernel shakes hands alone and queues, up to the backlog.
--
-- Usage: run tutorial/listening [ADDRESS]     (default: a free port of 127.0.0.1)
-- Of the kernel's two queues a call shows one: how many connections are complete
-- and wait for accept. No call shows the handshakes that are under way.

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

local server, early = socket(), socket()
server:setsockopt("SO_REUSEADDR", true) -- an address in TIME_WAIT is no hindrance
local address = server:bind(arg[1] or "127.0.0.1:0")

print("listen() makes the socket passive")
say("bind()          the socket has the address %s, its state is %s", address, info(server).state)
expect.equal(info(server).state, "CLOSE")
expect.errno("ECONNREFUSED", connect, early, address)
early:close()
say("connect()       is refused: having an address is not yet listening")
local before = clock()
server:listen(2)
expect.truthy(clock() - before < 1, "listen waits for nobody")
say("listen(2)       is back at once, without a client")
local now = info(server)
say("                state %s, backlog %d, queued %d", now.state, now.backlog, now.queued)
expect.equal(now, { state = "LISTEN", backlog = 2, queued = 0 })

print("The kernel completes handshakes by itself; accept is not called")
local clients = {}
for i = 1, 3 do
  local c = socket()
  clients[i] = c
  c:connect(address)
  wait_until("connection " .. i .. " is queued", function() return info(server).queued == i end)
  say("connect()       client %d is %s, and the queue holds %d", i, info(c).state, info(server).queued)
  expect.equal(info(c).state, "ESTABLISHED")
  expect.equal(c:getpeername(), address)
end
clients[1]:send("hello")
wait_until("hello is acknowledged", function() return info(clients[1]).unacked == 0 end)
say("send()          the server's kernel acknowledges data that no program there can read yet")

print("The backlog is the length of that queue")
say("                the backlog is 2, and 3 are in: Linux lets one more in")
expect.equal(info(server).queued, info(server).backlog + 1)
local late = socket()
expect.timeout(connect, late, address, { timeout = 0.1 })
say("connect()       client 4 finds it full and gets no answer; its state is %s", info(late).state)
expect.equal(info(late).state, "SYN_SENT")
expect.equal(info(server).queued, 3)

local first = server:accept()
say("accept()        takes one from the queue")
expect.equal(first:getpeername(), clients[1]:getsockname())
expect.equal(#poll(late, { events = "out", timeout = 30 }), 1, "client 4 gets in")
wait_until("client 4 is queued", function() return info(server).queued == 3 end)
say("                client 4 is %s: its kernel has asked again (retransmissions: %d)", info(late).state, info(late).total_retrans)
expect.equal(info(late).state, "ESTABLISHED")
expect.truthy(info(late).total_retrans > 0)
local heard = first:recv(1024)
say("recv()          what client 1 sent before accept was kept: %q", heard)
expect.equal(heard, "hello")

print("The system bounds it")
local file = expect.truthy(io.open("/proc/sys/net/core/somaxconn"))
local somaxconn = file:read("*n")
file:close()
server:listen(2147483647)
say("listen()        with a backlog of 2147483647 gives %d: net.core.somaxconn", info(server).backlog)
expect.equal(info(server).backlog, somaxconn)
server:listen(5)
say("listen(5)       may be called again; the backlog is %d now, and the queue still holds %d", info(server).backlog, info(server).queued)
expect.equal(info(server), { state = "LISTEN", backlog = math.min(5, somaxconn), queued = 3 })

for _, s in ipairs { clients[1], clients[2], clients[3], late, first, server } do s:close() end
expect.equal(#handles(), open, "no handle is left open")
print("As the tutorial says, but for the backlog: Linux lets one more in.")
