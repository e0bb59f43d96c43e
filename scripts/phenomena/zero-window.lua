-- A peer that does not read: the window closes, and close waits in FIN_WAIT1.
local l = socket()
l:setsockopt("SO_RCVBUF", 4096) -- which accepted sockets inherit
local address = l:bind("127.0.0.1:0")
l:listen()
local c = socket()
c:setsockopt("SO_SNDBUF", 4096)
c:connect(address)
local s = l:accept()
local sent = 0
while true do
  local ok, n = try(send, c, ("x"):rep(1000), { timeout = 0.1 })
  if not ok then break end
  sent = sent + n
  if n < 1000 then break end
end
print("send fills both buffers, then waits: the receiver's window is closed")
local _, more = state(c)
expect.truthy(more.send > 0, "bytes in the send queue")
local timer
eventually(function()
  timer = select(2, state(c)).timer
  return timer == "probe" or timer == "retransmission" -- the receiver may have dropped what it had no memory for
end)
print("the kernel asks again and again, with a timer of its own: " .. timer)
c:close()
expect.state(c, "FIN_WAIT1")
expect.state(s, "ESTABLISHED")
print("close: FIN_WAIT1, and no FIN on the wire: it stands behind the data that nobody reads")
expect.equal(#s:recvexact(sent), sent)
print("the server reads: the window opens, the data and the FIN come through")
expect.eof(s)
expect.state(c, "FIN_WAIT2", 10)
expect.state(s, "CLOSE_WAIT")
s:close()
expect.state(c, "TIME_WAIT")
l:close()
