-- LuaSocket's socket.core over the handles of this session. An object's timeout
-- goes to each call that may wait; nothing here waits by itself.

local core = { _VERSION = "LuaSocket 3 over socksh", _SETSIZE = math.huge, _DATAGRAMSIZE = 8192, BLOCKSIZE = 2048 }

local chunk = 8192

-- What LuaSocket calls the kernel's errors; others keep the kernel's words.
local texts = {
  EADDRINUSE = "address already in use", EISCONN = "already connected", EACCES = "permission denied",
  ECONNREFUSED = "connection refused", ECONNABORTED = "closed", ECONNRESET = "closed", EPIPE = "closed",
  ETIMEDOUT = "timeout", EAGAIN = "timeout", EAI_NONAME = "host or service not provided, or not known",
  EAI_AGAIN = "temporary failure in name resolution",
}

-- reason returns LuaSocket's text for an error value; misuse goes on as an error.
local function reason(e)
  if type(e) ~= "table" or not e.op or e.usage then error(e, 0) end
  if e.timeout then return "timeout" end
  return texts[e.errno] or tostring(e):match("%(([^()]*)%)$") or tostring(e)
end

-- check makes of try's results 1, or nil and the reason.
local function check(ok, e)
  if ok then return 1 end
  return nil, reason(e)
end

local function join(host, port)
  host = host:find(":", 1, true) and "[" .. host .. "]" or host
  return ("%s:%d"):format(host, port)
end

local function split(address)
  local host, port = address:match("^%[(.*)%]:(%d+)$")
  if host then return host, tonumber(port), "inet6" end
  host, port = address:match("^(.*):(%d+)$")
  return host, tonumber(port), "inet"
end

local function port_number(port)
  local n = tonumber(port)
  if not n then error("the port is no number: " .. tostring(port), 3) end
  return n
end

-- addresses returns the addresses of host in a family, or nil and the reason.
local function addresses(host, family)
  local out = { try(resolve, host, family or "any") }
  if not out[1] then return nil, reason(out[2]) end
  table.remove(out, 1)
  return out
end

local classes = {}

local function class(name, methods)
  local meta = { __index = methods, __name = name }
  meta.__tostring = function(o) return ("%s: %s"):format(name, o.id) end
  classes[meta] = name
  return meta
end

local function object(meta, family, handle)
  local o = { handle = handle, family = family, buffer = "", sent = 0, received = 0, born = clock() }
  o.id = tostring(o):match("0x%x+") or tostring(o)
  return setmetatable(o, meta)
end

-- budget returns the options of a call that may wait, for an object's timeouts:
-- `block` bounds each call, `total` all the calls of one operation since start.
local function budget(o, start)
  local left = o.block
  if o.total then
    local rest = math.max(0, o.total - (clock() - start))
    left = left and math.min(left, rest) or rest
  end
  return { timeout = left }
end

-- What all objects have.

local base = {}

function base:close()
  if self.handle then try(close, self.handle) end
  self.handle, self.buffer = nil, ""
  return 1
end

function base:settimeout(seconds, mode)
  local value = seconds and seconds >= 0 and seconds or nil
  if mode == nil or mode == "b" then self.block = value
  elseif mode == "t" or mode == "r" then self.total = value
  else error("bad argument #2 to 'settimeout' (invalid timeout mode)", 2) end
  return 1
end

function base:gettimeout() return self.block or -1, self.total or -1 end
function base:getfd() return self.handle and self.handle:fd() or -1 end
function base:dirty() return self.buffer ~= "" end
function base:getstats() return self.received, self.sent, clock() - self.born end

function base:setstats(received, sent, age)
  self.received, self.sent = received or self.received, sent or self.sent
  if age then self.born = clock() - age end
  return 1
end

function base:setfd() error("setfd: a handle keeps its descriptor", 2) end

local function name_of(self, call)
  if not self.handle then return nil, "closed" end
  local ok, address = try(call, self.handle)
  if not ok then return nil, reason(address) end
  if self.family == "unix" then return (address:gsub("^unix:", "")) end
  return split(address)
