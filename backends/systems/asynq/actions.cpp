// What can be done to tasks of Asynq (docs/systems/asynq.md section 5): the steps of the library's own scripts in one
// script each, guarded by the fields that the plan saw.
#include <algorithm>
#include <array>

#include "backends/engines/redis/job_note.hpp"
#include "backends/engines/redis/record_change.hpp"
#include "backends/systems/asynq/parts.hpp"

namespace queuetrace::asynq {
namespace {

constexpr std::string_view busy =
    "running: nothing in the store ends it; `asynq task cancel` asks its server, which then counts it as failed";
constexpr std::string_view no_record = "its task is gone: only its id is there";
constexpr std::string_view aggregated = "a server is making one task of it and others";

Judgement skip(std::string_view reason) { return {Verdict::skip, reason, false, {}}; }
Judgement already(std::string_view reason) { return {Verdict::already, reason, false, {}}; }

/// What holds for everything that is done to a task.
Judgement judge_change(const Job& job) {
  if (job.state == JobState::running) return skip(busy);
  if (has_note(job, "no-record")) return skip(no_record);
  if (has_note(job, "in-aggregation")) return skip(aggregated);
  return {};
}

Judgement judge_retry(const Action&, const Job& job, const Deployment&) {
  if (job.state == JobState::completed) return skip("completed");
  if (job.state == JobState::pending && !has_note(job, "no-record")) return already("it waits in its queue");
  if (has_note(job, "undecodable")) return skip("its message is not a task: no server can run it");
  return judge_change(job);
}

Judgement judge_cancel(const Action&, const Job& job, const Deployment&) {
  if (job.state == JobState::completed) return skip("completed");
  if (job.state == JobState::dead) return already("it is archived");
  return judge_change(job);
}

Judgement judge_erase(const Action&, const Job& job, const Deployment&) { return judge_change(job); }

// After record_guard. KEYS from the third on: the list or set where the id stands, the set of the queue's groups, and
// one key of the script's own. Own values: `list` or `set`, the group whose task it is (empty: none).
constexpr std::string_view take_out = R"lua(
local container, groups, target = KEYS[3], KEYS[4], KEYS[5]
local kind, group = ARGV[at], ARGV[at + 1]
local function is_there()
  if kind == 'set' then return redis.call('ZSCORE', container, id) end
  return redis.call('LPOS', container, id, 'RANK', -1)
end
local function take_out()
  if kind == 'set' then redis.call('ZREM', container, id) else redis.call('LREM', container, -1, id) end
  if group ~= '' and redis.call('EXISTS', container) == 0 then redis.call('SREM', groups, group) end
end
if not is_there() then return {'gone'} end
)lua";

// The own key is the list of pending tasks. Further values: 1 to count retries anew, 1 to be taken next. The push comes
// before what is taken: it is the only step that a full server refuses.
constexpr std::string_view run_script = R"lua(
local record = KEYS[1]

-- The message without its field 6, `retried`; nil where the bytes are no message, or have too many fields.
local function counted_anew(message)
  local at, kept = 1, {}
  local function varint()
    local value, unit = 0, 1
    for _ = 1, 10 do
      local byte = string.byte(message, at)
      if not byte then return nil end
      at = at + 1
      value = value + (byte % 128) * unit
      if byte < 128 then return value end
      unit = unit * 128
    end
  end
  local skip = {[0] = varint, [1] = function() return 8 end, [2] = varint, [5] = function() return 4 end}
  for _ = 1, 1000 do
    if at > #message then return table.concat(kept) end
    local from = at
    local tag = varint()
    local size = tag and skip[tag % 8] and skip[tag % 8]()
    if not size then return nil end
    if tag % 8 ~= 0 then at = at + size end
    if at > #message + 1 then return nil end
    if math.floor(tag / 8) ~= 6 then kept[#kept + 1] = string.sub(message, from, at - 1) end
  end
end

local message
if ARGV[at + 2] == '1' then
  message = counted_anew(redis.call('HGET', record, 'msg') or '')
  if not message then return {'unreadable'} end
end
local pushed = redis.pcall(ARGV[at + 3] == '1' and 'RPUSH' or 'LPUSH', target, id)
if type(pushed) == 'table' and pushed.err then return {'error ' .. pushed.err} end
take_out()
redis.call('HSET', record, 'state', 'pending')
if message then redis.call('HSET', record, 'msg', message) end
if redis.call('HEXISTS', record, 'timeout') == 0 then
  local time = redis.call('TIME')
  redis.call('HSET', record, 'pending_since', time[1] .. string.format('%06d', tonumber(time[2])) .. '000')
end
return {'done'}
)lua";

// The own key is the set of archived tasks.
constexpr std::string_view archive_script = R"lua(
local added = redis.pcall('ZADD', target, redis.call('TIME')[1], id)
if type(added) == 'table' and added.err then return {'error ' .. added.err} end
take_out()
redis.call('HSET', KEYS[1], 'state', 'archived')
return {'done'}
)lua";

