-- TIME_WAIT: who closes first keeps the pair of addresses for a minute. Meanwhile no
-- other socket gets its address without SO_REUSEADDR; but a new SYN of the same client
-- takes the pair over.
need("lab")
local client, server = host("client"), host("server")
local function listener()
  local l = server:socket()
  l:setsockopt("SO_REUSEADDR", true)
  l:bind("10.0.0.2:80")
  l:listen(1)
  return l
end
local function connection()
  local c = client:socket()
  c:bind("10.0.0.1:1001")
  c:connect("10.0.0.2:80")
  return c
end
local l, c = listener(), connection()
local a = l:accept()
journal("clear")

a:close()
c:close()
expect.equal({ (state(a)), (state(c)) }, { "TIME_WAIT", "gone" })
local _, more = state(a)
expect.equal(more.timer, "time_wait")
expect.truthy(more.expires > 50 and more.expires <= 60, "a minute")
l:close()
local without = server:socket()
expect.errno("EADDRINUSE", bind, without, "10.0.0.2:80")
without:close()
l = listener()
c = connection()
expect.equal(state(a), "gone")
expect.equal(state(c), "ESTABLISHED")
print(ladder())
lab("end")
