-- Bulk data from host to host, through the cable, with its journal.
local client, server = host("client"), host("server")
local l = server:socket() l:bind("10.0.0.2:80") l:listen()
local c = client:socket() c:connect("10.0.0.2:80")
local a = l:accept()
local n = 64
local d = spawn(discard, a)
local chunk = ("x"):rep(1024*1024)
local t = clock()
for i = 1, n do c:send(chunk) end
c:close()
d:join()
print(("%.0f MB/s"):format(n * 1.048576 / (clock() - t)))
