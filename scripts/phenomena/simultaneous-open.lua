-- Two clients call each other: their SYNs cross, and one connection comes of it,
-- without a listener (RFC 9293, section 3.5).
need("lab")
local left, right = host("left"), host("right")
local l, r = left:socket(), right:socket()
l:bind("10.0.0.1:1001")
r:bind("10.0.0.2:1002")
journal("clear")
hold()
local one = spawn(connect, l, "10.0.0.2:1002")
local other = spawn(connect, r, "10.0.0.1:1001")
yield()

local function both(name) expect.equal({ (state(l)), (state(r)) }, { name, name }) end
both("SYN_SENT")
step(2) -- the two SYNs
both("SYN_RCVD")
release()
both("ESTABLISHED")
one:join()
other:join()
l:send("hello")
expect.equal(r:recv(), "hello")
print(ladder())
lab("end")
