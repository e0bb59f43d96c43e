-- What a socket is, and how it gets its address: by bind, or from the system.
--
-- Usage: run tutorial/addresses [ADDRESS]     (default: a free port of 127.0.0.1)
-- With 127.0.0.1:2333 the server takes the tutorial's own address.

local step, open = 0, #handles()
local function say(text, ...)
  step = step + 1
  print(("%2d. " .. text):format(step, ...))
end
local function port(address) return tonumber(address:match(":(%d+)$")) end
local function read(path)
  local file = expect.truthy(io.open(path))
  local text = file:read("*a")
  file:close()
  return text
end

print("A socket is a file")
local server = socket()
local inode = read("/proc/self/fdinfo/" .. server:fd()):match("ino:%s*(%d+)")
say("socket()        gives descriptor %d, which is inode %s among the files of this process", server:fd(), inode)
expect.truthy(inode)
local rows = handles()
expect.equal(rows[#rows].handle, server)
expect.equal(rows[#rows].fd, server:fd(), "the table has handle and descriptor")
say("handles()       the table has both: handle %s, descriptor %d", tostring(server), rows[#rows].fd)
local left, right = socketpair()
left:write("as to a file")
local heard = right:read(1024)
say("write(), read() work as on a file; they are send and recv by another name: %q", heard)
expect.equal(heard, "as to a file")
left:close()
right:close()

print("It has a family, and no address yet")
say("getsockname()   of a fresh inet socket: %s", server:getsockname())
expect.equal(server:getsockname(), "0.0.0.0:0")
expect.errno("ENOTCONN", getpeername, server)
local path = socket("unix")
say("getsockname()   of a fresh unix socket: %s", path:getsockname())
expect.equal(path:getsockname(), "unnamed")

print("bind() gives it one, of its own family")
local asked = arg[1] or "127.0.0.1:0"
server:setsockopt("SO_REUSEADDR", true) -- an address in TIME_WAIT is no hindrance
local address = server:bind(asked)
say("bind()          AF_INET: asked for %s, got %s", asked, address)
expect.equal(server:getsockname(), address)
if port(asked) ~= 0 then expect.equal(port(address), port(asked)) end

local ok, ours = try(read, "/proc/net/if_inet6")
if ok and ours:find(("0"):rep(31) .. "1") then
  local six = socket("inet6")
  expect.equal(six:getsockname(), "[::]:0")
  local got = six:bind("[::1]:0")
  say("bind()          AF_INET6: asked for [::1]:0, got %s", got)
  expect.equal(six:getsockname(), got)
  six:close()
else
  say("bind()          AF_INET6: skipped, this system has no address ::1")
end

local name = os.tmpname()
os.remove(name)
say("bind()          AF_UNIX: an address is a path: %s", path:bind(name))
expect.equal(path:getsockname(), "unix:" .. name)
path:close()
say("close()         leaves the path; whoever made it removes it")
expect.truthy(os.remove(name))

local other = socket()
expect.errno("EAFNOSUPPORT", bind, other, "[::1]:0")
say("bind()          of an IPv6 address to an AF_INET socket fails: EAFNOSUPPORT")
expect.errno("EINVAL", bind, server, "127.0.0.1:0")
say("bind()          a second time fails: EINVAL")
expect.errno("EADDRINUSE", bind, other, address)
say("bind()          of an address that another socket has fails: EADDRINUSE")
other:close()

print("Without bind() the system chooses")
local low, high = read("/proc/sys/net/ipv4/ip_local_port_range"):match("(%d+)%s+(%d+)")
low, high = tonumber(low), tonumber(high)
local function chosen(a) return port(a) >= low and port(a) <= high end

local unbound = socket()
unbound:listen()
say("listen()        chooses a port, on every address of this machine: %s", unbound:getsockname())
expect.match(unbound:getsockname(), "^0%.0%.0%.0:")
expect.truthy(chosen(unbound:getsockname()), "the port is of the system's range")
unbound:close()

server:listen()
local client = socket()
client:connect(address)
say("connect()       chooses the address that leads to the server, and a port: %s", client:getsockname())
expect.truthy(chosen(client:getsockname()), "the port is of the system's range")
say("                both ports are of ip_local_port_range, %d to %d", low, high)

print("A server's address must be known; a client's need not")
local conn, peer = server:accept()
say("accept()        the server learns the client's address from the connection: %s", peer)
expect.equal(peer, client:getsockname())
expect.equal(client:getpeername(), address)

local bound = socket()
local mine = bound:bind("127.0.0.1:0")
bound:connect(address)
local conn2, peer2 = server:accept()
say("bind()          a client may choose, too: bound to %s, seen as %s", mine, peer2)
expect.equal(peer2, mine)

for _, s in ipairs { client, bound, conn, conn2, server } do s:close() end
expect.equal(#handles(), open, "no handle is left open")
print("All as the tutorial says.")
