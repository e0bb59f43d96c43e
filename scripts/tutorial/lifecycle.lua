-- The whole life of a connection, call by call: start here.
--
-- Usage: run tutorial/lifecycle [ADDRESS]     (default: a free port of 127.0.0.1)
-- Each step says what it does, does it, and checks what the kernel answered.

local step, open = 0, #handles()
local function say(text, ...)
  step = step + 1
  print(("%2d. " .. text):format(step, ...))
end
local function state(s) return getsockopt(s, "TCP_INFO").state end

print("The server")
local server = socket()
say("socket()        handle %s is descriptor %d: to the kernel, a file", tostring(server), server:fd())
expect.equal(server:getsockname(), "0.0.0.0:0", "a fresh socket has no address")

server:setsockopt("SO_REUSEADDR", true) -- an address in TIME_WAIT is no hindrance
local address = server:bind(arg[1] or "127.0.0.1:0")
say("bind()          gives it the address %s", address)

server:listen(8)
say("listen()        returns at once; the state is now %s", state(server))
expect.equal(state(server), "LISTEN")

print("The client")
local client = socket()
client:connect(address)
say("connect()       shakes hands; nobody has called accept, and the state is %s", state(client))
expect.equal(state(client), "ESTABLISHED")
say("getsockname()   the system chose the client's address: %s", client:getsockname())
expect.equal(getsockopt(server, "TCP_INFO").queued, 1, "the kernel has queued the connection")

print("The server")
local conn, peer = server:accept()
say("accept()        takes it from the queue: a new handle, %s, for the peer %s", tostring(conn), peer)
expect.equal(peer, client:getsockname())
expect.equal(conn:getsockname(), address, "same local address as the listener")

print("Both")
client:send("hello")
local heard = conn:recv(1024)
say("send(), recv()  the server hears %q", heard)
expect.equal(heard, "hello")
conn:send("hello yourself")
heard = client:recv(1024)
say("send(), recv()  the client hears %q", heard)
expect.equal(heard, "hello yourself")

local ok, why = try(send, server, "x")
say("send()          on the listener fails: %s", why.errno)
expect.equal(why.errno, "EPIPE", "a listener carries no data")

print("The end")
client:close()
expect.eof(conn)
say("close()         by the client: the server's recv says eof, its state is %s", state(conn))
expect.equal(state(conn), "CLOSE_WAIT")
server:close()
local late = socket()
expect.errno("ECONNREFUSED", connect, late, address)
say("close()         of the listener: a new connect is refused")
late:close()
conn:close()
expect.equal(#handles(), open, "no handle is left open")
print("All as the tutorial says.")
