local common = require "common"
local n = tonumber(arg[1])
local l, address = common.listener()
local c, s = common.pair(l, address)
local messages = common.messages
local start = clock()
for i = 0, n - 1 do
  local m = messages[i % 16]
  c:send(m)
  s:send(s:recv(64))
  if c:recv(64) ~= m then error("bad echo") end
end
common.result(clock() - start, n, 128 * n)
