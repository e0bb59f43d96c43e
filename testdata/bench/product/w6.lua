local common = require "common"
local n = tonumber(arg[1])
local function rss()
  local f = io.open("/proc/self/statm")
  local line = f:read("*l")
  f:close()
  return tonumber(line:match("%d+ (%d+)")) * 4
end
local l, address = common.listener()
local base = rss()
local servers, got, want, main = {}, 0, nil, nil
local start = clock()
for i = 1, n do
  local c = socket()
  c:connect(address)
  servers[i] = l:accept()
  spawn(function()
    while true do
      if c:recv(1) ~= want then error("bad byte") end
      got = got + 1
    end
  end)
  if i % 100 == 0 then yield() end
end
yield()
local setup, memory, times = clock() - start, rss(), {}
for round = 1, 5 do
  want, got = ("abcde"):sub(round, round), 0
  start = clock()
  for i = 1, n do servers[i]:send(want) end
  while got < n do yield() end
  times[round] = clock() - start
end
table.sort(times)
common.result(times[3], n, 5 * n, ("setup=%.6f rss_kb=%d base_kb=%d"):format(setup, memory, base))
exit(0)