end

function base:getpeername() return name_of(self, getpeername) end

-- LuaSocket gives the own port as a text, the peer's as a number.
function base:getsockname()
  local host, port, family = name_of(self, getsockname)
  if port then return host, tostring(port), family end
  return host, port
end

local options = {
  ["keepalive"] = "SO_KEEPALIVE", ["reuseaddr"] = "SO_REUSEADDR", ["reuseport"] = "SO_REUSEPORT",
  ["dontroute"] = "SO_DONTROUTE", ["broadcast"] = "SO_BROADCAST", ["linger"] = "SO_LINGER", ["error"] = "SO_ERROR",
  ["recv-buffer-size"] = "SO_RCVBUF", ["send-buffer-size"] = "SO_SNDBUF", ["bindtodevice"] = "SO_BINDTODEVICE",
  ["tcp-nodelay"] = "TCP_NODELAY", ["tcp-keepidle"] = "TCP_KEEPIDLE", ["tcp-keepcnt"] = "TCP_KEEPCNT",
  ["tcp-keepintvl"] = "TCP_KEEPINTVL", ["tcp-defer-accept"] = "TCP_DEFER_ACCEPT", ["tcp-fastopen"] = "TCP_FASTOPEN",
  ["tcp-fastopen-connect"] = "TCP_FASTOPEN_CONNECT", ["ipv6-v6only"] = "IPV6_V6ONLY",
  ["ip-multicast-ttl"] = "IP_MULTICAST_TTL", ["ip-multicast-loop"] = "IP_MULTICAST_LOOP", ["ip-multicast-if"] = "IP_MULTICAST_IF",
  ["ip-add-membership"] = "IP_ADD_MEMBERSHIP", ["ip-drop-membership"] = "IP_DROP_MEMBERSHIP",
  ["ipv6-unicast-hops"] = "IPV6_UNICAST_HOPS", ["ipv6-multicast-hops"] = "IPV6_MULTICAST_HOPS",
  ["ipv6-multicast-loop"] = "IPV6_MULTICAST_LOOP", ["ipv6-add-membership"] = "IPV6_ADD_MEMBERSHIP",
  ["ipv6-drop-membership"] = "IPV6_DROP_MEMBERSHIP",
}

local function option(name, method)
  local real = options[name]
  if not real then error(("bad argument #1 to '%s' (unsupported option `%s')"):format(method, tostring(name)), 3) end
  return real
end

function base:setoption(name, value)
  local real = option(name, "setoption")
  if type(value) == "table" and name == "linger" then
    value = value.on and value.on ~= 0 and (value.timeout or 0) or "off"
  elseif type(value) == "table" then
    value = ("%s %s"):format(value.multiaddr, value.interface == "*" and "0.0.0.0" or value.interface or "")
  end
  if not self.handle then self:open("inet") end
  return check(try(setsockopt, self.handle, real, value))
end

function base:getoption(name)
  local real = option(name, "getoption")
  if not self.handle then self:open("inet") end
  local ok, value = try(getsockopt, self.handle, real)
  if not ok then return nil, reason(value) end
  if name == "linger" then return { on = value and 1 or 0, timeout = value or 0 } end
  if name == "error" then return value ~= 0 and (texts[value] or value) or nil end
  return value
end

local function methods(from)
  local copy = {}
  for name, f in pairs(from) do copy[name] = f end
  return copy
end

-- Streams: master until it connects or listens, then client or server.

local stream = methods(base)
local master, client, server = class("tcp{master}", stream), class("tcp{client}", stream), class("tcp{server}", stream)
local unix_master, unix_client, unix_server = class("unix{master}", stream), class("unix{client}", stream), class("unix{server}", stream)

local function must_be(o, method, one, other)
  local meta = getmetatable(o)
  if meta ~= one and meta ~= other then
    error(("calling '%s' on bad self (%s expected)"):format(method, classes[one]), 3)
  end
end

function stream:open(family)
  if not self.handle then self.handle, self.family = socket(family), family end
end

