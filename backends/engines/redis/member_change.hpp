// One script for what is done to members of sorted sets and fields of hashes that are jobs by themselves: each is taken
// out if it is still there as the plan saw it, and may be put into a list or a sorted set in the same step.
#pragma once

#include <string>
#include <string_view>

#include "backends/engines/redis/action_rule.hpp"

namespace queuetrace {

/// Targets of one run: each costs a few microseconds of the server.
inline constexpr std::size_t members_together = 8;

/// Its words: `gone` (not there), `changed` (another score or value), `guarded` (the key that must not exist does),
/// `wrong-type` (the destination is of another type).
///
/// KEYS: the sorted set or hash; further keys that values name by their index. ARGV: LPUSH or RPUSH; then ten a target:
/// `member` or `field`, its name, its score or value, the index of the destination (0: none), its type, what is put
/// there, the score it gets in a sorted set, the index of a set that must name something (0: none), what it must name,
/// the index of the key that must not exist (0: none). What is put comes before what is taken: it is the only step that
/// a full server refuses, and then nothing has happened yet.
inline constexpr std::string_view member_change_script = R"lua(
local source = KEYS[1]

local function change(kind, name, seen, to, form, put, score, set, named, absent)
  if absent > 0 and redis.call('EXISTS', KEYS[absent]) == 1 then return 'guarded' end
  if to > 0 then
    local there = redis.call('TYPE', KEYS[to]).ok
    if there ~= form and there ~= 'none' then return 'wrong-type' end
  end
  local value = redis.call(kind == 'member' and 'ZSCORE' or 'HGET', source, name)
  if not value then return 'gone' end
  if value ~= seen and not (kind == 'member' and tonumber(value) == tonumber(seen)) then return 'changed' end
  if to > 0 then
    local done
    if form == 'list' then
      done = redis.pcall(ARGV[1], KEYS[to], put)
    else
      done = redis.pcall('ZADD', KEYS[to], score, put)
    end
    if type(done) == 'table' and done.err then return 'error ' .. done.err end
  end
  if set > 0 then redis.name(KEYS[set], named, KEYS[to]) end
  if to == 1 and put == name then return 'done' end
  redis.call(kind == 'member' and 'ZREM' or 'HDEL', source, name)
  return 'done'
end

local answers = {}
for at = 2, #ARGV, 10 do
  redis.target()
  answers[#answers + 1] = change(ARGV[at], ARGV[at + 1], ARGV[at + 2], tonumber(ARGV[at + 3]), ARGV[at + 4],
                                 ARGV[at + 5], ARGV[at + 6], tonumber(ARGV[at + 7]), ARGV[at + 8],
                                 tonumber(ARGV[at + 9]))
end
return answers
)lua";

struct MemberChange {
  std::string destination = {};  ///< list or sorted set that takes the replacement; empty: the member just goes
  bool sorted = false;           ///< the destination is a sorted set
  std::string replacement = {};
  std::string score = {};     ///< of the replacement in a sorted set
  std::string name_set = {};  ///< set of names that must name `name` (as the set of queues does); empty: none
  std::string name = {};
  std::string absent_key = {};  ///< must not exist; empty: nothing is asked
};

/// Adds the member or field of target's locator. A list gets the replacement at its head, or with Action::front at its
/// tail; a system whose workers take from the head says so with `taken_from`.
void append_member_change(ScriptCall& call, const ActionTarget& target, const MemberChange& change,
                          ListEnd taken_from = ListEnd::tail);

}  // namespace queuetrace
