-- The incomplete queue has a limit, too. Beyond it a SYN is dropped; or, with SYN
-- cookies, answered without an entry: the server remembers nothing, and the client's
-- ACK carries all it needs (tcp(7), tcp_syncookies).
need("lab")
local client, server = host("client"), host("server")
local listener = server:socket()
listener:bind("10.0.0.2:80")
listener:listen(2)
hold({ flags = "ack", from = client }) -- no handshake ends
local clients = {}
local function begin(port)
  local c = client:socket()
  clients[#clients + 1] = c
  c:bind("10.0.0.1:" .. port)
  return c
end
local full = 0
for port = 1001, 1010 do -- 3 get in; kernels before 6.13 let 2 in
  local c = begin(port)
  local _, err = try(connect, c, "10.0.0.2:80", { timeout = 0.01 })
  if state(c) == "SYN_SENT" then
    c:close() -- it would repeat the SYN
    break
  end
  full = full + 1
end
expect.truthy(full == 2 or full == 3)
expect.queue(listener, { incomplete = full })
expect.truthy(server:counters("TCPReqQFullDrop").TCPReqQFullDrop >= 1)
print("the incomplete queue is full: the next SYN is dropped, TCPReqQFullDrop +1")

server:sysctl("net.ipv4.tcp_syncookies", "1")
local c = begin(1100)
c:connect("10.0.0.2:80")
expect.equal(state(c), "ESTABLISHED")
expect.queue(listener, { incomplete = full })
expect.equal(server:counters("TCPReqQFullDoCookies").TCPReqQFullDoCookies, 1)
print("with SYN cookies the client is ESTABLISHED, and the server has no entry of it")
release()
local found = false
for _, e in ipairs(queues(listener).completed) do found = found or e.peer == "10.0.0.1:1100" end
expect.truthy(found or queues(listener).length == 3)
print("its ACK brings the connection")
lab("end")
