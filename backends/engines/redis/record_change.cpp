#include "backends/engines/redis/record_change.hpp"

#include <algorithm>

namespace queuetrace {

// ARGV: the id, number of guarded fields, three for each (name, 1 if it is there, value), the score in the sorted set
// (empty: not in it, *: any), field and value of the goal.
const std::string_view record_guard = R"lua(
local id = ARGV[1]
local at = 3 + 3 * tonumber(ARGV[2])
if redis.call('EXISTS', KEYS[1]) == 0 then return {'gone'} end
local same = true
for i = 3, at - 1, 3 do
  local value = redis.call('HGET', KEYS[1], ARGV[i])
  if (value and '1' or '0') ~= ARGV[i + 1] or (value or '') ~= ARGV[i + 2] then same = false end
end
if ARGV[at] ~= '*' and (redis.call('ZSCORE', KEYS[2], id) or '') ~= ARGV[at] then same = false end
if not same then
  if redis.call('HGET', KEYS[1], ARGV[at + 1]) == ARGV[at + 2] then return {'already'} end
  return {'changed'}
end
at = at + 3
)lua";

// ARGV: three for each part: key, member or field; the index of the key; the member or field.
const std::string_view erase_record_script = R"lua(
for i = at, #ARGV, 3 do
  local key = KEYS[tonumber(ARGV[i + 1])]
  if ARGV[i] == 'key' then
    redis.call('UNLINK', key)
  elseif ARGV[i] == 'member' then
    redis.call('ZREM', key, ARGV[i + 2])
  else
    redis.call('HDEL', key, ARGV[i + 2])
  end
end
return {'done'}
)lua";

void append_record(ScriptCall& call, const ActionTarget& target, std::string_view standing_key,
                   const RecordGoal& goal) {
  const Locator& locator = target.locator;
  call.keys = {locator.key, std::string(standing_key)};
  call.values = {locator.id, std::to_string(locator.fields.size())};
  for (const auto& [name, value] : locator.fields) {
    call.values.push_back(name);
    call.values.emplace_back(value ? "1" : "0");
    call.values.push_back(value.value_or(std::string()));
  }
  call.values.push_back(locator.standing.value_or("*"));
  call.values.emplace_back(goal.field);
  call.values.emplace_back(goal.value);
}

void append_erasure(ScriptCall& call, const Belongings& belongings) {
  const auto add = [&](const char* part, const std::string& key, const std::string& name) {
    const auto found = std::find(call.keys.begin(), call.keys.end(), key);
    const auto index = static_cast<std::size_t>(found - call.keys.begin()) + 1;
    if (found == call.keys.end()) call.keys.push_back(key);
    call.values.insert(call.values.end(), {part, std::to_string(index), name});
  };
  for (const std::string& key : belongings.keys) add("key", key, {});
  for (const auto& [key, member] : belongings.members) add("member", key, member);
  for (const auto& [key, field] : belongings.fields) add("field", key, field);
}

}  // namespace queuetrace
