#include "backends/engines/redis/restore_script.hpp"

#include <algorithm>

namespace queuetrace {

// KEYS: the list. ARGV: the end that positions count from, the position of the first element, when the list expires
// (empty: never), then the elements, the one nearest to that end first.
const std::string_view restore_elements_script = R"lua(
local list = KEYS[1]
local from_head = ARGV[1] == 'head'
local position = tonumber(ARGV[2])
local count = #ARGV - 3
local movable = 500

local kind = redis.call('TYPE', list).ok
if kind ~= 'list' and kind ~= 'none' then return {'wrong-type'} end
local length = redis.call('LLEN', list)

local same = 0
for i = 1, count do
  local at = position + i - 1
  if redis.call('LINDEX', list, from_head and at or -at - 1) == ARGV[3 + i] then same = same + 1 end
end
if same == count then return {'already'} end
if same > 0 then return {'split'} end

-- Pushes the elements at one end so that they lie in their order.
local function push(head, from, to, step)
  for i = from, to, step do redis.call(head and 'LPUSH' or 'RPUSH', list, ARGV[3 + i]) end
end

-- Elements that lie on the `head` side of the place, `moved` of them, are taken away and come back.
local function splice(head, moved, from, to, step)
  push(head, from, to, step)
  if moved == 0 then return end
  local kept
  if head then
    kept = redis.call('LRANGE', list, count, count + moved - 1)
    redis.call('LTRIM', list, count + moved, -1)
  else
    kept = redis.call('LRANGE', list, -count - moved, -count - 1)
    redis.call('LTRIM', list, 0, -count - moved - 1)
  end
  push(head, from, to, step)
  if head then
    for i = #kept, 1, -1 do redis.call('LPUSH', list, kept[i]) end
  else
    for i = 1, #kept do redis.call('RPUSH', list, kept[i]) end
  end
end

local near = math.min(position, length)
local far = length - near
if far <= near and far <= movable then
  splice(not from_head, far, 1, count, 1)
elseif near <= movable then
  splice(from_head, near, count, 1, -1)
elseif count > 1 then
  return {'split'}
else
  local neighbour = redis.call('LINDEX', list, from_head and near - 1 or -near)
  redis.call('LINSERT', list, from_head and 'AFTER' or 'BEFORE', neighbour, ARGV[4])
end
if length == 0 and ARGV[3] ~= '' then redis.call('PEXPIREAT', list, ARGV[3]) end
return {'done'}
)lua";

ScriptCall restore_elements_call(std::span<const BackedUpElement* const> elements, std::int64_t now_ms) {
  const BackedUpElement& first = *elements.front();
  const bool expires = first.expires_at_ms && *first.expires_at_ms > now_ms;
  ScriptCall call{{first.key},
                  {first.from_head ? "head" : "tail", std::to_string(first.position),
                   expires ? std::to_string(*first.expires_at_ms) : std::string()}};
  for (const BackedUpElement* element : elements) call.values.push_back(element->element);
  return call;
}

// KEYS: the record or the container the job was in, then those that values name by their index. ARGV: what must not be
// there (`key`, the member or field of the first key, or `nothing`) and its name; then one part after the other:
// `hash`, key, expiry, number of fields, fields and values; `stream`, key, expiry, number of entries, for each its id,
// number of fields, fields and values; `sorted_set` as `hash`; `list`, `set`, `string`, key, expiry, number of
// elements, these; `member`, `field` or `set_member`, key, expiry, name, score or value.
const std::string_view restore_record_script = R"lua(
local there
if ARGV[1] == 'key' then there = redis.call('EXISTS', KEYS[1]) == 1
elseif ARGV[1] == 'member' then there = redis.call('ZSCORE', KEYS[1], ARGV[2])
elseif ARGV[1] == 'field' then there = redis.call('HEXISTS', KEYS[1], ARGV[2]) == 1
elseif ARGV[1] == 'nothing' then there = false
else there = redis.call('SISMEMBER', KEYS[1], ARGV[2]) == 1 end
if there then return {'there'} end
local at = 3
local function take()
  at = at + 1
  return ARGV[at - 1]
