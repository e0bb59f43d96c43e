-- A peer that resets before accept: the queue keeps the connection, dead as it is.
scenario("as client", function()
  local l = socket()
  defer(close, l)
  local address = l:bind("127.0.0.1:0")
  l:listen()
  peer.reset_before_accept(address)
  expect.queue(l, { completed = 1, dead = 1 })
  local s = l:accept() -- Linux gives it all the same
  defer(close, s)
  expect.errno("ECONNRESET", recv, s)
end)

scenario("as server", function()
  local c = socket()
  defer(close, c)
  c:connect(peer.reset_before_accept())
  expect.errno("ECONNRESET", recv, c)
end)
