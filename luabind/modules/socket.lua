-- LuaSocket's module: socket.core, and what LuaSocket itself writes in Lua.

local socket = require "socket.core"

socket.try = socket.newtry()

local function connector(make)
  return function(host, port, own_host, own_port)
    local o, why = make()
    if own_host then
      local ok
      ok, why = o:bind(own_host, own_port or 0)
      if not ok then
        o:close()
        return nil, why
      end
    end
    local ok
    ok, why = o:connect(host, port)
    if ok then return o end
    o:close()
    return nil, why
  end
end

socket.connect4, socket.connect6 = connector(socket.tcp4), connector(socket.tcp6)

function socket.connect(host, port, own_host, own_port, family)
  local make = family == "inet" and socket.tcp4 or family == "inet6" and socket.tcp6 or socket.tcp
  return connector(make)(host, port, own_host, own_port)
end

function socket.bind(host, port, backlog)
  local o = socket.tcp()
  o:setoption("reuseaddr", true)
  local ok, why = o:bind(host, port)
  if ok then ok, why = o:listen(backlog or 32) end
  if ok then return o end
  o:close()
  return nil, why
end

function socket.choose(kinds)
  return function(kind, first, second)
    if type(kind) ~= "string" then kind, first, second = "default", kind, first end
    local make = kinds[kind or "nil"]
    if not make then error("unknown key (" .. tostring(kind) .. ")", 3) end
    return make(first, second)
  end
end

-- Sources and sinks of ltn12.

local function ends(o, call)
  return setmetatable({
    getfd = function() return o:getfd() end,
    dirty = function() return o:dirty() end,
  }, { __call = call })
end

socket.sinkt, socket.sourcet = {}, {}

socket.sinkt["close-when-done"] = function(o)
  return ends(o, function(_, data, why)
    if data then return o:send(data) end
    o:close()
    return why == nil and 1 or nil, why
  end)
end

socket.sinkt["keep-open"] = function(o)
  return ends(o, function(_, data, why)
    if data then return o:send(data) end
    return why == nil and 1 or nil, why
  end)
end

socket.sinkt.default = socket.sinkt["keep-open"]
socket.sink = socket.choose(socket.sinkt)

socket.sourcet["by-length"] = function(o, length)
  return ends(o, function()
    if length <= 0 then return nil end
    local data, why = o:receive(math.min(socket.BLOCKSIZE, length))
    if not data then return nil, why end
    length = length - #data
    return data
  end)
end

socket.sourcet["until-closed"] = function(o)
  local done
  return ends(o, function()
    if done then return nil end
    local data, why, partial = o:receive(socket.BLOCKSIZE)
    if data then return data end
    if why ~= "closed" then return nil, why end
    o:close()
    done = true
    return partial
  end)
end

socket.sourcet.default = socket.sourcet["until-closed"]
socket.source = socket.choose(socket.sourcet)

return socket
