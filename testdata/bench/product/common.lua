-- What the workloads share.
local M = {}
M.messages = {}
for i = 0, 15 do
  M.messages[i] = (("%02d:ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"):format(i)):sub(1, 64)
end
-- listener: closes reset (linger 0 is inherited), so that nothing stays in TIME_WAIT.
function M.listener(orderly)
  local l = socket()
  l:setsockopt("SO_REUSEADDR", true)
  if not orderly then l:setsockopt("SO_LINGER", 0) end
  local address = l:bind("127.0.0.1:0")
  l:listen(4096)
  return l, address
end
function M.pair(l, address)
  local c = socket()
  c:connect(address)
  local s = l:accept()
  c:setsockopt("TCP_NODELAY", true)
  s:setsockopt("TCP_NODELAY", true)
  return c, s
end
function M.result(seconds, n, bytes, more)
  print(("RESULT secs=%.6f n=%.0f bytes=%.0f ok=1 %s"):format(seconds, n, bytes, more or ""))
end
return M
