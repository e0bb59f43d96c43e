-- A client that is ESTABLISHED while its server knows nothing of it: the last ACK of
-- its handshake came when the completed queue was full, and was ignored. What it sends
-- is ignored too, until accept makes room: then a repetition completes the handshake.
need("lab")
local client, server = host("client"), host("server")
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
local late = begin(1001)
begin(1002)
begin(1003)
release()
expect.equal(state(late), "ESTABLISHED")
expect.queue(listener, { incomplete = 1, completed = 2 })
print("the client is ESTABLISHED, the server's entry is SYN_RCVD")

late:send("hello")
expect.equal(select(2, state(late)).send, 5)
expect.equal(server:counters("ListenOverflows").ListenOverflows, 2)
print("the ACK and the data were ignored: ListenOverflows +2")

listener:accept():close()
listener:accept():close()
local a, from = listener:accept({ timeout = 10 })
expect.equal(from, "10.0.0.1:1001")
expect.equal(a:recv(), "hello")
expect.truthy(info(late).total_retrans > 0)
print("accept has made room, and a repetition brought the ACK and the data")
lab("end")
