-- Times the functions of the string and table libraries; see run.py. Prints a line
-- for each function and size: its name, the size in bytes, nanoseconds a call.
local clock = clock or os.clock
local words = "the quick brown fox, jumps over 13 lazy dogs; "

local function text(size) return (words:rep(math.ceil(size / #words)):sub(1, size)) end

local function list(size)
  local t, x = {}, 1
  for i = 1, math.max(size / 10, 1) do x = x * 16807 % 2147483647 t[i] = x end
  return t
end

local function texts(size)
  local t = list(size)
  for i = 1, #t do t[i] = ("%09d"):format(t[i] % 1000000000) end
  return t
end

local function copy(t)
  local c = {}
  for i = 1, #t do c[i] = t[i] end
  return c
end

local function same(word) return word end
local function less(a, b) return a < b end

local functions = {
  {"find plain", text, function(s) return s:find("zq", 1, true) end},
  {"find pattern", text, function(s) return s:find("%d+%-%d+") end},
  {"match", text, function(s) return s:match("^(%a+)(.*)$") end},
  {"match back", text, function(s) return s:match("^(.*)#") end},
  {"gmatch", text, function(s) for _ in s:gmatch("%a+") do end end},
  {"gsub string", text, function(s) return s:gsub("%s", "_") end},
  {"gsub function", text, function(s) return s:gsub("%a+", same) end},
  {"format", text, function(s) return ("%s %d"):format(s, 42) end},
  {"rep", function(size) return size end, function(n) return ("x"):rep(n) end},
  {"reverse", text, function(s) return s:reverse() end},
  {"upper", text, function(s) return s:upper() end},
  {"byte", text, function(s) return s:byte(-1) end},
  {"sub", text, function(s) return s:sub(2, -2) end},
  {"concat", texts, function(t) return table.concat(t, ",") end},
  {"sort numbers", list, function(t) table.sort(copy(t)) end},
  {"sort texts", texts, function(t) table.sort(copy(t)) end},
  {"sort function", list, function(t) table.sort(copy(t), less) end},
  {"unpack", list, function(t) return (select(-1, unpack(t))) end},
}

-- measure returns the nanoseconds of f(value): the best of three, each long
-- enough for the clock.
local function measure(f, value)
  local best = math.huge
  for _ = 1, 3 do
    local calls, took = 1
    while true do
      local begin = clock()
      for _ = 1, calls do f(value) end
      took = clock() - begin
      if took > 0.02 then break end
      calls = calls * 4
    end
    best = math.min(best, took / calls)
    if took > 1 then break end
  end
  return best * 1e9
end

for _, size in ipairs{10, 10000, 10000000} do
  for _, f in ipairs(functions) do
    local value = f[2](size)
    if pcall(f[3], value) then
      print(("%s\t%d\t%.0f"):format(f[1], size, measure(f[3], value)))
    end
  end
end
