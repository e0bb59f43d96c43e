-- A handshake that ends while the completed queue is full: Linux ignores the last
-- ACK, unless tcp_abort_on_overflow says to reset. The client was ESTABLISHED before.
need("lab")
local client, server = host("client"), host("server")
server:sysctl("net.ipv4.tcp_abort_on_overflow", "1")
local listener = server:socket()
listener:bind("10.0.0.2:80")
listener:listen(1) -- two get in
local function begin(port)
  local c = client:socket()
  c:bind("10.0.0.1:" .. port)
  c:connect("10.0.0.2:80")
  return c
end

hold({ flags = "ack", when = function(segment) return segment.from == "10.0.0.1:1001" end })
local late = begin(1001) -- its third segment is held
begin(1002)
begin(1003)
expect.queue(listener, { incomplete = 1, completed = 2 })
journal("clear")
release()
expect.equal(state(late), "CLOSE")
expect.errno("ECONNRESET", recv, late)
expect.equal(server:counters("ListenOverflows").ListenOverflows, 1)
print(ladder())
lab("end")
