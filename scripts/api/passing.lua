-- Passing descriptors: an open file goes from one process to another, as a control message.
--
-- POSIX: sendmsg with SCM_RIGHTS over a unix socket gives the receiver descriptors of
-- its own for the same open files, as dup would. Linux: at most 253 in one message;
-- what finds no room is closed, and the flags say ctrunc. Here both ends are this
-- script, which makes no difference to the kernel.

local open = #handles()
local function fact(text, ...) print("* " .. text:format(...)) end
local function close(...) for _, h in ipairs({...}) do h:close() end end

local from, to = socketpair("unix", "stream")

print("A connection changes hands")
local listener = socket()
local address = listener:bind("127.0.0.1:0")
listener:listen()
local client = socket()
client:connect(address)
local conn = listener:accept()
from:sendmsg("take over", {fds = conn})
conn:close()
client:send("who is there?")
fact("the descriptor is on its way, and its sender has closed its own: the connection lives")
local data, message = to:recvmsg()
local worker = message.fds[1]
expect.equal(data, "take over")
expect.equal(worker:getpeername(), client:getsockname())
expect.equal(worker:recv(), "who is there?")
worker:send("the worker")
expect.equal(client:recv(), "the worker")
fact("recvmsg gives a new handle, %s, of the same connection: nothing was lost", tostring(worker))
close(worker)
expect.eof(client)
fact("now that the last descriptor is closed, the client reads eof")
close(client)

print("One open file, two descriptors")
from:sendmsg("", {fds = listener}) -- on a stream nothing goes out without data
expect.errno("EAGAIN", recvmsg, to, {flags = "dontwait"})
fact("a stream carries control messages beside data only: with none, nothing is sent")
from:sendmsg("x", {fds = listener})
local again = select(2, to:recvmsg()).fds[1]
expect.equal(getsockopt(again, "SO_ACCEPTCONN"), true)
client = socket()
client:connect(address)
conn = again:accept()
fact("a listener that was passed on accepts; a server is renewed like that without a gap")
again:setsockopt("SO_KEEPALIVE", true)
expect.equal(getsockopt(listener, "SO_KEEPALIVE"), true)
fact("options are the socket's: set through one descriptor, seen through the other")
close(client, conn, again)

print("Several, and too many")
from:sendmsg("three", {fds = {from, to, listener}})
data, message = to:recvmsg()
expect.equal(#message.fds, 3)
close(unpack(message.fds))
fact("three come in the order in which they were sent")
local before = #handles()
from:sendmsg("three", {fds = {from, to, listener}})
data, message = to:recvmsg({room = 24}) -- a header of 16 bytes, and two descriptors
expect.equal(message.flags, "ctrunc")
expect.equal(#message.fds, 2)
close(unpack(message.fds))
fact("with room for two the third is closed by the kernel; flags: %s", message.flags)
from:sendmsg("none", {fds = from})
expect.equal(to:recv(), "none")
expect.equal(#handles(), before)
fact("recv takes the data alone; the descriptor is closed, none is left open")
local many = {}
for i = 1, 254 do many[i] = from end
expect.errno("EINVAL", sendmsg, from, "x", {fds = many})
fact("254 in one message: EINVAL")

print("Messages keep apart")
from:send("plain ")
from:sendmsg("with one", {fds = from})
from:send(" and plain")
expect.equal(to:recvmsg(), "plain with one")
data, message = to:recvmsg()
expect.equal(data, " and plain")
fact("Linux: a receive joins what came before, and ends with the piece that had descriptors")

close(from, to, listener)
for i = #handles(), open + 1, -1 do handles()[i].handle:close() end
print("All as POSIX says, and Linux.")
