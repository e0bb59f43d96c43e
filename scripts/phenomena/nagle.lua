-- Nagle's algorithm: a small write waits for the ACK of the one before.
local l = socket()
local address = l:bind("127.0.0.1:0")
l:listen()
local c = socket()
c:connect(address)
local s = l:accept()

-- The receiver delays its ACKs (up to 40 ms) once the connection talks both ways.
local function talk()
  for _ = 1, 3 do
    c:send("ping")
    s:recv()
    s:send("pong")
    c:recv()
  end
  s:setsockopt("TCP_QUICKACK", false)
end

-- two_writes returns how many bytes the kernel has not sent yet after both of two
-- small writes, and how long it took until both had come.
local function two_writes()
  talk()
  local start = clock()
  c:send("A")
  c:send("B")
  local unsent = c:ioctl("SIOCOUTQNSD")
  expect.equal(s:recvexact(2), "AB")
  return unsent, clock() - start
end

-- On a busy machine the delayed ACK may already be there when we look: again, then.
local unsent, slow
eventually(function()
  unsent, slow = two_writes()
  return unsent == 1
end)
print(("two small writes: the second waits for the delayed ACK of the first, %d ms"):format(slow * 1000))
c:setsockopt("TCP_NODELAY", true)
expect.equal(two_writes(), 0, "with TCP_NODELAY it does not")
print("with TCP_NODELAY both go at once")
for _, h in ipairs { c, s, l } do h:close() end
