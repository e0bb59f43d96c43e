local common = require "common"
local count, batch = tonumber(arg[1]), tonumber(arg[2])
local ins, wants = {}, {}
for k = 0, 15 do
  local a, b = {}, {}
  for i = 0, batch - 1 do
    a[#a + 1] = ("SET k%07d v%017d\n"):format(k * batch + i, i)
    b[#b + 1] = ("+k%07d\n"):format(k * batch + i)
  end
  ins[k], wants[k] = table.concat(a), table.concat(b)
end
local sub, size = string.sub, batch * 10
local l, address = common.listener()
local c, s = common.pair(l, address)
local start = clock()
for b = 0, count / batch - 1 do
  c:send(ins[b % 16])
  local out = {}
  for i = 1, batch do
    local line = s:recvline()
    if #line ~= 31 then error("bad line") end
    out[i] = "+" .. sub(line, 5, 12) .. "\n"
  end
  s:send(table.concat(out))
  if c:recvexact(size) ~= wants[b % 16] then error("bad answer") end
end
common.result(clock() - start, count, 42 * count)
