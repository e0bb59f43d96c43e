-- The time of each byte tool: prints name, size and seconds a call.
local sizes = {10, 10000, 10000000}

-- measure: the best of three, each at least 50 ms or one call.
local function measure(name, size, f)
  local best = math.huge
  for _ = 1, 3 do
    local n, took = 1, 0
    repeat
      local start = clock()
      for _ = 1, n do f() end
      took = clock() - start
      if took < 0.05 then n = math.ceil(n * math.min(10, 0.06 / math.max(took, 1e-6))) end
    until took >= 0.05
    best = math.min(best, took / n)
  end
  print(("%s\t%d\t%.9f"):format(name, size, best))
end

local function records(size)
  local list = {}
  local each = 88
  for i = 1, math.max(1, math.floor(size / each)) do
    list[i] = size < each and i or {id = i, name = "user " .. i, tags = {"a", "b", "c"}, score = i / 7, ok = true}
  end
  return list
end

for _, size in ipairs(sizes) do
  local data = ("0123456789"):rep(size / 10)
  local text, digits, b = base64.encode(data), tohex(data), buffer(data)
  local list = records(size)
  local list_text = json.encode(list)
  local mark = buffer(data):append("END")
  measure("crc32", size, function() crc32(data) end)
  measure("adler32", size, function() adler32(data) end)
  measure("sha256", size, function() sha256(data) end)
  measure("inet_checksum", size, function() inet_checksum(data) end)
  measure("base64.encode", size, function() base64.encode(data) end)
  measure("base64.decode", size, function() base64.decode(text) end)
  measure("tohex", size, function() tohex(data) end)
  measure("hex", size, function() hex(digits) end)
  measure("hexdump", size, function() hexdump(data) end)
  measure("json.encode", size, function() json.encode(list) end)
  measure("json.decode", size, function() json.decode(list_text) end)
  measure("buffer find", size, function() mark:find("END") end)
  measure("buffer copy", size, function() b:copy() end)
end

local format, numbers = ">" .. ("I4"):rep(1000), {}
for i = 1, 1000 do numbers[i] = i * 4000000 end
local packed = string.pack(format, unpack(numbers))
local b = buffer(packed)
measure("pack 1000 integers", 4000, function() string.pack(format, unpack(numbers)) end)
measure("unpack 1000 integers", 4000, function() string.unpack(format, packed) end)
measure("1000 integers one by one", 4000, function() for i = 1, 3997, 4 do b:u32(i) end end)
measure("1000 x bit.band and shift", 1000, function()
  local band, rshift, x = bit.band, bit.rshift, 0
  for i = 1, 1000 do x = band(rshift(i, 3), 255) end
end)
