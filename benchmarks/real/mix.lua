-- A mixed script: tables, closures, strings, metatables, integers and floats.
local function sieve(limit)
  local composite, count = {}, 0
  for i = 2, limit do
    if not composite[i] then
      count = count + 1
      for j = i * i, limit, i do composite[j] = true end
    end
  end
  return count
end

local Vector = {}
Vector.__index = Vector
Vector.__add = function(a, b) return setmetatable({x = a.x + b.x, y = a.y + b.y}, Vector) end
function Vector:length2() return self.x * self.x + self.y * self.y end

local function vectors(count)
  local sum = setmetatable({x = 0, y = 0}, Vector)
  local total = 0
  for i = 1, count do
    sum = sum + setmetatable({x = i % 7, y = -(i % 5)}, Vector)
    total = (total + sum:length2()) % 1000003
  end
  return total
end

local function text(count)
  local parts, counts = {}, {}
  for i = 1, count do
    parts[#parts + 1] = string.format("%s-%d", ("abcdefgh"):sub(i % 8 + 1), i % 97)
  end
  for word in table.concat(parts, " "):gmatch("(%a+)%-%d+") do
    counts[word] = (counts[word] or 0) + 1
  end
  local keys = {}
  for key in pairs(counts) do keys[#keys + 1] = key end
  table.sort(keys)
  local out = {}
  for _, key in ipairs(keys) do out[#out + 1] = key .. counts[key] end
  return #table.concat(out, ","):upper():gsub("A", "aa")
end

local function closures(count)
  local chain = function(x) return x end
  for i = 1, 20 do
    local inner = chain
    chain = function(x) return inner(x) + i end
  end
  local sum = 0
  for i = 1, count do sum = sum + chain(i) end
  return sum
end

local function matrix(n)
  local a, b = {}, {}
  for i = 1, n do
    a[i], b[i] = {}, {}
    for j = 1, n do a[i][j], b[i][j] = i / j, (i - j) * 0.5 end
  end
  local trace = 0
  for i = 1, n do
    for j = 1, n do
      local dot = 0
      for k = 1, n do dot = dot + a[i][k] * b[k][j] end
      if i == j then trace = trace + dot end
    end
  end
  return trace
end

local results = {}
for _ = 1, 2 do
  results = {sieve(400000), vectors(150000), text(60000), closures(30000), string.format("%.6f", matrix(90))}
end
print(table.concat(results, " "))
