-- LuaSocket's socket.core over the handles of this session.

local common = require "socket.object"
local stream, datagram = require "socket.stream", require "socket.datagram"
local reason, join, addresses = common.reason, common.join, common.addresses

local core = { _VERSION = "LuaSocket 3 over socksh", _SETSIZE = math.huge, _DATAGRAMSIZE = datagram.size, BLOCKSIZE = 2048 }

function core.tcp() return stream.tcp() end
function core.udp() return datagram.udp("inet") end

for family, suffix in pairs { inet = "4", inet6 = "6" } do
  core["tcp" .. suffix] = function() return stream.tcp(family) end
  core["udp" .. suffix] = function() return datagram.udp(family) end
end

core.unix_stream, core.unix_dgram = stream.unix, datagram.unix

function core.gettime() return time.wall() end
function core.sleep(seconds) sleep(math.max(0, seconds)) end
function core.skip(n, ...) return select(n + 1, ...) end
function core.__unload() return 1 end

local tagged = {} -- marks what newtry raises

function core.newtry(finalizer)
  return function(...)
    if not (...) then
      if finalizer then pcall(finalizer) end
      error(setmetatable({ (select(2, ...)) }, tagged), 0)
    end
    return ...
  end
end

local function unprotect(ok, e, ...)
  if ok then return e, ... end
  if getmetatable(e) == tagged then return nil, e[1] end
  error(e, 0)
end

function core.protect(f)
  return function(...) return unprotect(pcall(f, ...)) end
end

-- ask adds what select waits for: the objects of a list, with an event. Those
-- whose data has come already go to ready at once.
local function ask(list, event, wanted, ready)
  for _, o in ipairs(list or {}) do
    local handle = type(o) == "table" and o.handle
    if handle and event == "in" and o.buffer ~= "" then
      ready[#ready + 1], ready[o] = o, #ready + 1
    elseif handle then
      wanted[#wanted + 1] = { handle = handle, events = event, object = o }
    end
  end
end

function core.select(receivers, senders, timeout)
  local readable, writable, wanted = {}, {}, {}
  ask(receivers, "in", wanted, readable)
  ask(senders, "out", wanted, writable)
  if #readable > 0 then timeout = 0 end
  if timeout and timeout < 0 then timeout = nil end
  if #wanted == 0 and #readable == 0 then
    sleep(timeout or 1e9)
    return readable, writable, "timeout"
  end
  local events = {}
  if #wanted > 0 then
    for _, ready in ipairs(poll(wanted, { timeout = timeout })) do events[ready.handle] = ready.events end
  end
  for _, w in ipairs(wanted) do
    local got = events[w.handle]
    if got and (got:find(w.events, 1, true) or got:find("hup", 1, true) or got:find("err", 1, true)) then
      local set = w.events == "in" and readable or writable
      set[#set + 1], set[w.object] = w.object, #set + 1
    end
  end
  if #readable == 0 and #writable == 0 then return readable, writable, "timeout" end
  return readable, writable
end

core.dns = {}

function core.dns.gethostname() return gethostname() end

function core.dns.toip(name)
  local all, why = addresses(name, "inet")
  if not all then return nil, why end
  return all[1], { name = name, alias = {}, ip = all }
end

function core.dns.tohostname(name)
  local all, why = addresses(name)
  if not all then return nil, why end
  local ok, host = try(getnameinfo, join(all[1], 0), "namereqd")
  if not ok then return nil, reason(host) end
  return host, { name = host, alias = {}, ip = all }
end

function core.dns.getaddrinfo(name)
  local all, why = addresses(name)
  if not all then return nil, why end
  local list = {}
  for i, ip in ipairs(all) do list[i] = { family = ip:find(":", 1, true) and "inet6" or "inet", addr = ip } end
  return list
end

function core.dns.getnameinfo(name, service)
  local all, why = addresses(name)
  if not all then return nil, why end
  local names = {}
  for i, ip in ipairs(all) do
    local ok, host, port = try(getnameinfo, join(ip, tonumber(service) or 0))
    if not ok then return nil, reason(host) end
    names[i], service = host, service and port
  end
  return names, service
end

return core
