local common = require "common"
local n = tonumber(arg[1])
local l, address = common.listener(arg[2] == "fin")
local start = clock()
for _ = 1, n do
  local c = socket()
  c:connect(address)
  local s = l:accept()
  s:close()
  c:close()
end
common.result(clock() - start, n, 0)