function stream:bind(host, port)
  if self.family == "unix" then return check(try(bind, self.handle, "unix:" .. host)) end
  port = port_number(port)
  local family = self.family
  if host == "*" then host = family == "inet6" and "::" or "0.0.0.0" end
  local all, why = addresses(host, family)
  if not all then return nil, why end
  self:open(family or all[1]:find(":", 1, true) and "inet6" or "inet")
  return check(try(bind, self.handle, join(all[1], port)))
end

function stream:listen(backlog)
  self:open("inet")
  local ok, why = check(try(listen, self.handle, backlog or 32))
  if ok then setmetatable(self, self.family == "unix" and unix_server or server) end
  return ok, why
end

function stream:accept()
  must_be(self, "accept", server, unix_server)
  if not self.handle then return nil, "closed" end
  local ok, conn = try(accept, self.handle, budget(self, clock()))
  if not ok then return nil, reason(conn) end
  return object(self.family == "unix" and unix_client or client, self.family, conn)
end

function stream:connect(host, port)
  local start = clock()
  if self.family == "unix" then
    local ok, why = check(try(connect, self.handle, "unix:" .. host, budget(self, start)))
    if ok then setmetatable(self, unix_client) end
    return ok, why
  end
  port = port_number(port)
  local all, why = addresses(host, self.family)
  if not all then return nil, why end
  local given = self.handle ~= nil
  for _, ip in ipairs(all) do
    self:open(ip:find(":", 1, true) and "inet6" or "inet")
    local ok, e = try(connect, self.handle, join(ip, port), budget(self, start))
    if ok then
      setmetatable(self, client)
      return 1
    end
    why = reason(e)
    if given or why == "timeout" then break end -- the attempt goes on, or the socket is the caller's
    close(self.handle)
    self.handle, self.family = nil, nil
  end
  return nil, why
end

function stream:shutdown(how)
  local words = { send = "write", receive = "read", both = "both" }
  if not self.handle then return nil, "closed" end
  return check(try(shutdown, self.handle, words[how or "both"] or error("bad argument #1 to 'shutdown' (invalid shutdown method)", 2)))
end