end
while at <= #ARGV do
  local part, key, expiry = take(), KEYS[tonumber(take())], take()
  local fresh = redis.call('EXISTS', key) == 0
  if part == 'hash' or part == 'sorted_set' then
    for i = 1, tonumber(take()) do
      local name, value = take(), take()
      if fresh and part == 'hash' then redis.call('HSET', key, name, value) end
      if fresh and part == 'sorted_set' then redis.call('ZADD', key, value, name) end
    end
  elseif part == 'list' or part == 'set' or part == 'string' then
    local command = part == 'list' and 'RPUSH' or part == 'set' and 'SADD' or 'SET'
    for i = 1, tonumber(take()) do
      local element = take()
      if fresh then redis.call(command, key, element) end
    end
  elseif part == 'stream' then
    for e = 1, tonumber(take()) do
      local entry = {'XADD', key, take()}
      for i = 1, 2 * tonumber(take()) do entry[#entry + 1] = take() end
      if fresh then redis.call(unpack(entry)) end
    end
  else
    local name, value = take(), take()
    if part == 'member' then
      redis.call('ZADD', key, 'NX', value, name)
    elseif part == 'set_member' then
      redis.call('SADD', key, name)
    else
      redis.call('HSETNX', key, name, value)
    end
  end
  if fresh and expiry ~= '' then redis.call('PEXPIREAT', key, expiry) end
end
return {'done'}
)lua";

static const char* word_of(BackedUpKey::Type type) {
  switch (type) {
    case BackedUpKey::Type::stream: return "stream";
    case BackedUpKey::Type::string: return "string";
    case BackedUpKey::Type::list: return "list";
    case BackedUpKey::Type::set: return "set";
    case BackedUpKey::Type::sorted_set: return "sorted_set";
    case BackedUpKey::Type::hash: break;
  }
  return "hash";
}

static const char* word_of(BackedUpPart::Kind kind) {
  return kind == BackedUpPart::Kind::member ? "member" : kind == BackedUpPart::Kind::field ? "field" : "set_member";
}

ScriptCall restore_record_call(const BackedUpJob& job, std::int64_t now_ms) {
  ScriptCall call;
  const auto begin = [&](const char* part, const std::string& key, const std::optional<std::int64_t>& expiry) {
    if (expiry && *expiry <= now_ms) return false;
    const auto found = std::find(call.keys.begin(), call.keys.end(), key);
    const auto index = static_cast<std::size_t>(found - call.keys.begin()) + 1;
    if (found == call.keys.end()) call.keys.push_back(key);
    call.values.insert(call.values.end(),
                       {part, std::to_string(index), expiry ? std::to_string(*expiry) : std::string()});
    return true;
  };
  const auto add_pairs = [&](const Pairs& pairs) {
    call.values.push_back(std::to_string(pairs.size()));
    for (const auto& [name, value] : pairs) call.values.insert(call.values.end(), {name, value});
  };
  if (!job.keys.empty()) {
    call.keys.push_back(job.keys.front().key);
    call.values = {"key", std::string()};
  } else {
    call.keys.push_back(job.parts.front().key);
    call.values = {job.element ? "nothing" : word_of(job.parts.front().kind), job.parts.front().name};
  }
  for (const BackedUpKey& key : job.keys) {
    if (!begin(word_of(key.type), key.key, key.expires_at_ms)) continue;
    switch (key.type) {
      case BackedUpKey::Type::hash:
      case BackedUpKey::Type::sorted_set: add_pairs(key.fields); break;
      case BackedUpKey::Type::stream:
        call.values.push_back(std::to_string(key.entries.size()));
        for (const auto& [id, fields] : key.entries) {
          call.values.push_back(id);
          add_pairs(fields);
        }
        break;
      default:
        call.values.push_back(std::to_string(key.elements.size()));
        call.values.insert(call.values.end(), key.elements.begin(), key.elements.end());
    }
  }
  for (const BackedUpPart& part : job.parts)
    if (begin(word_of(part.kind), part.key, part.expires_at_ms))
      call.values.insert(call.values.end(), {part.name, part.value});
  return call;
}

}  // namespace queuetrace
