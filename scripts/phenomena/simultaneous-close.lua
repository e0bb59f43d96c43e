-- Both sides close at once: their FINs cross on the cable, and both are CLOSING until
-- the acknowledgements arrive. Both end in TIME_WAIT.
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

local function both(name) expect.equal({ (state(c)), (state(a)) }, { name, name }) end
c:close()
a:close()
both("FIN_WAIT1")
step(2) -- the two FINs
both("CLOSING")
step(2) -- their acknowledgements
both("TIME_WAIT")
print(ladder())
lab("end")
