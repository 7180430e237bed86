// Scripts about records: each begins by asking whether the record is as the plan saw it.
#pragma once

#include <string>
#include <string_view>

#include "backends/engines/redis/action_rule.hpp"

namespace queuetrace {

/// Comes before the text of every script about a record. KEYS: the record, the sorted set of waiting ids, then the
/// script's own. Its words: `gone`, `already` (the goal is reached), `changed`. `at` is the index of the first value
/// of the script's own, `id` the record's id.
///
/// ARGV: the id, number of guarded fields, three for each (name, 1 if it is there, value; without a name the SHA-1 of a
/// record that is a string), the score in the sorted set
/// (empty: not in it, *: any), field and value of the goal.
inline constexpr std::string_view record_guard = R"lua(
local id = ARGV[1]
local at = 3 + 3 * tonumber(ARGV[2])
if redis.call('EXISTS', KEYS[1]) == 0 then return {'gone'} end
local same = true
for i = 3, at - 1, 3 do
  local value
  if ARGV[i] == '' then
    value = redis.sha1hex(redis.call('GET', KEYS[1]))
  else
    value = redis.call('HGET', KEYS[1], ARGV[i])
  end
  if (value and '1' or '0') ~= ARGV[i + 1] or (value or '') ~= ARGV[i + 2] then same = false end
end
if ARGV[at] ~= '*' and (redis.call('ZSCORE', KEYS[2], id) or '') ~= ARGV[at] then same = false end
if not same then
  if redis.pcall('HGET', KEYS[1], ARGV[at + 1]) == ARGV[at + 2] then return {'already'} end
  return {'changed'}
end
at = at + 3
if redis.call('TYPE', KEYS[1]).ok == 'hash' then redis.whole(KEYS[1]) end
)lua";

/// What a script's answer `already` means: this field has this value, though the record is not as it was.
struct RecordGoal {
  std::string_view field = {};
  std::string_view value = {};
};

/// Adds the record of target's locator; the script's own keys and values follow it. `standing_key`: the sorted set that
/// the locator's `standing` is of; of an id in a sorted set that set, so that its score must be unchanged.
void append_record(ScriptCall& call, const ActionTarget& target, std::string_view standing_key,
                   const RecordGoal& goal = {});

/// Deletes all that makes up a job; after record_guard.
///
/// ARGV: three for each part: element (of a list; none or the first, whose absence is `gone`), key, member, field or
/// set_member; the index of the key; the element, member or field.
inline constexpr std::string_view erase_record_script = R"lua(
for i = at, #ARGV, 3 do
  local key = KEYS[tonumber(ARGV[i + 1])]
  if ARGV[i] == 'element' then
    if redis.call('LREM', key, 1, ARGV[i + 2]) == 0 then return {'gone'} end
  elseif ARGV[i] == 'key' then
    redis.call('UNLINK', key)
  elseif ARGV[i] == 'member' then
    redis.call('ZREM', key, ARGV[i + 2])
  elseif ARGV[i] == 'set_member' then
    redis.call('SREM', key, ARGV[i + 2])
  else
    redis.call('HDEL', key, ARGV[i + 2])
  end
end
return {'done'}
)lua";

/// The record that a record or an id in a container means, with all that belongs to it (belongings_of): a
/// RedisActionRule that only deletes needs no more than this and `{record_guard, erase_record_script}`.
std::string_view fill_erasure(ScriptCall& call, const ActionTarget& target);

/// The script's own keys and values.
void append_erasure(ScriptCall& call, const Belongings& belongings);

}  // namespace queuetrace
