-- A listener closes while connections wait. Those that are complete are reset at once;
-- one whose handshake is under way hears nothing, until its next segment is answered by
-- a RST.
need("lab")
local client, server = host("client"), host("server")
local listener = server:socket()
listener:bind("10.0.0.2:80")
listener:listen(2)
local function begin(port)
  local c = client:socket()
  c:bind("10.0.0.1:" .. port)
  c:connect("10.0.0.2:80")
  return c
end
local complete = begin(1001)
hold({ flags = "ack", from = client })
local half = begin(1002)
expect.queue(listener, { incomplete = 1, completed = 1 })
journal("clear")

listener:close()
expect.equal({ (state(complete)), (state(half)) }, { "CLOSE", "ESTABLISHED" })
expect.errno("ECONNRESET", recv, complete)
release() -- the last segment of its handshake
expect.equal(state(half), "CLOSE")
expect.errno("ECONNRESET", recv, half)
print(ladder())
lab("end")
