// What can be done to jobs of BullMQ and Bull (docs/systems/bullmq.md section 5): the steps of the library's own
// scripts in one script each, guarded by the fields that the plan saw.
#include <algorithm>
#include <array>
#include <charconv>

#include "backends/engines/redis/bounded_json.hpp"
#include "backends/engines/redis/job_note.hpp"
#include "backends/engines/redis/record_change.hpp"
#include "backends/systems/bullmq/parts.hpp"
#include "backends/systems/bullmq/pause.hpp"

namespace queuetrace::bullmq {
namespace {

constexpr std::string_view busy =
    "running: no worker can be told to stop from here, and without its record it ends in an error";
constexpr std::string_view no_record = "its record is gone: there is nothing to run";
constexpr std::string_view of_flow = "a child of a flow: its parent waits for it, and would wait for ever";
constexpr std::string_view of_scheduler = "the next job of a scheduler: remove the scheduler in the application";
constexpr std::string_view parent_waits = "it waits for its children: remove the flow in the application";
constexpr std::string_view no_order_for_priority =
    "it has a priority, and this release keeps those in the order of the list: only the library knows its place";
constexpr std::string_view holds_name = "it holds a deduplication id, which only the library frees";

Judgement skip(std::string_view reason) { return {Verdict::skip, reason, false, {}}; }
Judgement already(std::string_view reason) { return {Verdict::already, reason, false, {}}; }

bool has_extra(const Job& job, std::string_view name) {
  return std::ranges::any_of(job.extra, [&](const Field& field) { return field.name == name; });
}
bool has_parent(const Job& job) { return job.trace.causation_id || has_extra(job, "parent_key"); }

Judgement judge_retry(const Action&, const Job& job, const Deployment&) {
  if (has_note(job, "no-record")) return skip(no_record);
  switch (job.state) {
    case JobState::pending: return already("it waits");
    case JobState::running: return skip("running: a stalled job is put back by any live worker");
    case JobState::blocked: return skip(parent_waits);
    case JobState::completed: return skip("completed");
    default: return {};
  }
}

/// A delayed job with a priority can be taken now where the release keeps such jobs in a set of their own.
std::vector<RedisCommand> ask_for_order(const Job& job, const Locator& locator, const Deployment& deployment) {
  if (!locator.key.ends_with(":delayed") || !job.priority) return {};
  return {{"HGET", queue_key(deployment, locator.queue, "meta"), "version"},
          {"EXISTS", queue_key(deployment, locator.queue, "events")},
          {"EXISTS", queue_key(deployment, locator.queue, "pc")}};
}

/// As retry_script decides.
Judgement judge_order(std::span<const Reply> answers) {
  constexpr std::string_view before_release = "bullmq:";
  const bool is_bull = answers[1].integer() == 0;
  std::string_view version = answers[0].text();
  const bool named = version.starts_with(before_release);
  if (named) version.remove_prefix(before_release.size());
  int release = 0;
  std::from_chars(version.data(), version.data() + version.size(), release);
  const bool counts = named ? release >= 4 : answers[2].integer() == 1;
  return is_bull || !counts ? skip(no_order_for_priority) : Judgement();
}

Judgement judge_erase(const Action&, const Job& job, const Deployment&) {
  if (job.state == JobState::running) return skip(busy);
  if (job.state == JobState::blocked) return skip(parent_waits);
  if (has_note(job, "no-record")) return skip("only its id is there; the library removes it when its turn comes");
  if (has_note(job, "awaited")) return skip(of_flow);
  if (job.state == JobState::completed || job.state == JobState::failed) return {};
  if (has_parent(job)) return skip(of_flow);
  if (has_extra(job, "scheduler")) return skip(of_scheduler);
  if (has_extra(job, "deduplication_id")) return skip(holds_name);
  return {};
}

// After record_guard. KEYS from the third on: wait, paused, meta, marker, events, prioritized, pc; of a child its
// parent's unsuccessful, failed and dependencies: it is one more that the parent waits for. Own values: `delayed` or
// the field that goes with the end (`failedReason`), 1 to count attempts anew, 1 to be taken next. What is pushed comes
// before what is taken: it is the only step that a full server refuses.
constexpr std::string_view retry_script = R"lua(
local from, anew, front = ARGV[at], ARGV[at + 1] == '1', ARGV[at + 2] == '1'
local record, set, wait, paused, meta, marker, events, prioritized, counter =
  KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7], KEYS[8], KEYS[9]
local release = tonumber(string.match(redis.call('HGET', meta, 'version') or '', '^bullmq:(%d+)'))
local is_paused = redis.call('HEXISTS', meta, 'paused') == 1
local is_bull = redis.call('EXISTS', events) == 0
local counts = (release or 0) >= 4 or (not release and redis.call('EXISTS', counter) == 1)
local priority = tonumber(redis.call('HGET', record, 'priority')) or 0
local done
if from == 'delayed' and priority > 0 then
  if is_bull or not counts then return {'priority'} end
  local number = redis.aside('INCR', counter)
  if type(number) == 'table' then return {'error ' .. number.err} end
  local score = string.format('%.0f', priority * 4294967296 + number % 4294967296)
  done = redis.pcall('ZADD', prioritized, score, id)
else
  local target = is_paused and (release or 0) < 6 and paused or wait
  local mark = redis.call('LINDEX', target, 0)
  if from == 'delayed' and mark and string.sub(mark, 1, 2) == '0:' then redis.call('LPOP', target) end
  done = redis.pcall(front and 'RPUSH' or 'LPUSH', target, id)
end
if type(done) == 'table' and done.err then return {'error ' .. done.err} end
redis.call('ZREM', set, id)
if from == 'delayed' then
  redis.call('HSET', record, 'delay', '0')
else
  redis.call('HDEL', record, 'finishedOn', 'processedOn', from)
end
if anew then redis.call('HDEL', record, 'atm', 'ats', 'attemptsMade') end
if from ~= 'delayed' and KEYS[12] and (release or 5) >= 5 and
   redis.call('ZREM', KEYS[10], record) + redis.call('HDEL', KEYS[11], record) > 0 then
  redis.pcall('SADD', KEYS[12], record)
end
if not is_bull then
  if not is_paused and (release or 5) >= 5 then redis.aside('ZADD', marker, 0, '0') end
  redis.aside('XADD', events, 'MAXLEN', '~', redis.call('HGET', meta, 'opts.maxLenEvents') or '10000', '*', 'event',
              'waiting', 'jobId', id, 'prev', from == 'delayed' and 'delayed' or 'failed')
end
return {'done'}
)lua";

