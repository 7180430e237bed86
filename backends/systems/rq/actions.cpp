// What can be done to jobs of RQ (docs/systems/rq.md section 5): the steps of the library in one script each, guarded
// by the fields that the plan saw.
#include <algorithm>
#include <array>

#include "backends/engines/redis/job_note.hpp"
#include "backends/engines/redis/record_change.hpp"
#include "backends/systems/rq/parts.hpp"

namespace queuetrace::rq {
namespace {

constexpr std::string_view busy =
    "running: only its worker can stop it (send_stop_job_command), and its record is that worker's";
constexpr std::string_view no_record = "its record is gone: there is nothing to run";
constexpr std::string_view limited = "a concurrency limit counts it, which only the library keeps";
constexpr std::string_view awaited = "jobs depend on it and would wait forever: cancel or delete those first";
constexpr std::string_view waits = "it waits for other jobs";

Judgement skip(std::string_view reason) { return {Verdict::skip, reason, false, {}}; }
Judgement already(std::string_view reason) { return {Verdict::already, reason, false, {}}; }

bool has_extra(const Job& job, std::string_view name) {
  return std::ranges::any_of(job.extra, [&](const Field& field) { return field.name == name; });
}
bool repeats(const Job& job) { return has_extra(job, "repeats_left"); }
bool is_stopped(const Job& job) { return job.native_state && job.native_state->raw() == "stopped"; }

/// What nothing may be done to.
std::string_view untouchable(const Job& job) {
  if (job.state == JobState::running) return busy;
  if (has_note(job, "no-record")) return no_record;
  if (has_extra(job, "rate_limit_key")) return limited;
  return {};
}

Judgement judge_retry(const Action&, const Job& job, const Deployment&) {
  if (const std::string_view reason = untouchable(job); !reason.empty()) return skip(reason);
  switch (job.state) {
    case JobState::pending: return already("it waits in its queue");
    case JobState::blocked: return skip(waits);
    case JobState::completed: return skip("completed");
    case JobState::cancelled:
      return is_stopped(job) ? Judgement{} : skip("cancelled: RQ does not run it again; enqueue it in the application");
    default: return {};
  }
}

Judgement judge_cancel(const Action&, const Job& job, const Deployment&) {
  if (const std::string_view reason = untouchable(job); !reason.empty()) return skip(reason);
  switch (job.state) {
    case JobState::cancelled: return already("it is cancelled");
    case JobState::completed: return skip("completed");
    case JobState::failed: return skip("it has ended");
    default: break;
  }
  if (job.native_state && job.native_state->raw() == "ready_to_enqueue") return skip("a worker is moving it");
  return {};
}

Judgement judge_erase(const Action&, const Job& job, const Deployment&) {
  if (has_note(job, "no-record") && job.state != JobState::running)
    return skip("only its id is there; the library removes it in its maintenance");
  if (const std::string_view reason = untouchable(job); !reason.empty()) return skip(reason);
  if (has_extra(job, "dependents")) return skip(awaited);
  if (job.state == JobState::completed && repeats(job)) return skip("it repeats: delete it where it is scheduled");
  return {};
}

Judgement judge_move(const Action& action, const Job& job, const Deployment&) {
  if (const std::string_view reason = untouchable(job); !reason.empty()) return skip(reason);
  if (job.queue && job.queue->raw() == action.queue) return already("its queue is that one");
  switch (job.state) {
    case JobState::pending:
    case JobState::scheduled:
    case JobState::retrying: break;
    case JobState::blocked: return skip(waits);
    default: return skip("it has ended");
  }
  if (job.native_state && job.native_state->raw() == "ready_to_enqueue") return skip("a worker is moving it");
  if (repeats(job)) return skip("it repeats, and its last run stays in the registry of its queue");
  return {};
}

/// `rq` of `rq:job:7`.
std::string prefix_of(const Locator& locator) {
  constexpr std::string_view between = ":job:";
  return locator.record.substr(0, locator.record.size() - locator.id.size() - between.size());
}

/// As the library writes times: `2026-07-01T10:00:00.000000Z`.
std::string time_text(Timestamp now) {
  std::string text = to_rfc3339(now);
  const auto fraction = static_cast<int>(now.time_since_epoch().count() % 1'000);
  text.pop_back();
  std::string digits = std::to_string(1'000 + fraction);
  return text + digits.substr(1) + "Z";
}

// After record_guard. KEYS: the registry second, then the queue's list, the set of queues. Own values: the time, 1 to
// be taken next. What is pushed comes before what is taken: it is the only step that a full server refuses.
constexpr std::string_view retry_script = R"lua(
local record, registry, list, queues = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local done = redis.pcall(ARGV[at + 1] == '1' and 'LPUSH' or 'RPUSH', list, id)
if type(done) == 'table' and done.err then return {'error ' .. done.err} end
redis.call('ZREM', registry, id)
redis.call('HSET', record, 'status', 'queued', 'enqueued_at', ARGV[at], 'started_at', '', 'ended_at', '')
redis.call('HDEL', record, 'exc_info')
redis.name(queues, list, list)
return {'done'}
)lua";

std::string_view fill_retry(ScriptCall& call, const ActionTarget& target) {
  const Locator& locator = target.locator;
  if (locator.container != Container::sorted_set || target.place.states.contains(JobState::blocked)) return waits;
  append_record(call, target, {});
  call.keys.push_back(queue_key(target.deployment, "queue", locator.queue));
  call.keys.push_back(target.deployment.prefix + ":queues");
  call.values.insert(call.values.end(), {time_text(target.now), target.action.front ? "1" : "0"});
  return {};
}

// After record_guard. KEYS from the third on: the registry of cancelled jobs, and the list where the job is in one. Own
// value: the time, which is its score there.
constexpr std::string_view cancel_script = R"lua(
local record, registry, cancelled, list = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
if list and not redis.call('LPOS', list, id) then return {'gone'} end
local done = redis.pcall('ZADD', cancelled, ARGV[at], id)
if type(done) == 'table' and done.err then return {'error ' .. done.err} end
if list then redis.call('LREM', list, 1, id) else redis.call('ZREM', registry, id) end
redis.call('HSET', record, 'status', 'canceled')
return {'done'}
)lua";

std::string_view fill_cancel(ScriptCall& call, const ActionTarget& target) {
  append_record(call, target, {}, {.field = "status", .value = "canceled"});
  call.keys.push_back(queue_key(target.deployment, "canceled", target.locator.queue));
  if (target.locator.in_list()) call.keys.push_back(target.locator.key);
  call.values.push_back(std::to_string(unix_milliseconds(target.now) / 1'000));
  return {};
}

// After record_guard. The third key names the jobs that depend on this one; they stay named when it has succeeded.
constexpr std::string_view removal_guard = R"lua(
if redis.call('HGET', KEYS[1], 'status') ~= 'finished' and redis.call('SCARD', KEYS[3]) > 0 then return {'awaited'} end
)lua";

std::string_view fill_erase(ScriptCall& call, const ActionTarget& target) {
  const Locator& locator = target.locator;
  append_record(call, target, {});
  call.keys.push_back(dependents_key(target.deployment, locator.id));
  if (locator.in_list()) {
    call.keys.push_back(locator.key);
    call.values.insert(call.values.end(), {"element", std::to_string(call.keys.size()), *locator.element});
  }
  append_erasure(call, belongings_of(locator, target.system, target.holders));
  return {};
}

// After record_guard. KEYS from the third on: the other queue's list or registry, the set of queues, the other queue's
// list, the list where the job is in one. Own values: the queue's name, 1 to be taken next.
constexpr std::string_view move_script = R"lua(
local record, registry, target, queues, named, list = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
if list and not redis.call('LPOS', list, id) then return {'gone'} end
local done
if list then
  done = redis.pcall(ARGV[at + 1] == '1' and 'LPUSH' or 'RPUSH', target, id)
else
  done = redis.pcall('ZADD', target, redis.call('ZSCORE', registry, id), id)
end
if type(done) == 'table' and done.err then return {'error ' .. done.err} end
if list then redis.call('LREM', list, 1, id) else redis.call('ZREM', registry, id) end
redis.call('HSET', record, 'origin', ARGV[at])
redis.name(queues, named, target)
return {'done'}
)lua";

std::string_view fill_move(ScriptCall& call, const ActionTarget& target) {
  const std::string& queue = target.action.queue;
  const bool listed = target.locator.in_list();
  append_record(call, target, {});
  call.keys.push_back(queue_key(target.deployment, listed ? "queue" : "scheduled", queue));
  call.keys.push_back(target.deployment.prefix + ":queues");
  call.keys.push_back(queue_key(target.deployment, "queue", queue));
  if (listed) call.keys.push_back(target.locator.key);
  call.values.insert(call.values.end(), {queue, target.action.front ? "1" : "0"});
  return {};
}

constexpr ScriptAnswer changed{"changed", Outcome::changed, "it changed after the plan was made"};
constexpr ScriptAnswer gone{"gone", Outcome::changed, "it is not there any more: a worker took it, or it was removed"};
constexpr std::array change_answers{changed, gone, ScriptAnswer{"already", Outcome::already, "it is so"}};
constexpr std::array erase_answers{changed, ScriptAnswer{"gone", Outcome::already, "it is not there"},
                                   ScriptAnswer{"already", Outcome::already, "it is not there"},
                                   ScriptAnswer{"awaited", Outcome::changed, awaited}};

}  // namespace

Belongings belongings(const Locator& locator, std::span<const std::string>) {
  const std::string prefix = prefix_of(locator);
  Belongings out;
  out.keys = {locator.record, locator.record + ":dependents", prefix + ":job::" + locator.id + ":dependencies",
              prefix + ":results:" + locator.id, prefix + ":executions:" + locator.id};
  // A job that repeats stands among the finished, too.
  if (!locator.queue.empty()) out.members.emplace_back(prefix + ":finished:" + locator.queue, locator.id);
  if (const std::string_view group = locator.guarded("group_id"); !group.empty())
    out.set_members.emplace_back(prefix + ":group:" + std::string(group), locator.id);
  for (const std::string& id : dependencies_in(locator.guarded("dependency_ids"), locator.guarded("dependency_id")))
    out.set_members.emplace_back(prefix + ":job:" + id + ":dependents", locator.id);
  return out;
}

constexpr std::array<RedisActionRule, 4> actions{
    RedisActionRule{.action = ActionKind::retry,
                    .effect = "waits in its queue again, after the jobs that wait; retries that were used up stay so",
                    .judge = judge_retry,
                    .script = {record_guard, retry_script},
                    .fill = fill_retry,
                    .answers = change_answers},
    RedisActionRule{.action = ActionKind::cancel,
                    .effect = "is put among the cancelled jobs; jobs that depend on it keep waiting",
                    .judge = judge_cancel,
                    .script = {record_guard, cancel_script},
                    .fill = fill_cancel,
                    .answers = change_answers},
    RedisActionRule{.action = ActionKind::erase,
                    .effect = "is removed with its results, and from its group and the jobs it depends on",
                    .judge = judge_erase,
                    .script = {record_guard, removal_guard, erase_record_script},
                    .fill = fill_erase,
                    .answers = erase_answers},
    RedisActionRule{.action = ActionKind::move,
                    .effect = "goes into the other queue, after the jobs that wait there; what is scheduled keeps its "
                              "time",
                    .warning = "no worker may take from a queue of that name: workers name their queues themselves",
                    .judge = judge_move,
                    .script = {record_guard, move_script},
                    .fill = fill_move,
                    .answers = change_answers}};

}  // namespace queuetrace::rq
