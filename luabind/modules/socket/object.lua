-- What all objects of LuaSocket have. An object's timeout goes to each call that
-- may wait; nothing here waits by itself.

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

-- must_be raises an error where an object is of neither class.
local function must_be(o, method, one, other)
  local meta = getmetatable(o)
  if meta ~= one and meta ~= other then
    error(("calling '%s' on bad self (%s expected)"):format(method, classes[one]), 3)
  end
end

return {
  reason = reason, check = check, join = join, split = split, port_number = port_number, addresses = addresses,
  class = class, object = object, budget = budget, must_be = must_be, methods = methods, base = base,
}
