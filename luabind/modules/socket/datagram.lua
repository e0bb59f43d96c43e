-- Datagrams: an object is unconnected until it has a peer.

local common = require "socket.object"
local reason, check, budget, must_be = common.reason, common.check, common.budget, common.must_be
local join, addresses, port_number = common.join, common.addresses, common.port_number
local class, object, split = common.class, common.object, common.split
local stream = require "socket.stream"

local size_unless_told = 8192

local datagram = common.methods(common.base)
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
  local ok, data, from = try(recvfrom, self.handle, size or size_unless_told, budget(self, clock()))
  if not ok then return nil, reason(data) end
  self.received = self.received + #data
  if self.family == "unix" then return data, (tostring(from):gsub("^unix:", "")) end
  local host, port = split(from)
  return data, host, port
end

function datagram:receive(size)
  if not self.handle then return nil, "closed" end
  local ok, data = try(recv, self.handle, size or size_unless_told, budget(self, clock()))
  if not ok then return nil, reason(data) end
  self.received = self.received + #data
  return data
end

return {
  udp = function(family) return object(unconnected, family, socket(family, "dgram")) end,
  unix = function() return object(unix_unconnected, "unix", socket("unix", "dgram")) end,
  size = size_unless_told,
}
