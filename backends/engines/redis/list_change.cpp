#include "backends/engines/redis/list_change.hpp"

#include <algorithm>

namespace queuetrace {

// KEYS: the list; further lists and keys that values name by their index.
// ARGV: the end to begin at, comparisons allowed (0: any number), LPUSH or RPUSH; then four a target: the element,
// index of the destination (0: none), what is pushed there, index of the key that must not exist (0: none). The push
// comes before the removal: it is the only step that a full server refuses, and then nothing has happened yet.
const std::string_view list_change_script = R"lua(
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
    left = left - 2 * depth
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

local function change(element, to, replacement, absent)
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
  return 'done'
end

local answers = {}
for at = 4, #ARGV, 4 do
  answers[#answers + 1] = change(ARGV[at], tonumber(ARGV[at + 1]), ARGV[at + 2], tonumber(ARGV[at + 3]))
end
return answers
)lua";

void append_list_change(ScriptCall& call, const ActionTarget& target, const ListChange& change) {
  const auto index_of = [&](const std::string& key) {
    const auto found = std::find(call.keys.begin(), call.keys.end(), key);
    const auto index = static_cast<std::size_t>(found - call.keys.begin()) + 1;
    if (found == call.keys.end()) call.keys.push_back(key);
    return std::to_string(index);
  };
  if (call.keys.empty()) {
    call.keys.push_back(target.locator.key);
    call.values = {target.locator.from_head ? "head" : "tail",
                   std::to_string(target.action.force ? 0 : deepest_element), target.action.front ? "RPUSH" : "LPUSH"};
  }
  call.values.push_back(target.locator.element.value_or(std::string()));
  call.values.push_back(change.destination.empty() ? "0" : index_of(change.destination));
  call.values.push_back(change.replacement);
  call.values.push_back(change.absent_key.empty() ? "0" : index_of(change.absent_key));
}

}  // namespace queuetrace
