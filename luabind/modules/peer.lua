-- The badly behaved peer. What a peer does is a function of its connection, so that it
-- can be a server's (peer.server) or a client's (peer.client) doing.
local public = peer -- the functions as scripts have them
local peer = {}

-- what belongs to a scenario or script goes with it; at a prompt it stays
local function at_end(f, ...) pcall(defer, f, ...) end

local function close_all(handles) for _, h in ipairs(handles) do pcall(close, h) end end

local function cancel_all(jobs) for _, j in ipairs(jobs) do pcall(cancel, j) end end

-- What a peer does may end with its connection, as the other side or the scenario ends
-- that. Any other error is one of the script: a check, a timeout, a wrong call.
local function play(how, conn, ...)
  local ok, e = pcall(how, conn, ...)
  if not (ok or peer.lost(conn, e)) then error(e, 0) end
end

local function want(usage, value, ...)
  for _, kind in ipairs{...} do
    if type(value) == kind then return end
  end
  error(usage .. ", not " .. tostring(value), 2)
end

local function new(how, family)
  local s = socket(family or "tcp")
  if how == public.stall then s:setsockopt("SO_RCVBUF", 1) end -- accepted sockets inherit it
  return s
end

local function family_of(address) return tostring(address):match("^%[") and "tcp6" or nil end

local function listener(how, backlog, at)
  local l = new(how, at and family_of(at))
  if at then l:setsockopt("SO_REUSEADDR", true) end
  local address = l:bind(at or "127.0.0.1:0")
  l:listen(backlog or 128)
  return l, address
end

local function serve(at, how, ...)
  want("peer.server([address,] how, ...): how is a function such as peer.silent", how, "function")
  local l, address = listener(how, nil, at)
  local args, count = {...}, select("#", ...)
  local handles, jobs = {l}, {}
  jobs[1] = spawn(function()
    while true do
      local conn = l:accept()
      handles[#handles + 1] = conn
      jobs[#jobs + 1] = spawn(play, how, conn, unpack(args, 1, count))
    end
  end)
  at_end(function() cancel_all(jobs) close_all(handles) end)
  return address
end

function peer.server(how, ...)
  if type(how) == "string" then return serve(how, ...) end
  return serve(nil, how, ...)
end

function peer.client(address, how, ...)
  want("peer.client(address, how, ...): how is a function such as peer.silent", how, "function")
  local c = new(how, family_of(address))
  at_end(close_all, {c})
  c:connect(address)
  local job = spawn(play, how, c, ...)
  at_end(cancel_all, {job})
  return job
end

function peer.reset(conn)
  want("peer.reset: conn is a socket", conn, "userdata")
  conn:setsockopt("SO_LINGER", 0)
  conn:close()
end

function peer.silent() end

function peer.half_close(conn)
  want("peer.half_close: conn is a socket", conn, "userdata")
  conn:shutdown("write")
  repeat until not conn:recv()
end

function peer.stall(conn, pause)
  want("peer.stall: conn is a socket", conn, "userdata")
  while pause do
    sleep(pause)
    if not conn:recv(1) then break end
  end
end

function peer.trickle(conn, data, pause, open)
  want("peer.trickle: conn is a socket", conn, "userdata")
  want("peer.trickle(conn, data [, pause [, open]]): data is a text", data, "string", "userdata")
  conn:setsockopt("TCP_NODELAY", true)
  for i = 1, #data do
    conn:send(data:sub(i, i))
    if pause then sleep(pause) end
  end
  if not open then conn:close() end
end

function peer.cut(conn, data, count, abort)
  want("peer.cut: conn is a socket", conn, "userdata")
  want("peer.cut(conn, data, n [, abort]): data is a text", data, "string", "userdata")
  want("peer.cut(conn, data, n [, abort]): n is a number", count, "number")
  conn:sendall(data:sub(1, count))
  if abort then return peer.reset(conn) end
  conn:shutdown("write")
  local ok, data
  repeat ok, data = try(recv, conn, 65536, {timeout = 0.05}) until not (ok and data) -- what is not read would make a RST of the close
  conn:close()
end

function peer.linger(conn, data, seconds)
  want("peer.linger: conn is a socket", conn, "userdata")
  want("peer.linger(conn, data [, seconds]): data is a text", data, "string", "userdata", "number")
  conn:setsockopt("SO_LINGER", seconds or 1)
  conn:sendall(data)
  conn:close()
end

function peer.late(conn, data)
  want("peer.late: conn is a socket", conn, "userdata")
  want("peer.late(conn, data): data is a text", data, "string", "userdata", "number")
  repeat until not conn:recv()
  conn:sendall(data)
  conn:close()
end

function peer.never_accept(backlog)
  local l, address = listener(nil, backlog)
  at_end(close_all, {l})
  return address
end

function peer.full()
  local l, address = listener(nil, 0)
  local handles = {l}
  at_end(close_all, handles)
  local state
  repeat -- until the kernel takes no more
    handles[#handles + 1] = socket()
    state = try(connect, handles[#handles], address, {timeout = 0.2})
  until not state
  return address
end

function peer.reset_before_accept(address)
  if address then
    local c = socket()
    c:connect(address)
    peer.reset(c)
    return
  end
  local l, at = listener()
  local job = spawn(function()
    while #poll(l) == 0 do end -- someone waits in the queue
    l:close()
  end)
  at_end(function() cancel_all({job}) close_all({l}) end)
  return at
end

return peer
