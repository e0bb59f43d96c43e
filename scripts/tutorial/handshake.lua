-- The two queues of a listener, seen from inside: a handshake is stopped in the middle.
--
-- Usage: run tutorial/handshake
-- On the loopback a handshake is over before one can look. Here a client and a server
-- are hosts of a private network, and the cable between them delivers one segment at
-- a time. It takes about four seconds: the last part waits for the kernel's timers.
need("lab")

local step_number = 0
local function say(text, ...)
  step_number = step_number + 1
  print(("%2d. " .. text):format(step_number, ...))
end
local client, server = host("client", "10.0.0.1"), host("server", "10.0.0.2")

local listener = server:socket()
listener:bind("10.0.0.2:2333")
listener:listen(2)

-- begin starts a connection from a port, and gives its handle and its task.
local function begin(port)
  local c = client:socket()
  c:bind("10.0.0.1:" .. port)
  return c, spawn(connect, c, "10.0.0.2:2333")
end
-- entries lists the ports in one of the queues.
local function entries(queue)
  local ports = {}
  for i, e in ipairs(queues(listener)[queue]) do ports[i] = tonumber(e.peer:match("%d+$")) end
  return ports
end
-- deliver lets go of one segment, and checks which it was.
local function deliver(from, flags)
  local segment = step()[1]
  expect.equal({ segment.from, segment.flags }, { from, flags })
end

print("The kernel keeps two queues: handshakes under way, and connections that wait")
expect.queue(listener, { incomplete = 0, completed = 0 })
say("listen(2)       both are empty")

print("A SYN makes an entry in the incomplete queue")
hold()
local c1, task1 = begin(1001)
yield()
expect.equal(state(c1), "SYN_SENT")
say("connect()       the client is SYN_SENT; its SYN is held on the cable")
expect.queue(listener, { incomplete = 0 })
deliver("client", "SYN")
expect.equal(entries("incomplete"), { 1001 })
expect.equal(queues(listener).incomplete[1].state, "SYN_RCVD")
say("SYN             has arrived: an entry, SYN_RCVD; the kernel answers with SYN+ACK")
deliver("server", "SYN+ACK")
expect.equal(state(c1), "ESTABLISHED")
expect.equal(queues(listener).incomplete[1].state, "SYN_RCVD")
say("SYN+ACK         has arrived: the client is ESTABLISHED, the entry is still SYN_RCVD")
expect.timeout(accept, listener, { timeout = 0.01 })
say("accept()        finds nothing: the handshake is not over")

print("The third segment moves it to the tail of the completed queue")
deliver("client", "ACK")
expect.queue(listener, { incomplete = 0, completed = 1 })
expect.equal(queues(listener).completed[1].state, "ESTABLISHED")
task1:join()
say("ACK             has arrived: the entry is ESTABLISHED, and waits for accept")
local c2, task2 = begin(1002)
yield()
step(2)
expect.equal({ entries("completed"), entries("incomplete") }, { { 1001 }, { 1002 } })
say("a second one    waits in the incomplete queue while the first is complete")
step()
expect.equal(entries("completed"), { 1001, 1002 })
local a1, first = listener:accept()
local a2, second = listener:accept()
expect.equal({ first, second }, { "10.0.0.1:1001", "10.0.0.1:1002" })
say("accept()        takes the head: first %s, then %s", first, second)
task2:join()

print("The backlog is the length of that queue")
local waiting = {}
for port = 1003, 1005 do
  local c, task = begin(port)
  yield()
  step(3)
  task:join()
  waiting[#waiting + 1] = c
end
expect.queue(listener, { completed = 3 })
say("listen(2)       lets 3 in: one more than the backlog")
local before = server:counters("ListenOverflows").ListenOverflows
local late, late_task = begin(1006)
yield()
deliver("client", "SYN")
expect.equal(state(late), "SYN_SENT")
expect.equal(server:counters("ListenOverflows").ListenOverflows, before + 1)
say("a SYN           at the full queue is dropped: the client stays SYN_SENT, nobody tells it")
late_task:cancel()
late:close()
for i = 1, 3 do listener:accept():close() end
for _, s in ipairs(waiting) do s:close() end
release()

print("An entry does not wait for ever")
server:sysctl("net.ipv4.tcp_synack_retries", "1")
drop(0, { flags = "ack", from = client }) -- the third segment, whenever it comes
local c3, task3 = begin(1007)
eventually(function() return entries("incomplete")[1] == 1007 end)
task3:join()
expect.equal(state(c3), "ESTABLISHED")
say("a lost ACK      the client is ESTABLISHED; the server does not know, and repeats its SYN+ACK")
eventually(function() return (queues(listener).incomplete[1] or {}).repeats == 1 end, 10)
say("after 1 second  it was repeated once")
eventually(function() return #queues(listener).incomplete == 0 end, 10)
say("2 seconds later the entry has expired: Linux counts tcp_synack_retries, here 1; usual are 5")
expect.equal(state(c3), "ESTABLISHED")
heal()
c3:send("hello?")
expect.errno("ECONNRESET", recv, c3, { timeout = 5 })
say("send()          the client only learns of it when it sends: RST, ECONNRESET")

for _, s in ipairs { c1, c2, c3, a1, a2, listener } do s:close() end
lab("end")
print("As the tutorial says, but for the 75 seconds of old Berkeley code.")
