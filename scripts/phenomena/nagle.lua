-- Nagle's algorithm: a small write waits for the ACK of the one before.
local l = socket()
local address = l:bind("127.0.0.1:0")
l:listen()
local c = socket()
c:connect(address)
local s = l:accept()

-- The receiver delays its ACKs (up to 40 ms) once the connection talks both ways.
for _ = 1, 3 do
  c:send("ping")
  s:recv()
  s:send("pong")
  c:recv()
end
s:setsockopt("TCP_QUICKACK", false)

-- two_writes returns how long after the first write the second one came.
local function two_writes()
  c:send("A")
  c:send("B")
  expect.equal(s:recv(1), "A")
  local start = clock()
  expect.equal(s:recv(1), "B")
  return clock() - start
end

local slow = two_writes()
print(("two small writes: the second waits for the delayed ACK of the first, %d ms"):format(slow * 1000))
expect.truthy(slow > 0.01, "it has waited")
c:setsockopt("TCP_NODELAY", true)
for _ = 1, 3 do
  c:send("ping")
  s:recv()
  s:send("pong")
  c:recv()
end
local fast = two_writes()
expect.truthy(fast < slow / 2, "with TCP_NODELAY it does not")
print("with TCP_NODELAY both go at once")
for _, h in ipairs { c, s, l } do h:close() end
