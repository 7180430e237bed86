// How a queue of BullMQ or Bull is paused (docs/systems/bullmq.md section 5).
#pragma once

#include <array>

#include "backends/engines/redis/action_rule.hpp"
#include "backends/engines/redis/system.hpp"

namespace queuetrace::bullmq {

/// Up to release 5 the list itself is renamed, and workers look at the list they know; from release 6 the mark alone
/// counts. KEYS: meta, wait, paused, events, marker, prioritized, meta-paused.
inline constexpr std::string_view pause_script = R"lua(
local meta, wait, paused, events, marker, prioritized, bull = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7]
local pause = ARGV[1] == 'pause'
local release = tonumber(string.match(redis.call('HGET', meta, 'version') or '', '^bullmq:(%d+)'))
local is_bull = redis.call('EXISTS', events) == 0
if (redis.call('HEXISTS', meta, 'paused') == 1) == pause then return {'already'} end
if (release or 0) < 6 then
  local from, to = pause and wait or paused, pause and paused or wait
  if redis.call('EXISTS', from) == 1 then
    if redis.call('EXISTS', to) == 1 then return {'both'} end
    redis.call('RENAME', from, to)
  end
end
if pause then
  redis.call('HSET', meta, 'paused', '1')
  redis.call('DEL', marker)
  if is_bull then redis.call('SET', bull, '1') end
else
  redis.call('HDEL', meta, 'paused')
  if is_bull then redis.call('DEL', bull) end
  local waiting = redis.call('EXISTS', wait) == 1 or redis.call('EXISTS', prioritized) == 1
  if not is_bull and (release or 5) >= 5 and waiting then redis.aside('ZADD', marker, 0, '0') end
end
if not is_bull then
  redis.aside('XADD', events, 'MAXLEN', '~', redis.call('HGET', meta, 'opts.maxLenEvents') or '10000', '*', 'event',
             pause and 'paused' or 'resumed')
end
return {'done'}
)lua";

inline constexpr std::array pause_answers{
    ScriptAnswer{"both", Outcome::failed,
                 "jobs lie in wait and in paused: renaming one would lose the other; pause or resume it in the "
                 "application"}};

void fill_pause(ScriptCall& call, const Deployment& deployment, std::string_view queue, bool paused);

}  // namespace queuetrace::bullmq
