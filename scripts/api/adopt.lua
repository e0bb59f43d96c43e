-- Descriptors from outside become handles: what they are, the kernel tells.
--
-- Usage: run api/adopt, or as systemd starts a service:
--   systemd-socket-activate -l 2333 socksh run api/adopt
-- A descriptor may be inherited, or come over a unix socket. Its O_NONBLOCK is not this
-- program's alone, so it stays as it is; the calls wait all the same, each in its task.

local open = #handles()
local function fact(text, ...) print("* " .. text:format(...)) end
local function row(h) for _, r in ipairs(handles()) do if r.handle == h then return r end end end

if os.getenv("LISTEN_FDS") then
  print("From the service manager (LISTEN_FDS)")
  for _, h in ipairs({adopt("listen")}) do
    fact("%s is %s %s %s at %s", tostring(h), row(h).family, row(h).type, row(h).state, tostring(h:getsockname()))
  end
else
  print("From the service manager: nothing")
  local why = expect.error(adopt, "listen")
  expect.match(tostring(why), "LISTEN_FDS")
  fact("LISTEN_FDS is not set")
end

print("Standard input")
local input = adopt(0)
fact("0 is a %s %s", row(input).family, row(input).type)
expect.truthy(input:fd() > 2)
input:close()
fact("the handle is a duplicate: closing it leaves standard input open")
expect.errno("EBADF", adopt, 1000000)

print("Over a unix socket")
local from, to = socketpair()
local function outside(h) -- what another process would get
  from:sendmsg("x", {fds = h})
  h:close()
  return select(2, to:recvmsg()).fds[1]
end

local plain = socket()
local address = plain:bind("127.0.0.1:0")
plain:listen()
local listener = outside(plain)
expect.equal(row(listener).state, "LISTEN")
expect.equal(listener:nonblock(), false)
fact("a listener: SO_TYPE, SO_DOMAIN and SO_ACCEPTCONN say so; it blocks, as its file does")

local job = spawn(accept, listener)
local client = socket()
client:connect(address)
local conn = outside(join(job))
expect.equal(conn:getpeername(), client:getsockname())
fact("accept waited in its task; the connection is another one from outside")

expect.timeout(recv, conn, {timeout = 0.01})
local heard = spawn(recv, conn)
client:send("hello")
expect.equal(join(heard), "hello")
fact("recv waits, and a timeout ends it: MSG_DONTWAIT leaves the file as it is")

local again = conn:dup()
conn:nonblock(true)
expect.equal(again:nonblock(), true)
expect.errno("EAGAIN", recv, again)
fact("O_NONBLOCK is the file's: set through one descriptor, it holds for its duplicate")

for i = #handles(), open + 1, -1 do handles()[i].handle:close() end
