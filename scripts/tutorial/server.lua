-- The tutorial's server: prints what the client says, asks for an answer, sends it.
-- tags: manual
local usage = [[
Usage: run tutorial/server [--twice] [ADDRESS]     (default: 127.0.0.1:2333)

Serves one client after the other; the others wait in the kernel's queue.
Talk to it with tutorial/client in another terminal, or with nc.
--twice sends each line two times, as the tutorial's program does.
Port 0 lets the system choose; the server then prints its address.]]

local address, twice = "127.0.0.1:2333", false
for _, word in ipairs(arg) do
  if word == "--help" then
    print(usage)
    return
  elseif word == "--twice" then
    twice = true
  elseif word:sub(1, 1) == "-" then
    io.stderr:write("unknown option ", word, "\n", usage, "\n")
    exit(2)
  else
    address = word
  end
end

-- An empty line is no bytes at all: the client would never see it, and wait.
local function ask()
  local line
  repeat line = input("input something to send: ") until line ~= ""
  return line
end

-- recv(1024) counts bytes and may cut a character in two. Returns the text up to
-- the last whole character, and the bytes that wait for the rest of theirs.
-- Bytes that cannot become UTF-8 are text as they are: none is lost.
local function whole(bytes)
  local text, first = bytes:match("^(.*)([\194-\244][\128-\191]*)$")
  if not text then return bytes, "" end
  local lead = first:byte()
  local size = lead < 224 and 2 or lead < 240 and 3 or 4
  if #first >= size then return bytes, "" end
  return text, first
end

local function show(text)
  io.write("client: ", text, text:sub(-1) == "\n" and "" or "\n") -- nc sends the line's end too
end

-- Talks with one client until it leaves. Returns false when our input has ended.
local function talk(conn)
  local text, rest = "", ""
  while true do
    local data = conn:recv(1024)
    if not data then
      -- The tutorial's program takes this for an empty message: it prints an
      -- empty line and asks for an answer, again and again, until a send fails.
      if rest ~= "" then show(rest) end
      print("the client has left")
      return true
    end
    text, rest = whole(rest .. data)
    show(text)
    local line = ask()
    if not line then
      print("\nthe input has ended")
      return false
    end
    conn:sendall(line)
    if twice then conn:sendall(line) end
  end
end

local server = socket(address:sub(1, 1) == "[" and "inet6" or "inet")
-- A server that ends first leaves its address in TIME_WAIT for a minute, and
-- without this option its next start would fail with EADDRINUSE.
server:setsockopt("SO_REUSEADDR", true)
local bound = server:bind(address)
server:listen(1024)
if bound ~= address then print("listening on " .. bound) end
if twice then
  print("each line goes out twice; TCP keeps no borders between messages,")
  print("so one recv(1024) of the client may give both, or one now and one next time")
end

local serving = true
while serving do
  print("prepared for connection")
  local conn = server:accept()
  print("connect confirm")
  local ok, result = try(talk, conn)
  if ok then
    serving = result
  elseif result.errno then
    print("the client is lost: " .. result) -- its connection broke; the server goes on
  else
    error(result, 0)
  end
  conn:close()
end
server:close()
