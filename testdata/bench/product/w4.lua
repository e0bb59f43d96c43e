local common = require "common"
local conns, rounds = tonumber(arg[1]), tonumber(arg[2])
local messages = common.messages
local l, address = common.listener()
local bytes, clients = 0, {}
for i = 1, conns do
  local c, s = common.pair(l, address)
  clients[i] = c
  spawn(function()
    for _ = 1, rounds do
      local data = s:recv(4096)
      bytes = bytes + #data
      s:send(data)
    end
  end)
end
yield()
local start = clock()
local tasks = {}
for i = 1, conns do
  local c = clients[i]
  tasks[i] = spawn(function()
    for k = i, i + rounds - 1 do
      local m = messages[k % 16]
      c:send(m)
      if c:recvexact(64) ~= m then error("bad echo") end
      bytes = bytes + 64
    end
  end)
end
for i = 1, conns do tasks[i]:join() end
common.result(clock() - start, conns * rounds, bytes)
