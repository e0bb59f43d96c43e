-- A full completed queue: one more SYN is dropped, silently and counted; its client stays
-- SYN_SENT. Linux lets backlog + 1 in: with listen(0) one, with listen(1) two.
need("lab")
local client, server = host("client"), host("server")
local port = 1000
local function begin(address)
  port = port + 1
  local c = client:socket()
  c:bind("10.0.0.1:" .. port)
  return c, spawn(connect, c, address)
end

for backlog = 0, 1 do
  local listener = server:socket()
  local address = listener:bind("10.0.0.2:" .. 80 + backlog)
  listener:listen(backlog)
  journal("clear")
  for _ = 0, backlog do
    local c, task = begin(address)
    task:join()
    expect.equal(state(c), "ESTABLISHED")
  end
  local before = server:counters("ListenOverflows", "ListenDrops")
  local c, task = begin(address)
  yield()
  expect.equal(state(c), "SYN_SENT")
  expect.queue(listener, { incomplete = 0, completed = backlog + 1 })
  local after = server:counters("ListenOverflows", "ListenDrops")
  print(("listen(%d)"):format(backlog))
  print(ladder())
  expect.equal(after.ListenOverflows - before.ListenOverflows, 1)
  expect.equal(after.ListenDrops - before.ListenDrops, 1)

  listener:accept():close() -- which makes room, and the SYN is repeated after a second
  task:join()
  expect.equal(state(c), "ESTABLISHED")
end
lab("end")