function stream:send(data, from, to)
  must_be(self, "send", client, unix_client)
  data, from, to = tostring(data), from or 1, to or -1
  if from < 0 then from = math.max(1, #data + from + 1) end
  if to < 0 then to = #data + to + 1 end
  to = math.min(to, #data)
  if not self.handle then return nil, "closed", from - 1 end
  if to < from then return from - 1 end
  local ok, n = try(sendall, self.handle, data:sub(from, to), budget(self, clock()))
  if ok then
    self.sent = self.sent + n
    return to
  end
  self.sent = self.sent + (n.sent or 0)
  return nil, reason(n), from - 1 + (n.sent or 0)
end

-- more receives what has come; nil and the reason if there is nothing.
local function more(self, start)
  if not self.handle then return nil, "closed" end
  local ok, data = try(recv, self.handle, chunk, budget(self, start))
  if not ok then return nil, reason(data) end
  if not data then return nil, "closed" end
  self.received = self.received + #data
  return data
end

-- take empties the buffer.
local function take(self)
  local data = self.buffer
  self.buffer = ""
  return data
end

local function until_closed(self, prefix, start)
  local parts = { prefix, take(self) }
  while true do
    local data, why = more(self, start)
    if not data then
      local all = table.concat(parts)
      if why == "closed" and #all > 0 then return all end
      return nil, why, all
    end
    parts[#parts + 1] = data
  end
end

local function line(self, prefix, start)
  local parts = { take(self) }
  while true do
    local last = parts[#parts]
    local at = last:find("\n", 1, true)
    if at then
      self.buffer, parts[#parts] = last:sub(at + 1), last:sub(1, at - 1)
      return prefix .. table.concat(parts):gsub("\r", "")
    end
    local data, why = more(self, start)
    if not data then return nil, why, prefix .. table.concat(parts):gsub("\r", "") end
    parts[#parts + 1] = data
  end
end

local function exactly(self, count, prefix, start)
  local parts, have = { prefix }, #prefix
  while have < count do
    local data, why = take(self), nil
    if data == "" then data, why = more(self, start) end
    if not data then return nil, why, table.concat(parts) end
    if have + #data > count then
      self.buffer, data = data:sub(count - have + 1), data:sub(1, count - have)
    end
    have, parts[#parts + 1] = have + #data, data
  end
  return table.concat(parts)
end

function stream:receive(pattern, prefix)
  must_be(self, "receive", client, unix_client)
  prefix = prefix and tostring(prefix) or ""
  local start = clock()
  if pattern == nil or pattern == "*l" or pattern == "l" then return line(self, prefix, start) end
  if pattern == "*a" or pattern == "a" then return until_closed(self, prefix, start) end
  local count = tonumber(pattern)
  if not count then error("bad argument #1 to 'receive' (invalid receive pattern)", 2) end
  return exactly(self, count, prefix, start)
end

-- Datagrams: unconnected until they have a peer.

local datagram = methods(base)
local unconnected, connected = class("udp{unconnected}", datagram), class("udp{connected}", datagram)
local unix_unconnected, unix_connected = class("unixdgram{unconnected}", datagram), class("unixdgram{connected}", datagram)

function datagram:open(family)
  if not self.handle then self.handle, self.family = socket(family, "dgram"), family end
end

function datagram:setsockname(host, port)
  if self.family == "unix" then return check(try(bind, self.handle, "unix:" .. host)) end
  return stream.bind(self, host, port)
end

datagram.bind = datagram.setsockname

function datagram:setpeername(host, port)
  local unix = self.family == "unix"
  if host == "*" and not unix then
    local ok, why = check(try(disconnect, self.handle))
    if ok then setmetatable(self, unconnected) end
    return ok, why
  end
  local target = unix and "unix:" .. host
  if not unix then
    local all, why = addresses(host, self.family)
    if not all then return nil, why end
    self:open(all[1]:find(":", 1, true) and "inet6" or "inet")
    target = join(all[1], port_number(port))
  end
  local ok, why = check(try(connect, self.handle, target))
  if ok then setmetatable(self, unix and unix_connected or connected) end
  return ok, why
end

datagram.connect = datagram.setpeername

function datagram:send(data)
  must_be(self, "send", connected, unix_connected)
  if not self.handle then return nil, "closed" end
  local ok, n = try(send, self.handle, data, budget(self, clock()))
  if not ok then return nil, reason(n) end
  self.sent = self.sent + n
  return n
end

function datagram:sendto(data, host, port)
  local target = self.family == "unix" and "unix:" .. host
  if not target then
    self:open(host:find(":", 1, true) and "inet6" or "inet")
    target = join(host, port_number(port))
  end
  local ok, n = try(sendto, self.handle, data, target, budget(self, clock()))
  if not ok then return nil, reason(n) end
  self.sent = self.sent + n
  return n
end

function datagram:receivefrom(size)
  if not self.handle then return nil, "closed" end
  local ok, data, from = try(recvfrom, self.handle, size or core._DATAGRAMSIZE, budget(self, clock()))
  if not ok then return nil, reason(data) end
  self.received = self.received + #data
  if self.family == "unix" then return data, (tostring(from):gsub("^unix:", "")) end
  local host, port = split(from)
  return data, host, port
end

function datagram:receive(size)
  if not self.handle then return nil, "closed" end
  local ok, data = try(recv, self.handle, size or core._DATAGRAMSIZE, budget(self, clock()))
  if not ok then return nil, reason(data) end
  self.received = self.received + #data
  return data
end

-- The module's own functions.

function core.tcp() return object(master) end
function core.udp() return object(unconnected, "inet", socket("inet", "dgram")) end

for family, suffix in pairs { inet = "4", inet6 = "6" } do
  core["tcp" .. suffix] = function() return object(master, family, socket(family)) end
  core["udp" .. suffix] = function() return object(unconnected, family, socket(family, "dgram")) end
end

function core.unix_stream() return object(unix_master, "unix", socket("unix")) end
function core.unix_dgram() return object(unix_unconnected, "unix", socket("unix", "dgram")) end

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
