-- A SYN that nobody answers is repeated, and given up: ETIMEDOUT. TCP_SYNCNT says how
-- often, and the kernel's timers when: after a second each.
need("lab")
local client = host("client")
host("server")
cut()
local c = client:socket()
c:setsockopt("TCP_SYNCNT", 1)
local before = clock()
expect.errno("ETIMEDOUT", connect, c, "10.0.0.2:80")
local sent = wire().lost
expect.truthy(clock() - before > 1 and sent > 1)
expect.equal(client:counters("TCPSynRetrans").TCPSynRetrans, sent - 1)
print("the SYN was repeated, every one was lost; then ETIMEDOUT")
lab("end")
