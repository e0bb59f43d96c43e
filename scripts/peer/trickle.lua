-- A peer that sends one byte at a time: a reader that takes recv for a message fails.
local message = "HTTP/1.1 200 OK\r\n\r\n"

scenario("as server", function()
  local c = socket()
  defer(close, c)
  c:connect(peer.server(peer.trickle, message, 0.002))
  local parts = 0
  local whole = ""
  while true do
    local part = c:recv()
    if not part then break end
    whole, parts = whole .. part, parts + 1
  end
  expect.equal(whole, message)
  expect.truthy(parts > 1, "it came in parts")
end)

scenario("as client", function()
  local l = socket()
  defer(close, l)
  local address = l:bind("127.0.0.1:0")
  l:listen()
  peer.client(address, peer.trickle, message)
  local s = l:accept()
  defer(close, s)
  expect.equal(s:recvuntil("\r\n\r\n"), message)
  expect.eof(s)
end)
