-- What LuaSocket's users rely on. Run by lua5.1 with LuaSocket and by socksh it
-- prints the same.
local socket = require "socket"

local function show(label, ...)
  local out = {}
  for i = 1, select("#", ...) do
    local v = select(i, ...)
    out[#out + 1] = type(v) == "number" and ("%.14g"):format(v) or tostring(v)
  end
  while out[#out] == "nil" and #out > 1 do out[#out] = nil end
  print(label .. ": " .. table.concat(out, " "))
end
local function class(o) return tostring(o):match("^[%w{}]+") end

local server = assert(socket.bind("127.0.0.1", 0))
local ip, port, family = server:getsockname()
show("server", class(server), ip, type(port), family)
local client = assert(socket.connect("127.0.0.1", port))
local peer = assert(server:accept())
show("client", class(client), class(peer))
show("names agree", select(2, client:getsockname()) == tostring((select(2, peer:getpeername()))))

-- Lines, counts and the rest of a stream.
show("send", client:send("one\r\ntwo\nthree"))
show("line", peer:receive())
show("line", peer:receive("*l"))
peer:settimeout(0.02)
show("no line", peer:receive("*l"))
show("nothing", peer:receive(3))
client:send("12345")
show("count", peer:receive(3))
show("prefix", peer:receive(3, "x"))
show("partial", peer:receive(10, "y"))
show("part of data", client:send("abcdef", 2, 4))
show("came", peer:receive(3))
show("nothing to send", client:send(""))
show("from the end", client:send("abcdef", -2))
show("came", peer:receive(2))
show("carriage returns", client:send("a\rb\r\r\n"), #peer:receive())

-- Timeouts of an operation, and of each wait.
peer:settimeout(0.02, "t")
show("total", peer:receive(1))
peer:settimeout(nil, "t")
show("dirty", peer:dirty())
client:send("xy\n")
show("one", peer:receive(1))
show("dirty", peer:dirty())

-- select sees what an object has buffered.
local r, w, why = socket.select({ peer, server }, { client }, 0)
show("select", #r, r[1] == peer, r[peer], #w, w[1] == client, why)
peer:receive()
r, w, why = socket.select({ peer, server }, nil, 0.01)
show("select", #r, #w, why)
r, w, why = socket.select(nil, { client, peer })
show("select", #r, #w, why)

-- The end of a stream, in each direction.
show("half", client:shutdown("send"))
show("rest", peer:receive("*a"))
peer:send("answer")
peer:close()
show("answer", client:receive("*a"))
show("again", client:receive("*a"))
show("closed", client:receive())
show("on a closed object", client:close(), client:close())
show("fd", client:getfd())

-- Refusals.
local free = assert(socket.bind("127.0.0.1", 0))
local _, unused = free:getsockname()
free:close()
show("refused", socket.connect("127.0.0.1", unused))
show("in use", socket.bind("127.0.0.1", port))
server:settimeout(0)
show("nobody", server:accept())
show("not connected", socket.tcp4():getpeername() == nil)

-- Options.
local o = socket.tcp4()
show("set", o:setoption("keepalive", true), o:setoption("linger", { on = true, timeout = 3 }), o:setoption("tcp-nodelay", true))
show("get", o:getoption("keepalive"), o:getoption("tcp-nodelay"))
show("linger", o:getoption("linger").timeout)
show("unknown", pcall(o.setoption, o, "no-such", 1) == false)
o:close()

-- Datagrams.
local a, b = socket.udp(), socket.udp()
a:setsockname("127.0.0.1", 0)
b:settimeout(0.02)
show("udp", class(a), class(b))
show("peer", b:setpeername("127.0.0.1", select(2, a:getsockname())), class(b))
show("send", b:send("hello"))
local data, from, from_port = a:receivefrom()
show("receivefrom", data, from, type(from_port))
show("sendto", a:sendto("back", from, from_port))
show("receive", b:receive())
show("none", b:receive())
show("truncated", b:send("0123456789"), a:receive(4))
show("empty", b:send(""), #a:receive())
show("dissolved", b:setpeername("*"), class(b))
a:close()
b:close()

-- try and protect.
local finalized = false
local try = socket.newtry(function() finalized = true end)
show("try", try(1, "two"))
show("protect", socket.protect(function() try(nil, "the reason") end)())
show("finalized", finalized)
show("an error", pcall(socket.protect(function() error("plain", 0) end)))
show("skip", socket.skip(2, "a", "b", "c", "d"))

-- Sources and sinks.
local listener = assert(socket.bind("127.0.0.1", 0))
local one = assert(socket.connect("127.0.0.1", (select(2, listener:getsockname()))))
local two = assert(listener:accept())
local sink = socket.sink("close-when-done", one)
show("sink", sink("chunk one "), sink("chunk two"), sink(nil))
local source, parts = socket.source("until-closed", two), {}
for data in source do parts[#parts + 1] = data end
show("source", table.concat(parts))

-- Names and time.
show("toip", (socket.dns.toip("127.0.0.1")))
show("tohostname", (socket.dns.tohostname("127.0.0.1")))
show("hostname", #socket.dns.gethostname() > 0)
local before = socket.gettime()
socket.sleep(0.02)
show("slept", socket.gettime() - before >= 0.019)

-- Unix sockets.
local unix = require "socket.unix"
local path = os.tmpname()
os.remove(path)
local us = assert(unix.stream())
show("unix", us:bind(path), us:listen())
local uc = assert(unix.stream())
show("connect", uc:connect(path))
local up = us:accept()
uc:send("over a path\n")
show("came", up:receive())
uc:close()
show("closed", up:receive())
os.remove(path)