// The own key is the lock of the task, or the task itself where it has none.
constexpr std::string_view erase_script = R"lua(
take_out()
if target ~= KEYS[1] and redis.pcall('GET', target) == id then redis.call('UNLINK', target) end
redis.call('UNLINK', KEYS[1])
return {'done'}
)lua";

/// The group that the target's id stands in; empty: in none.
std::string_view group_of_target(const Locator& locator) {
  return locator.container == Container::sorted_set ? group_of(locator.key, locator.queue) : std::string_view();
}

void append_task(ScriptCall& call, const ActionTarget& target, const std::string& own_key, const RecordGoal& goal) {
  const Locator& locator = target.locator;
  append_record(call, target, {}, goal);
  call.keys.insert(call.keys.end(), {locator.key, queue_key(locator.queue, "groups"), own_key});
  call.values.insert(call.values.end(), {locator.in_list() ? "list" : "set", std::string(group_of_target(locator))});
}

std::string_view fill_run(ScriptCall& call, const ActionTarget& target) {
  append_task(call, target, queue_key(target.locator.queue, "pending"), {"state", "pending"});
  call.values.emplace_back(target.action.reset_attempts.value_or(false) ? "1" : "0");
  call.values.emplace_back(target.action.front ? "1" : "0");
  return {};
}

std::string_view fill_archive(ScriptCall& call, const ActionTarget& target) {
  append_task(call, target, queue_key(target.locator.queue, "archived"), {"state", "archived"});
  return {};
}

std::string_view fill_erase(ScriptCall& call, const ActionTarget& target) {
  const std::string_view lock = target.locator.guarded("unique_key");
  append_task(call, target, lock.empty() ? target.locator.record : std::string(lock), {});
  return {};
}

constexpr ScriptAnswer changed{"changed", Outcome::changed, "it changed after the plan was made"};
constexpr ScriptAnswer gone{"gone", Outcome::changed, "it is not there any more"};
constexpr std::array run_answers{
    changed, gone, ScriptAnswer{"already", Outcome::already, "it waits in its queue"},
    ScriptAnswer{"unreadable", Outcome::skipped, "its message cannot be read: only the library can count it anew"}};
constexpr std::array archive_answers{changed, gone, ScriptAnswer{"already", Outcome::already, "it is archived"}};
constexpr std::array erase_answers{changed, ScriptAnswer{"gone", Outcome::already, "it is not there"},
                                   ScriptAnswer{"already", Outcome::already, "it is not there"}};

}  // namespace

Belongings belongings(const Locator& locator, std::span<const std::string>) {
  Belongings out;
  out.keys.push_back(locator.record);
  if (const std::string lock(locator.guarded("unique_key")); !lock.empty()) {
    out.keys.push_back(lock);
    out.locks.emplace_back(lock, locator.id);
  }
  if (const std::string group(group_of_target(locator)); !group.empty())
    out.set_members.emplace_back(queue_key(locator.queue, "groups"), group);
  return out;
}

constexpr std::array<RedisActionRule, 3> actions{
    RedisActionRule{.action = ActionKind::retry,
                    .effect = "goes into its queue now, after the tasks that wait there. Retries are counted on, so an "
                              "archived task has one attempt (--reset-attempts: all of them)",
                    .judge = judge_retry,
                    .script = {record_guard, take_out, run_script},
                    .fill = fill_run,
                    .answers = run_answers},
    RedisActionRule{.action = ActionKind::cancel,
                    .effect = "is archived and not run; job retry puts it back into its queue, until Asynq drops it "
                              "after 90 days or 10,000 archived tasks of the queue",
                    .judge = judge_cancel,
                    .script = {record_guard, take_out, archive_script},
                    .fill = fill_archive,
                    .answers = archive_answers},
    RedisActionRule{.action = ActionKind::erase,
                    .effect = "is removed with its result, and its lock for uniqueness is freed",
                    .judge = judge_erase,
                    .script = {record_guard, take_out, erase_script},
                    .fill = fill_erase,
                    .answers = erase_answers}};

constexpr std::array<RedisRefusal, 1> refusals{
    RedisRefusal{ActionKind::move, "a task's queue is part of its message and of its lock for uniqueness",
                 "enqueue the task in the other queue in the application, then delete this one"}};

}  // namespace queuetrace::asynq
