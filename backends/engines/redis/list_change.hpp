// One script for all that is done to elements of lists: each is taken out if it is still there, byte for byte, and may
// be pushed to another list in the same step.
#pragma once

#include <string>
#include <string_view>

#include "backends/engines/redis/action_rule.hpp"

namespace queuetrace {

/// Elements compared at most from either end of a list for one element: about half a millisecond of the server. What
/// lies deeper is left alone unless Action::force lifts the bound.
inline constexpr std::uint64_t deepest_element = 5'000;

/// Targets of one run: with elements at the end of their list a run takes about 4 microseconds of the server for each,
/// and other clients wait for one run at most. With 16 the 99th percentile of a second client's answers grew to 1.8
/// times what it is alone; with 8 it is 1.1, and a purge takes no longer (`make bench`).
inline constexpr std::size_t elements_together = 8;

/// Its words: `gone` (not in the list), `deep` (not within deepest_element of either end), `guarded` (the key that must
/// not exist does), `wrong-type` (the destination is not a list).
///
/// KEYS: the list; further lists and keys that values name by their index.
/// ARGV: the end to begin at, comparisons allowed (0: any number), LPUSH or RPUSH; then six a target: the element,
/// index of the destination (0: none), what is pushed there, index of the key that must not exist (0: none), index of a
/// set that must name something (0: none), what it must name. The push comes before the removal: it is the only step
/// that a full server refuses, and then nothing has happened yet.
inline constexpr std::string_view list_change_script = R"lua(
local list = KEYS[1]
local from_head = ARGV[1] == 'head'
local bound = tonumber(ARGV[2])
local left = bound

local function look(element, head, limit)
  local place = redis.call('LPOS', list, element, 'RANK', head and 1 or -1, 'MAXLEN', limit)
  if not place then return nil end
  return head and place + 1 or redis.call('LLEN', list) - place
end

-- Which side the element is found from, or why not.
local function find(element)
  if redis.call('LINDEX', list, from_head and 0 or -1) == element then
    return from_head and 'head' or 'tail'
  end
  if bound > 0 and left <= 0 then return 'later' end
  local limit = left
  local depth = look(element, from_head, limit)
  if depth then
    if bound > 0 then left = left - 2 * depth end
    return from_head and 'head' or 'tail'
  end
  if bound == 0 then return 'gone' end
  local length = redis.call('LLEN', list)
  if length <= limit then
    left = left - length
    return 'gone'
  end
  if limit < bound then return 'later' end
  left = 0
  if look(element, not from_head, bound) then return from_head and 'tail' or 'head' end
  if length <= 2 * bound then return 'gone' end
  return 'deep'
end

local function change(element, to, replacement, absent, set, named)
  if absent > 0 and redis.call('EXISTS', KEYS[absent]) == 1 then return 'guarded' end
  if to > 0 then
    local kind = redis.call('TYPE', KEYS[to]).ok
    if kind ~= 'list' and kind ~= 'none' then return 'wrong-type' end
  end
  local side = find(element)
  if side ~= 'head' and side ~= 'tail' then return side end
  if to > 0 then
    local pushed = redis.pcall(ARGV[3], KEYS[to], replacement)
    if type(pushed) == 'table' and pushed.err then return 'error ' .. pushed.err end
  end
  local removed = redis.pcall('LREM', list, side == 'head' and 1 or -1, element)
  if type(removed) == 'table' and removed.err then
    if to > 0 then redis.call(ARGV[3] == 'LPUSH' and 'LPOP' or 'RPOP', KEYS[to]) end
    return 'error ' .. removed.err
  end
  if set > 0 then redis.name(KEYS[set], named, KEYS[to]) end
  return 'done'
end

local answers = {}
for at = 4, #ARGV, 6 do
  redis.target()
  answers[#answers + 1] = change(ARGV[at], tonumber(ARGV[at + 1]), ARGV[at + 2], tonumber(ARGV[at + 3]),
                                 tonumber(ARGV[at + 4]), ARGV[at + 5])
end
return answers
)lua";

struct ListChange {
  std::string destination = {};  ///< list that takes the replacement; empty: the element just goes
  std::string replacement = {};
  std::string absent_key = {};  ///< must not exist; empty: nothing is asked
  std::string name_set = {};    ///< set of names that must name `name` (as the set of queues does); empty: none
  std::string name = {};
};

/// Adds the element of target's locator. `destination` gets it at its head, or with Action::front at its tail; a system
/// whose workers take from the head says so with `taken_from`.
void append_list_change(ScriptCall& call, const ActionTarget& target, const ListChange& change,
                        ListEnd taken_from = ListEnd::tail);

}  // namespace queuetrace
