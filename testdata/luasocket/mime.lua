-- The filters of mime.core: fed in pieces, they give what LuaSocket's give.
local core = require "mime.core"

local texts = {
  "", "a", "ab", "abc", "any bytes: \0\255\r\n", "caf\233 = 1 ", "tab\t\r\nblank \r\nend\t", "line\nline\rline\r\n", "..dot\r\n.dot\r\n..\r\n.",
  "=3D soft=\r\nbreak = \r\nbad =zz", ("long line "):rep(20), ("=C3=A9"):rep(30), "YW55IGJ5\r\ndGVzOiAA/w==", "\r\n\r\n", "a\r\n.b",
}

local function show(label, ...)
  local out = {}
  for i = 1, select("#", ...) do
    local v = select(i, ...)
    out[i] = type(v) == "string" and ("%q"):format(v):gsub("\r", "\\r"):gsub("[\128-\255]", function(c) return "\\" .. c:byte() end) or tostring(v)
  end
  print(label .. ": " .. table.concat(out, " "))
end

-- cycle feeds a filter with text in pieces of n bytes and returns all it gives.
local function cycle(f, text, n, ...)
  local parts, left, out = {}, "", nil
  for i = 1, #text, n do
    out, left = f(left, text:sub(i, i + n - 1), ...)
    parts[#parts + 1] = out or ""
  end
  out = f(left, nil, ...)
  parts[#parts + 1] = out or ""
  return table.concat(parts)
end

local function step(f, state, text, n, ...)
  local parts, out = {}, nil
  for i = 1, #text, n do
    out, state = f(state, text:sub(i, i + n - 1), ...)
    parts[#parts + 1] = out or ""
  end
  out = f(state, nil, ...)
  parts[#parts + 1] = out or ""
  return table.concat(parts)
end

for _, text in ipairs(texts) do
  for _, n in ipairs { 1, 2, 7, 1000 } do
    show("b64", cycle(core.b64, text, n))
    show("qp", cycle(core.qp, text, n))
    show("binary qp", cycle(core.qp, text, n, "=0D=0A"))
    show("unqp", cycle(core.unqp, text, n))
    show("wrp", step(core.wrp, 76, text, n, 76), step(core.wrp, 5, text, n, 5))
    show("qpwrp", step(core.qpwrp, 76, text, n, 76), step(core.qpwrp, 10, text, n, 10))
    show("eol", step(core.eol, 0, text, n), step(core.eol, 0, text, n, "|"))
    show("dot", step(core.dot, 2, text, n))
    if text:find("^[%w+/\r\n]+=*$") and #text > 4 then show("unb64", cycle(core.unb64, text, n)) end
  end
end
show("ends", core.b64(nil, nil))
