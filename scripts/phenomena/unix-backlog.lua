-- A unix listener with backlog 0 lets one in. There is no SYN to repeat: a connect that
-- may wait does so until there is room, one that may not is refused at once.
local l = socket("unix")
l:bind("unix:")
l:listen(0)
local name = l:getsockname()
local first, second = socket("unix"), socket("unix")
first:connect(name)
second:nonblock(true)
expect.errno("EAGAIN", connect, second, name)
print("unix, listen(0): one waits, the second connect is EAGAIN")
local accepted = l:accept()
second:connect(name)
print("  after accept there is room")
for _, h in ipairs { first, second, accepted, l } do h:close() end
expect.no_leaks()
