-- The tutorial's two programs, tutorial/server and tutorial/client, talk to each other.
--
-- Usage: run tutorial/conversation
-- Both run here as they are, at the tutorial's own address, on a host of a private
-- network where nobody else can have it. What a person would type stands below.
need("lab")

local step = 0
local function say(text, ...)
  step = step + 1
  print(("%2d. " .. text):format(step, ...))
end

-- Whoever calls input, print, io.write or exit is the server or the client: each gets its
-- own lines, and what it says is kept.
local lines, said = {}, { server = "", client = "" }
local own = { input = input, print = print, exit = exit, write = io.write }
local function who() return debug.getinfo(3, "S").source:match("tutorial/(%a+)%.lua$") end
local function hear(name, text)
  if not said[name] then return false end
  said[name] = said[name] .. text
  return true
end
function input(prompt)
  local name = who()
  if not lines[name] then return own.input(prompt) end
  hear(name, prompt .. "\n")
  return table.remove(lines[name], 1)
end
function print(...)
  if not hear(who(), table.concat({ ... }, "\t") .. "\n") then own.print(...) end
end
function io.write(...)
  if not hear(who(), table.concat({ ... })) then return own.write(...) end
end
function exit(status)
  if not hear(who(), ("(exit %d)\n"):format(status)) then own.exit(status) end
end
defer(function() input, print, exit, io.write = own.input, own.print, own.exit, own.write end)

-- spoken gives what one has said since it was last asked.
local function spoken(name)
  local text = said[name]
  said[name] = ""
  return text
end
local ask = "input something to send: \n"

local home = host("home")
at(home)
defer(at, "real")

-- sockets_here lists those of the programs that are open.
local function sockets_here()
  local all = {}
  for _, row in ipairs(handles()) do
    if row.host == home then all[#all + 1] = row end
  end
  return all
end

print("The server")
lines.server = { "hello yourself", "bye" }
local server = spawn(run, "tutorial/server")
eventually(function() return said.server ~= "" end)
expect.equal(spoken("server"), "prepared for connection\n")
local listener = sockets_here()[1]
expect.equal(listener.address, "127.0.0.1:2333")
expect.equal(queues(listener.handle).backlog, 1024)
say("bind()          127.0.0.1:2333, the address that clients know")
say("listen(1024)    \"prepared for connection\": accept waits")

print("The client")
lines.client = { "hello", "goodbye" }
run("tutorial/client")
say("connect()       \"connect confirm\", on both sides")
say("send(), recv()  turn by turn, until the client's input ends")
eventually(function() return said.server:find("has left") end)
expect.equal(spoken("client"), "connect confirm\n" .. ask .. "server: hello yourself\n" .. ask .. "server: bye\n" .. ask .. "\nthe input has ended\n")
expect.equal(spoken("server"), "connect confirm\nclient: hello\n" .. ask .. "client: goodbye\n" .. ask .. "the client has left\nprepared for connection\n")
say("close()         by the client: the server waits for the next one")

print("As the tutorial has it, the server sends each line twice")
server:cancel()
listener.handle:close()
lines.server = { "again" }
server = spawn(run, "tutorial/server", "--twice")
eventually(function() return said.server:find("prepared") end)
lines.client = { "hello", "hello?" }
run("tutorial/client")
local heard = spoken("client"):gsub(ask, ""):gsub("server: ", ""):gsub("\n", "")
expect.match(heard, "^connect confirmagainagain")
say("send(), send()  one recv(1024) may give both, or each its own: TCP keeps no borders")

print("When it goes wrong")
server:cancel()
for _, row in ipairs(sockets_here()) do row.handle:close() end
lines.client = { "hello?" }
run("tutorial/client")
expect.match(spoken("client"), "^connect unsuccess: .*ECONNREFUSED.*%(exit 1%)\n$")
say("connect()       without a server: \"connect unsuccess\"")
lab("end")
print("As the tutorial says, but that an empty recv is told apart: the other side has left.")
