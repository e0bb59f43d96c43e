-- A peer that does not read: its window closes, and send waits for ever.
local function fill(s)
  local sent = 0
  while true do
    local ok, n = try(send, s, ("x"):rep(20000), { timeout = 0.2 })
    if not ok then return sent end
    sent = sent + n
  end
end

-- It is less than a receive buffer of the usual size takes.
local function fills_soon(s)
  local sent = fill(s)
  return sent > 0 and sent < 65536
end

-- The sender asks again and again: its kernel probes a closed window, or repeats what the
-- other has dropped, whose memory was full before its window was closed.
local function stalled(s)
  return eventually(function()
    fill(s) -- what found room after all
    local timer = select(2, state(s)).timer
    return timer == "probe" or timer == "retransmission"
  end, 10)
end

scenario("as server", function()
  local c = socket()
  defer(close, c)
  c:setsockopt("SO_SNDBUF", 4096)
  c:connect(peer.server(peer.stall))
  expect.truthy(fills_soon(c))
  expect.truthy(stalled(c))
end)

scenario("as client", function()
  local l = socket()
  defer(close, l)
  local address = l:bind("127.0.0.1:0")
  l:listen()
  peer.client(address, peer.stall)
  local s = l:accept()
  defer(close, s)
  s:setsockopt("SO_SNDBUF", 4096)
  expect.truthy(fills_soon(s))
  expect.truthy(stalled(s))
end)

scenario("slowly, a byte at a time", function()
  local c = socket()
  defer(close, c)
  c:connect(peer.server(peer.stall, 0.01))
  c:sendall("a few bytes")
  c:shutdown("write")
  wait_state(c, "FIN_WAIT2", {timeout = 20})
end)
