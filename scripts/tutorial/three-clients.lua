-- Three clients make four sockets on the server; the listener may go early.
--
-- Usage: run tutorial/three-clients [ADDRESS]     (default: a free port of 127.0.0.1)

local step, open = 0, #handles()
local function say(text, ...)
  step = step + 1
  print(("%2d. " .. text):format(step, ...))
end

local server = socket()
server:setsockopt("SO_REUSEADDR", true) -- an address in TIME_WAIT is no hindrance
local address = server:bind(arg[1] or "127.0.0.1:0")
server:listen(8)

-- The clients' own sockets are in the table too, as one process plays both parts.
local function on_server()
  local count = { LISTEN = 0, ESTABLISHED = 0 }
  for _, row in ipairs(handles()) do
    if row.address == address then
      count[row.state] = count[row.state] + 1
      print(("      %3s  fd %-3d  %-11s  %s  %s"):format(tostring(row.handle), row.fd, row.state, row.address, row.peer or ""))
    end
  end
  return count
end

local clients, conns = {}, {}
local function talk(note)
  for i, client in ipairs(clients) do
    client:send("question " .. i)
    expect.equal(conns[i]:recv(1024), "question " .. i, note)
    conns[i]:send("answer " .. i)
    expect.equal(client:recv(1024), "answer " .. i, note)
  end
end

print("Three clients")
for i = 1, 3 do
  clients[i] = socket()
  clients[i]:connect(address)
  conns[i] = server:accept()
end
say("accept()        three times; the server's sockets, all at one address:")
expect.equal(on_server(), { LISTEN = 1, ESTABLISHED = 3 })
talk("before the listener is closed")
say("send(), recv()  data flows both ways on all three")

print("Without the listener")
local forgotten = socket()
forgotten:connect(address)
server:close()
say("close()         of the listener; the server's sockets:")
expect.equal(on_server(), { LISTEN = 0, ESTABLISHED = 3 })
talk("after the listener was closed")
say("send(), recv()  data still flows both ways on all three")
expect.errno("ECONNRESET", recv, forgotten)
say("recv()          by a client that was queued but never accepted: ECONNRESET")
local late = socket()
expect.errno("ECONNREFUSED", connect, late, address)
say("connect()       by a new client: ECONNREFUSED")

for i, client in ipairs(clients) do
  client:close()
  expect.eof(conns[i])
  conns[i]:close()
end
forgotten:close()
late:close()
expect.equal(#handles(), open, "no handle is left open")
print("As the tutorial says, with one thing to add: the queue goes with its listener.")
