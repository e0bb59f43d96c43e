-- A server whose queue is full: the SYN gets no answer, and connect waits.
scenario("as server", function()
  local c = socket()
  defer(close, c)
  local address = peer.full()
  expect.timeout(connect, c, address, { timeout = 0.1 })
  expect.state(c, "SYN_SENT")
end)
