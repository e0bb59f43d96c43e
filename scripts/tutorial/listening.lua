-- What listen does: the kernel shakes hands alone and queues, up to the backlog.
--
-- Usage: run tutorial/listening [ADDRESS]     (default: a free port of 127.0.0.1)
-- The kernel keeps two queues: of handshakes that are under way (SYN_RCVD), and of
-- connections that are complete and wait for accept. queues shows both; on the
-- loopback a handshake is over before one can look, so the first is empty here.

local step, open = 0, #handles()
local function say(text, ...)
  step = step + 1
  print(("%2d. " .. text):format(step, ...))
end
local function who(entries)
  local ports = {}
  for i, e in ipairs(entries) do ports[i] = e.peer end
  return table.concat(ports, ", ")
end

local server, early = socket(), socket()
server:setsockopt("SO_REUSEADDR", true) -- an address in TIME_WAIT is no hindrance
local address = server:bind(arg[1] or "127.0.0.1:0")

print("listen() makes the socket passive")
say("bind()          the socket has the address %s, its state is %s", address, (state(server)))
expect.state(server, "CLOSE")
expect.errno("ECONNREFUSED", connect, early, address)
early:close()
say("connect()       is refused: having an address is not yet listening")
local before = clock()
server:listen(2)
expect.truthy(clock() - before < 1, "listen waits for nobody")
say("listen(2)       is back at once, without a client")
local now, detail = state(server)
say("                state %s, backlog %d, queued %d", now, detail.backlog, detail.queued)
expect.equal(now, "LISTEN")
expect.equal(detail, { backlog = 2, queued = 0 })

print("The kernel completes handshakes by itself; accept is not called")
local clients = {}
for i = 1, 3 do
  local c = socket()
  clients[i] = c
  c:connect(address)
  expect.state(c, "ESTABLISHED")
  expect.queue(server, { completed = i, incomplete = 0 }, 10)
  say("connect()       client %d is %s, and the completed queue holds %d", i, (state(c)), i)
  expect.equal(c:getpeername(), address)
end
say("queues()        incomplete: none; completed: %s", who(queues(server).completed))
for _, entry in ipairs(queues(server).completed) do
  expect.equal(entry.state, "ESTABLISHED")
  expect.equal(entry.address, address)
end
say("                each is ESTABLISHED on the server's side too, with no descriptor there")
clients[1]:send("hello")
eventually(function() return info(clients[1]).unacked == 0 end, 10)
say("send()          the server's kernel acknowledges data that no program there can read yet")

print("The backlog is the length of that queue")
say("                the backlog is 2, and 3 are in: Linux lets one more in")
expect.queue(server, { completed = 3 })
local late = socket()
expect.timeout(connect, late, address, { timeout = 0.1 })
local waiting, timer = state(late)
say("connect()       client 4 finds it full and gets no answer; its state is %s, %s in %.1f s", waiting, timer.timer, timer.expires)
expect.equal(waiting, "SYN_SENT")
expect.equal(timer.timer, "retransmission")
expect.queue(server, { completed = 3, incomplete = 0 })

local first = server:accept()
say("accept()        takes one from the queue")
expect.equal(first:getpeername(), clients[1]:getsockname())
expect.equal(#poll(late, { events = "out", timeout = 30 }), 1, "client 4 gets in")
expect.queue(server, { completed = 3 }, 10)
say("                client 4 is %s: its kernel has asked again (retransmissions: %d)", (state(late)), info(late).total_retrans)
expect.state(late, "ESTABLISHED")
expect.truthy(info(late).total_retrans > 0)
local heard = first:recv(1024)
say("recv()          what client 1 sent before accept was kept: %q", heard)
expect.equal(heard, "hello")

print("The system bounds it")
local file = expect.truthy(io.open("/proc/sys/net/core/somaxconn"))
local somaxconn = file:read("*n")
file:close()
server:listen(2147483647)
say("listen()        with a backlog of 2147483647 gives %d: net.core.somaxconn", queues(server).backlog)
expect.equal(queues(server).backlog, somaxconn)
server:listen(5)
say("listen(5)       may be called again; the backlog is %d now, and the queue still holds %d", queues(server).backlog, queues(server).length)
expect.equal(queues(server).backlog, math.min(5, somaxconn))
expect.queue(server, { completed = 3 })

for _, s in ipairs { clients[1], clients[2], clients[3], late, first, server } do s:close() end
expect.equal(#handles(), open, "no handle is left open")
print("As the tutorial says, but for the backlog: Linux lets one more in.")
