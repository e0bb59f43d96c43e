-- LuaSocket's mime.core: the low-level filters. Each takes what was left of the
-- text before and new text, and gives what it makes of them and what is left;
-- without new text it ends.

local core = { _VERSION = "MIME over socksh" }

-- whole cuts text into what can be converted now and what is left.
local function whole(text, unit) return text:sub(1, #text - #text % unit), text:sub(#text - #text % unit + 1) end

local function filter(unit, convert)
  return function(a, b)
    if not a then return nil, nil end
    if not b then return convert(a, true), nil end
    local now, left = whole(a .. b, unit)
    return convert(now, false), left
  end
end

core.b64 = filter(3, function(text) return base64.encode(text) end)

function core.unb64(a, b)
  if not a then return nil, nil end
  local text = (a .. (b or "")):gsub("[^%w+/=]", "")
  local now, left = whole(text, 4)
  return base64.decode(now), b and left or nil
end

local function quoted(c) return ("=%02X"):format(c:byte()) end

-- Quoted-printable, RFC 2045: the marker for a line's end, and blanks before one
-- quoted. Where the text ends in the middle of what may be either, it ends with a
-- soft break.
function core.qp(a, b, marker)
  if not a then return nil, nil end
  local text, out, at = a .. (b or ""), {}, 1
  while at <= #text do
    local c, ahead = text:sub(at, at), #text - at
    local blank = c == " " or c == "\t"
    if c == "\r" and ahead < 1 or blank and ahead < 2 then break end
    if c == "\r" and text:sub(at + 1, at + 1) == "\n" then
      out[#out + 1], at = marker or "\r\n", at + 1
    elseif blank and text:sub(at + 1, at + 2) ~= "\r\n" or not blank and c:find("^[\33-\60\62-\126]") then
      out[#out + 1] = c
    else
      out[#out + 1] = quoted(c)
    end
    at = at + 1
  end
  local left = text:sub(at)
  if b then return table.concat(out), left end
  out[#out + 1] = left:gsub("[^\33-\60\62-\126]", quoted)
  if left ~= "" then out[#out + 1] = "=\r\n" end
  return table.concat(out), nil
end

-- What is neither printable nor a line's end is dropped, as RFC 2045 allows.
function core.unqp(a, b)
  if not a then return nil, nil end
  local text, out, at = a .. (b or ""), {}, 1
  while at <= #text do
    local c = text:sub(at, at)
    local size = c == "=" and 3 or c == "\r" and 2 or 1
    local atom = text:sub(at, at + size - 1)
    if #atom < size then break end
    if c == "=" then
      local digits = atom:match("^=(%x%x)$")
      out[#out + 1] = digits and string.char(tonumber(digits, 16)) or atom ~= "=\r\n" and atom or ""
    elseif atom == "\r\n" or c:find("[\t\32-\126]") then
      out[#out + 1] = atom
    end
    at = at + size
  end
  return table.concat(out), b and text:sub(at) or nil
end

-- wrapper makes a filter that breaks lines which are longer than length; left is
-- how much of the last one is free, and need how much a character wants.
local function wrapper(break_text, need)
  return function(left, text, length)
    length = length or 76
    if not text then return left < length and break_text or nil, length end
    local out = {}
    for c in text:gmatch("[^\r]") do
      if c == "\n" then
        out[#out + 1], left = "\r\n", length
      else
        if left < need(c) then out[#out + 1], left = break_text, length end
        out[#out + 1], left = c, left - 1
      end
    end
    return table.concat(out), left
  end
end

core.wrp = wrapper("\r\n", function() return 1 end)

-- A soft break takes a place, and must not part an =XX.
core.qpwrp = wrapper("=\r\n", function(c) return c == "=" and 4 or 2 end)

-- eol makes every line's end the marker; last is the code of a CR or LF that
-- another may follow, 0 for none.
function core.eol(last, text, marker)
  marker = marker or "\r\n"
  if not text then return nil, 0 end
  local out = {}
  for c in text:gmatch(".") do
    local code = c:byte()
    if code ~= 13 and code ~= 10 then
      out[#out + 1], last = c, 0
    elseif last ~= 0 and last ~= code then
      last = 0 -- the second of a pair
    else
      out[#out + 1], last = marker, code
    end
  end
  return table.concat(out), last
end

-- dot doubles a dot at the start of a line, RFC 5321; state counts how much of
-- CR LF came last.
function core.dot(state, text)
  if not text then return nil, 2 end
  local out = {}
  for c in text:gmatch(".") do
    if c == "\r" then state = 1
    elseif c == "\n" and state == 1 then state = 2
    elseif c == "." and state == 2 then
      out[#out + 1], state = ".", 0
    else state = 0 end
    out[#out + 1] = c
  end
  return table.concat(out), state
end

return core
