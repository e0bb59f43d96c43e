-- Streams: an object is a master until it connects or listens, then a client or a
-- server.

local common = require "socket.object"
local reason, check, budget, must_be = common.reason, common.check, common.budget, common.must_be
local join, addresses, port_number = common.join, common.addresses, common.port_number
local class, object = common.class, common.object

local chunk = 8192

local stream = common.methods(common.base)
local master, client, server = class("tcp{master}", stream), class("tcp{client}", stream), class("tcp{server}", stream)
local unix_master, unix_client, unix_server = class("unix{master}", stream), class("unix{client}", stream), class("unix{server}", stream)

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

return {
  tcp = function(family) return object(master, family, family and socket(family)) end,
  unix = function() return object(unix_master, "unix", socket("unix")) end,
  bind = stream.bind,
}
