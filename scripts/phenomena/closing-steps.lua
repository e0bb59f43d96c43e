-- The states of an end, one segment at a time: FIN_WAIT1, CLOSE_WAIT, FIN_WAIT2,
-- LAST_ACK, TIME_WAIT. Each side moves when a segment arrives, and not before.
need("lab")
local client, server = host("client"), host("server")
local listener = server:socket()
listener:bind("10.0.0.2:80")
listener:listen(1)
local c = client:socket()
c:bind("10.0.0.1:1001")
c:connect("10.0.0.2:80")
local a = listener:accept()
journal("clear")
hold()

local function both(client_is, server_is) expect.equal({ (state(c)), (state(a)) }, { client_is, server_is }) end
c:close()
both("FIN_WAIT1", "ESTABLISHED")
step() -- the client's FIN
both("FIN_WAIT1", "CLOSE_WAIT")
step() -- its acknowledgement
both("FIN_WAIT2", "CLOSE_WAIT")
a:close()
both("FIN_WAIT2", "LAST_ACK")
step() -- the server's FIN
both("TIME_WAIT", "LAST_ACK")
step() -- the last acknowledgement
both("TIME_WAIT", "gone")
print(ladder())
lab("end")
