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

local overflows, ladders, late = 0, {}, {}
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
  local c, task = begin(address)
  yield()
  expect.equal(state(c), "SYN_SENT")
  expect.queue(listener, { incomplete = 0, completed = backlog + 1 })
  print(("listen(%d)"):format(backlog))
  print(ladder())
  overflows = overflows + 1
  expect.equal(server:counters("ListenOverflows", "ListenDrops"), { ListenOverflows = overflows, ListenDrops = overflows })
  late[listener] = { c, task }
end

for listener, l in pairs(late) do -- accept makes room, and the SYN is repeated after a second
  listener:accept():close()
  l[2]:join()
  expect.equal(state(l[1]), "ESTABLISHED")
end
lab("end")
