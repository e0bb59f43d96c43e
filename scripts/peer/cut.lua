-- A peer that leaves in the middle of a frame: eof is no end of a message.
local frame = string.pack(">I4", 10) .. "0123456789"

local function read_frame(s)
  local size = string.unpack(">I4", s:recvexact(4))
  return s:recvexact(size)
end

scenario("as server", function()
  local c = socket()
  defer(close, c)
  c:connect(peer.server(peer.cut, frame, 7))
  local e = expect.error(read_frame, c)
  expect.equal(e.partial, "012")
end)

scenario("as server, with a reset", function()
  local c = socket()
  defer(close, c)
  c:connect(peer.server(peer.cut, frame, 7, true))
  expect.errno("ECONNRESET", read_frame, c)
end)

scenario("as client", function()
  local l = socket()
  defer(close, l)
  local address = l:bind("127.0.0.1:0")
  l:listen()
  peer.client(address, peer.cut, frame, 7)
  local s = l:accept()
  defer(close, s)
  expect.equal(expect.error(read_frame, s).partial, "012")
end)

scenario("as server, before it reads the request", function()
  local c = socket()
  defer(close, c)
  c:connect(peer.server(peer.cut, frame, 7))
  c:send("a request")
  expect.equal(expect.error(read_frame, c).partial, "012")
end)