std::string_view fill_retry(ScriptCall& call, const ActionTarget& target) {
  const Locator& locator = target.locator;
  const bool delayed = target.place.role == PlaceRole::later;
  if (locator.container != Container::sorted_set || target.place.states.contains(JobState::blocked)) return "it waits";
  append_record(call, target, {});
  for (const char* name : {"wait", "paused", "meta", "marker", "events", "prioritized", "pc"})
    call.keys.push_back(queue_key(target.deployment, locator.queue, name));
  if (const std::string parent(locator.guarded("parentKey")); !parent.empty())
    for (const char* name : {":unsuccessful", ":failed", ":dependencies"}) call.keys.push_back(parent + name);
  call.values.insert(call.values.end(),
                     {delayed ? "delayed" : "failedReason", target.action.reset_attempts.value_or(false) ? "1" : "0",
                      target.action.front ? "1" : "0"});
  return {};
}

// After record_guard. The third key is the lock, the fourth the dependencies of the parent, or any other one.
constexpr std::string_view removal_guard = R"lua(
if redis.call('EXISTS', KEYS[3]) == 1 then return {'locked'} end
if KEYS[4] ~= KEYS[1] and redis.call('SISMEMBER', KEYS[4], KEYS[1]) == 1 then return {'awaited'} end
)lua";

std::string_view fill_erase(ScriptCall& call, const ActionTarget& target) {
  const Locator& locator = target.locator;
  const std::string parent(locator.guarded("parentKey"));
  append_record(call, target, {});
  call.keys.push_back(locator.record + ":lock");
  call.keys.push_back(parent.empty() ? locator.record : parent + ":dependencies");
  if (locator.in_list()) {
    call.keys.push_back(locator.key);
    call.values.insert(call.values.end(), {"element", std::to_string(call.keys.size()), *locator.element});
  }
  append_erasure(call, belongings_of(locator, target.system, target.holders));
  return {};
}

constexpr ScriptAnswer changed{"changed", Outcome::changed, "it changed after the plan was made"};
constexpr std::array retry_answers{changed, ScriptAnswer{"gone", Outcome::changed, "it is not there any more"},
                                   ScriptAnswer{"already", Outcome::already, "it waits"},
                                   ScriptAnswer{"priority", Outcome::skipped, no_order_for_priority}};
constexpr std::array erase_answers{changed, ScriptAnswer{"gone", Outcome::already, "it is not there"},
                                   ScriptAnswer{"already", Outcome::already, "it is not there"},
                                   ScriptAnswer{"locked", Outcome::changed, "a worker has it"},
                                   ScriptAnswer{"awaited", Outcome::changed, of_flow}};

}  // namespace

void fill_pause(ScriptCall& call, const Deployment& deployment, std::string_view queue, bool paused) {
  for (const char* name : {"meta", "wait", "paused", "events", "marker", "prioritized", "meta-paused"})
    call.keys.push_back(queue_key(deployment, queue, name));
  call.values = {paused ? "pause" : "resume"};
}

Belongings belongings(const Locator& locator, std::span<const std::string>) {
  Belongings out;
  out.keys.push_back(locator.record);
  for (const char* part : {":logs", ":dependencies", ":processed", ":failed", ":unsuccessful"})
    out.keys.push_back(locator.record + part);
  return out;
}

constexpr std::array<RedisActionRule, 2> actions{
    RedisActionRule{.action = ActionKind::retry,
                    .effect = "waits again, after the jobs that wait; a delayed job is taken now, by its priority. The "
                              "count of attempts goes on (--reset-attempts: from zero)",
                    .judge = judge_retry,
                    .question = {ask_for_order, judge_order},
                    .script = {record_guard, retry_script},
                    .fill = fill_retry,
                    .answers = retry_answers},
    RedisActionRule{.action = ActionKind::erase,
                    .effect = "is removed with its logs and its children's results",
                    .warning = "no event tells the application of it",
                    .judge = judge_erase,
                    .script = {record_guard, removal_guard, erase_record_script},
                    .fill = fill_erase,
                    .answers = erase_answers}};

constexpr std::array<RedisRefusal, 2> refusals{
    RedisRefusal{ActionKind::cancel, "BullMQ knows no cancelled jobs, and a running job ends only by its own worker",
                 "queuetrace job delete, for jobs that wait"},
    RedisRefusal{ActionKind::move, "a job's id, its parent and its scheduler belong to its queue",
                 "add the job to the other queue in the application, then delete this one"}};

}  // namespace queuetrace::bullmq
