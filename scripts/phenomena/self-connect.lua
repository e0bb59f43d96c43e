-- A socket that connects to itself: its SYN meets its SYN. A client that tries a local
-- port that nobody serves, again and again, may meet itself like this.
need("lab")
local s = host("alone"):socket()
s:bind("127.0.0.1:1001")
journal("clear")

s:connect("127.0.0.1:1001")
expect.equal(state(s), "ESTABLISHED")
expect.equal(s:getpeername(), s:getsockname())
s:send("who is there?")
expect.equal(s:recv(), "who is there?")
s:close()
expect.equal(state(s), "TIME_WAIT")
print(ladder())
lab("end")
