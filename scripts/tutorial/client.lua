-- The tutorial's client: asks for a line, sends it, prints the server's answer.
-- tags: manual
local usage = [[
Usage: run tutorial/client [ADDRESS]     (default: 127.0.0.1:2333)

Talks to tutorial/server in another terminal, or to nc -l.
It ends when its input ends (^D) or when the server leaves.]]

local address = "127.0.0.1:2333"
for _, word in ipairs(arg) do
  if word == "--help" then
    print(usage)
    return
  elseif word:sub(1, 1) == "-" then
    io.stderr:write("unknown option ", word, "\n", usage, "\n")
    exit(2)
  else
    address = word
  end
end

-- An empty line is no bytes at all: the server would never see it, and wait.
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
  io.write("server: ", text, text:sub(-1) == "\n" and "" or "\n") -- nc sends the line's end too
end

local client = socket(address:sub(1, 1) == "[" and "inet6" or "inet") -- no bind: connect chooses its port
local ok, why = try(function()
  client:connect(address)
  print("connect confirm")
  local text, rest = "", ""
  while true do
    local line = ask()
    if not line then
      print("\nthe input has ended")
      break
    end
    client:sendall(line)
    local data = client:recv(1024)
    if not data then
      print("the server has left")
      break
    end
    text, rest = whole(rest .. data)
    show(text)
  end
  if rest ~= "" then show(rest) end
end)
client:close()
if not ok then
  print("connect unsuccess: " .. why) -- the tutorial's words for any failure ("connenct"); ours tell which
  exit(1)
end
