#include "backends/engines/redis/undo_script.hpp"

namespace queuetrace {
namespace {

// A note: kind, key, name within it, what was there (false: nothing), what is there now, whether it is an aside.
//    hash, zset, set, text    the value of a field, the score of a member, whether it is a member, a string
//    push    an element came to the end `name` of a list       take    one went from position `now` behind that end
//    key     a key of another type went: its dump, and its expiry   rename, event, name, whole: as their names say
constexpr std::string_view recorder = R"lua(
local recorded_targets = {}
local redis = (function(server)
  local aside = false

  local function notes()
    if #recorded_targets == 0 then recorded_targets[1] = {} end
    return recorded_targets[#recorded_targets]
  end
  local function note(kind, key, name, was, now)
    local list = notes()
    list[#list + 1] = {kind, key, name, was, now, aside}
  end

  local value = {
    hash = function(key, name) return server.call('HGET', key, name) end,
    zset = function(key, name) return server.call('ZSCORE', key, name) end,
    set = function(key, name) return server.call('SISMEMBER', key, name) == 1 and '1' end,
    text = function(key) return server.call('GET', key) end
  }
  -- Notes of some names of one key: what was there, then what is.
  local function values(kind, key, names)
    local was = {}
    for i, name in ipairs(names) do was[i] = value[kind](key, name) end
    return function()
      for i, name in ipairs(names) do
        local now = value[kind](key, name)
        if now ~= was[i] then note(kind, key, name, was[i], now) end
      end
    end
  end
  local function every(step, first, ...)
    local all, names = {...}, {}
    for i = first, #all, step do names[#names + 1] = tostring(all[i]) end
    return names
  end
  local function expiry(key)
    local left = server.pcall('PTTL', key)
    if type(left) ~= 'number' or left < 0 then return false end
    local time = server.call('TIME')
    return string.format('%.0f', tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000) + left)
  end
  local function taken(key, head, position, element)
    local until_then = expiry(key)
    return function(result)
      if result and result ~= 0 then note('take', key, head and 'head' or 'tail', element, {position, until_then}) end
    end
  end

  -- By command: looks before it, and gives what to do behind it with its result.
  local watch = {}
  watch.HSET = function(key, ...) return values('hash', key, every(2, 1, ...)) end
  watch.HDEL = function(key, ...) return values('hash', key, every(1, 1, ...)) end
  watch.ZADD = function(key, ...) return values('zset', key, every(2, 2, ...)) end
  watch.ZREM = function(key, ...) return values('zset', key, every(1, 1, ...)) end
  watch.SADD = function(key, ...) return values('set', key, every(1, 1, ...)) end
  watch.SREM = watch.SADD
  watch.SET = function(key) return values('text', key, {''}) end
  watch.INCR = watch.SET
  watch.LPUSH = function(key, element) return function() note('push', key, 'head', false, element) end end
  watch.RPUSH = function(key, element) return function() note('push', key, 'tail', false, element) end end
  watch.LPOP = function(key) return taken(key, true, 0, server.call('LINDEX', key, 0)) end
  watch.RPOP = function(key) return taken(key, false, 0, server.call('LINDEX', key, -1)) end
  watch.LREM = function(key, count, element)
    local head = tonumber(count) > 0
    local at = server.call('LPOS', key, element, 'RANK', head and 1 or -1)
    if not at then return function() end end
    return taken(key, head, head and at or server.call('LLEN', key) - 1 - at, element)
  end
  watch.DEL = function(key)
    local kind = server.call('TYPE', key).ok
    if kind == 'none' then return function() end end
    if kind == 'string' then return values('text', key, {''}) end
    local was, until_then = server.call('DUMP', key), expiry(key)
    return function() note('key', key, '', was, until_then) end
  end
  watch.UNLINK = watch.DEL
  watch.RENAME = function(from, to) return function() note('rename', from, to, false, false) end end
  watch.XADD = function(key) return function(id) note('event', key, id, false, false) end end

  local function run(way, command, ...)
    local look = watch[command]
    local behind = look and look(...)
    local result = server[way](command, ...)
    if behind and not (type(result) == 'table' and result.err) then behind(result) end
    return result
  end
  local recording = {
    call = function(...) return run('call', ...) end,
    pcall = function(...) return run('pcall', ...) end,
    target = function() recorded_targets[#recorded_targets + 1] = {} end,
    whole = function(key) notes().whole = key end,
    name = function(set, name, key)
      if server.pcall('SADD', set, name) == 1 then note('name', set, name, key, false) end
    end,
    aside = function(...)
      aside = true
      local result = run('pcall', ...)
      aside = false
      return result
    end
  }
  return setmetatable(recording, {__index = server})
end)(redis)
local recorded_answers = (function()
)lua";

// Both parts of a hash's fingerprint: its fields in order, each with its length.
constexpr std::string_view fingerprint = R"lua(
local function fingerprint(key)
  local all, fields = redis.call('HGETALL', key), {}
  for i = 1, #all, 2 do fields[#fields + 1] = #all[i] .. ':' .. all[i] .. #all[i + 1] .. ':' .. all[i + 1] end
  table.sort(fields)
  return redis.sha1hex(table.concat(fields))
end
)lua";

constexpr std::string_view recorder_end = R"lua(
end)()
local recorded_count = #recorded_answers

-- Large values of the run are named, not repeated: {which of `named`}.
local function without_values(notes)
  local named = {}
  local function short(value)
    if type(value) ~= 'string' or #value <= 65536 then return value end
    for i = 1, #ARGV do
      if ARGV[i] == value then
        named[#named + 1] = i
        return {#named}
      end
    end
    return value
  end
  for _, note in ipairs(notes) do
    for part = 3, 5 do note[part] = short(note[part]) end
  end
  return table.concat(named, ' ')
end
for i = 1, recorded_count do
  local notes = recorded_targets[i] or {}
  local whole = notes.whole
  notes.whole = nil
  if #notes > 0 and whole then notes[#notes + 1] = {'whole', whole, '', false, fingerprint(whole), false} end
  recorded_answers[2 * recorded_count + i] = without_values(notes)
  recorded_answers[recorded_count + i] = #notes > 0 and cmsgpack.pack(notes) or ''
end
return recorded_answers
)lua";

}  // namespace

std::string recorded(std::string_view script) {
  std::string text(fingerprint);
  for (const std::string_view part : {recorder, script, recorder_end}) text += part;
  return text;
}

std::string not_recorded(std::string_view script) {
  constexpr std::string_view words = R"lua(
local redis = setmetatable({
  target = function() end, whole = function() end, aside = redis.pcall,
  name = function(set, name) redis.pcall('SADD', set, name) end
}, {__index = redis})
)lua";
  return std::string(words) + std::string(script);
}

// Elements are looked for among so many of their end at most.
namespace {
constexpr std::string_view undoing = R"lua(
local deepest = 100000
local notes = cmsgpack.unpack(ARGV[2])
local declared = {}
for _, key in ipairs(KEYS) do declared[key] = true end
for _, note in ipairs(notes) do
  if not declared[note[2]] or (note[1] == 'rename' and not declared[note[3]]) then return {'foreign'} end
  for part = 3, 5 do
    local value = note[part]
    if type(value) == 'table' and #value == 1 then note[part] = ARGV[2 + value[1]] end
  end
end

local value = {
  hash = function(key, name) return redis.pcall('HGET', key, name) end,
  zset = function(key, name) return redis.pcall('ZSCORE', key, name) end,
  set = function(key, name) return redis.pcall('SISMEMBER', key, name) == 1 and '1' end,
  text = function(key) return redis.pcall('GET', key) end
}
local function is_list(key)
  local kind = redis.call('TYPE', key).ok
  return kind == 'list' or kind == 'none'
end
local function is_there(key, side, element)
  if not is_list(key) then return false end
  return redis.call('LPOS', key, element, 'RANK', side == 'head' and 1 or -1, 'MAXLEN', deepest)
end

-- Whether what a note tells of is as the script left it, or (was) as it was before. Of several about one thing the
-- newest counts, or the oldest.
local function stands(kind, key, name, then_, now, was)
  if value[kind] then return value[kind](key, name) == (was and then_ or (not was and now)) end
  if kind == 'push' then return not was == not not is_there(key, name, now) end
  if kind == 'take' then
    if was then return not not is_there(key, name, then_) end
    return is_list(key)
  end
  if kind == 'whole' then return was or (redis.call('TYPE', key).ok == 'hash' and fingerprint(key) == now) end
  if kind == 'rename' then return redis.call('EXISTS', was and name or key) == 0 end
  return true
end
local function all_stand(from, to, step, was)
  local seen, lacking = {}, {}
  for i = from, to, step do
    local kind, key, name, then_, now, aside = unpack(notes[i], 1, 6)
    local place = kind .. '\0' .. key .. '\0' .. name
    if value[kind] and seen[place] then
      lacking[i] = lacking[seen[place]]
    else
      seen[place] = i
      lacking[i] = not stands(kind, key, name, then_, now, was)
      if lacking[i] and not aside then return false end
    end
  end
  return lacking
end

local left_alone = all_stand(#notes, 1, -1, false)
if not left_alone then
  if all_stand(1, #notes, 1, true) then return {'already'} end
  return {'changed'}
end
if ARGV[1] == '1' then return {'done'} end

-- Puts an element back so many places behind an end of its list.
local function put(key, head, position, element)
  local length = redis.call('LLEN', key)
  local near = math.min(position, length)
  if length - near < near then head, near = not head, length - near end
  if near > 500 then
    redis.call('LINSERT', key, head and 'AFTER' or 'BEFORE', redis.call('LINDEX', key, head and near - 1 or -near),
               element)
    return
  end
  local before = {}
  for i = 1, near do before[i] = redis.call(head and 'LPOP' or 'RPOP', key) end
  for i = near + 1, 1, -1 do redis.call(head and 'LPUSH' or 'RPUSH', key, i > near and element or before[i]) end
end

local back = {
  hash = function(key, name, was)
    if was then redis.call('HSET', key, name, was) else redis.call('HDEL', key, name) end
  end,
  zset = function(key, name, was)
    if was then redis.call('ZADD', key, was, name) else redis.call('ZREM', key, name) end
  end,
  set = function(key, name, was) redis.call(was and 'SADD' or 'SREM', key, name) end,
  text = function(key, _, was) if was then redis.call('SET', key, was) else redis.call('DEL', key) end end,
  push = function(key, side, _, element) redis.call('LREM', key, side == 'head' and 1 or -1, element) end,
  take = function(key, side, element, now)
    local is_new = redis.call('EXISTS', key) == 0
    put(key, side == 'head', now[1], element)
    if is_new and now[2] then redis.call('PEXPIREAT', key, now[2]) end
  end,
  key = function(key, _, dump, expiry)
    if redis.call('EXISTS', key) == 1 then return end
    redis.call('RESTORE', key, 0, dump)
    if expiry then redis.call('PEXPIREAT', key, expiry) end
  end,
  rename = function(from, to) if redis.call('EXISTS', to) == 1 then redis.call('RENAME', to, from) end end,
  event = function(key, id) redis.call('XDEL', key, id) end,
  name = function(set, name, key) if redis.call('EXISTS', key) == 0 then redis.call('SREM', set, name) end end
}
-- A name goes with the last that it stands for, so names come last.
for _, names in ipairs({false, true}) do
  for i = #notes, 1, -1 do
    local kind, key, name, was, now = unpack(notes[i], 1, 5)
    if back[kind] and (kind == 'name') == names and not left_alone[i] then back[kind](key, name, was, now) end
  end
end
return {'done'}
)lua";
}  // namespace

std::string undo_script() { return std::string(fingerprint) + std::string(undoing); }

}  // namespace queuetrace
