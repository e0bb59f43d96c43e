local common = require "common"
local chunk, total = tonumber(arg[1]), tonumber(arg[2])
local pieces = {}
for j = 0, 255 do
  local piece = {}
  for k = j * 256, j * 256 + 255 do piece[#piece + 1] = string.char((k * 31 + j * 17) % 256) end
  pieces[j + 1] = table.concat(piece)
end
local pattern = table.concat(pieces):rep(chunk / 65536)
local byte = string.byte
local l, address = common.listener()
local c, s = common.pair(l, address)
local start = clock()
spawn(function()
  local left = total
  while left > 0 do
    local n = math.min(left, chunk)
    c:sendall(n == chunk and pattern or pattern:sub(1, n))
    left = left - n
  end
end)
local got, data = 0, buffer(chunk)
while got < total do
  local n = s:recv(data)
  if data:byte(1) ~= byte(pattern, got % 65536 + 1) or data:byte(-1) ~= byte(pattern, (got + n - 1) % 65536 + 1) then error("bad byte") end
  got = got + n
end
common.result(clock() - start, got, got)
