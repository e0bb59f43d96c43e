-- A full completed queue: the kernel drops the SYN, and the client knows nothing.
--
-- Linux compares with >: listen(n) lets n + 1 connections wait.
local function try_to_connect(address)
  local c = socket()
  return c, (try(connect, c, address, { timeout = 0.05 }))
end

for _, backlog in ipairs { 0, 1, 3 } do
  local l = socket()
  local address = l:bind("127.0.0.1:0")
  l:listen(backlog)
  local clients = {}
  for i = 1, backlog + 1 do
    local ok
    clients[i], ok = try_to_connect(address)
    expect.truthy(ok, "client " .. i)
  end
  expect.queue(l, { completed = backlog + 1 })
  print(("listen(%d): the queue is full with %d"):format(backlog, backlog + 1))
  local late, ok
  expect.counter("ListenOverflows", 1, function() late, ok = try_to_connect(address) end)
  expect.equal(ok, false)
  expect.state(late, "SYN_SENT")
  print("  one more is SYN_SENT: its SYN was dropped (ListenOverflows + 1), and no RST told it")
  l:accept():close()
  expect.state(late, "ESTABLISHED", 10)
  print("  accept makes room: the SYN that it repeats after a second gets in")
  late:close()
  for _, c in ipairs(clients) do c:close() end
  l:close()
end
