-- A server that never accepts: connect succeeds, send succeeds, and no answer comes.
scenario("as server", function()
  local c = socket()
  defer(close, c)
  c:connect(peer.never_accept())
  expect.state(c, "ESTABLISHED")
  expect.equal(c:send("anybody there?"), 14)
  expect.timeout(recv, c, { timeout = 0.1 })
end)

scenario("one after the other, as many as the backlog lets in", function()
  local address = peer.never_accept(2)
  for _ = 1, 3 do -- listen(n) lets n + 1 wait
    local c = socket()
    defer(close, c)
    c:connect(address, { timeout = 5 })
  end
  local late = socket()
  defer(close, late)
  expect.timeout(connect, late, address, { timeout = 0.1 })
end)
