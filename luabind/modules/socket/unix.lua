-- LuaSocket's unix sockets: called itself, it makes a stream.

local core = require "socket.core"

return setmetatable({ stream = core.unix_stream, tcp = core.unix_stream, dgram = core.unix_dgram, udp = core.unix_dgram },
  { __call = core.unix_stream })
