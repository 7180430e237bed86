// What can be done to jobs of emp-job-queue (docs/systems/emp-job-queue.md section 5): each is one script over all keys
// of a job, guarded by the fields the plan saw. Nothing is published: the API and the webhooks react to messages, and a
// second one would reach customers again.
#include "backends/systems/emp_job_queue/actions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "backends/engines/redis/job_note.hpp"
#include "backends/engines/redis/record_change.hpp"
#include "backends/systems/emp_job_queue/records.hpp"
#include "backends/systems/emp_job_queue/workers.hpp"

namespace queuetrace::emp_job_queue {
namespace {

constexpr std::size_t most_workers = 1'000;

bool is_waiting(const Job& job) { return job.state == JobState::pending || job.state == JobState::retrying; }

Judgement skip(std::string_view reason, bool may_force = false) { return {Verdict::skip, reason, may_force, {}}; }

Judgement judge_retry(const Action& action, const Job& job, const Deployment&) {
  if (is_waiting(job)) {
    if (has_note(job, "lost")) return {Verdict::act, {}, false, "it waits in no queue: it is put into jobs:pending"};
    return {Verdict::already, "it waits", false, {}};
  }
  switch (job.state) {
    case JobState::failed:
    case JobState::cancelled:
      if (!action.reset_attempts.value_or(true) && job.attempts && job.max_attempts &&
          *job.attempts + 1 >= *job.max_attempts)
        return {Verdict::act, {}, false, "its attempts are kept: the next failure is final"};
      return {};
    case JobState::running:
      if (has_note(job, "abandoned"))
        return {Verdict::act, {}, false, "its worker has no heartbeat: the attempt counts, and the job waits again"};
      if (action.force) return {Verdict::act, {}, false, "its worker is alive: the job may run twice"};
      return skip("running: its worker has a heartbeat, so it would run twice", true);
    case JobState::completed: return skip("completed");
    default: return skip("its status is not one that the system writes");
  }
}

Judgement judge_cancel(const Action&, const Job& job, const Deployment&) {
  if (job.state == JobState::cancelled) return {Verdict::already, "it is cancelled", false, {}};
  if (job.state == JobState::running)
    return skip("running: no worker can be told to stop, and it would write `completed` over the mark");
  if (!is_waiting(job))
    return skip(job.state == JobState::unknown ? "its status is not one that the system writes" : "it has ended");
  if (has_note(job, "lost")) return skip("it waits in no queue, so no worker takes it: retry or delete it");
  return {};
}

Judgement judge_erase(const Action&, const Job& job, const Deployment&) {
  if (job.state == JobState::running)
    return skip(has_note(job, "abandoned") ? "running as far as the record says: its worker is gone, retry puts it back"
                                           : "running");
  return {};
}

/// The score that the API gives a job (docs/systems/emp-job-queue.md section 4, formula one): every number of it is a
/// double there, too.
std::string score_of(const Locator& locator, Timestamp now) {
  const auto number = [&](std::string_view field) { return parse_number(locator.guarded(field)).value_or(0); };
  std::int64_t priority = number("workflow_priority");
  if (priority == 0) priority = number("priority");
  if (priority == 0) priority = 50;
  std::int64_t time = number("workflow_datetime");
  if (time == 0) time = unix_milliseconds(parse_time(locator.guarded("created_at")).value_or(now));
  const double score = static_cast<double>(priority) * 1e15 - std::floor(static_cast<double>(time) / 1000);
  return fmt::format("{:.17g}", score);
}

// A worker writes the end of a run in several commands, the record first, and clears current_job_id last; and it goes
// on with a job that the API marked failed (docs/systems/emp-job-queue.md sections 2.1 and 5). What is done to a job in
// between, the rest of the end is written over. KEYS: heartbeat and hash of each worker that the record names. Own
// value: the number of these workers. A worker's name may be any text, and so its hash another type.
constexpr std::string_view held_guard = R"lua(
local workers = tonumber(ARGV[at])
for i = 3, 1 + 2 * workers, 2 do
  if redis.call('EXISTS', KEYS[i]) == 1 and redis.pcall('HGET', KEYS[i + 1], 'current_job_id') == id then
    return {'held'}
  end
end
at = at + 1
local own = 3 + 2 * workers
)lua";

// KEYS from `own` on: jobs:failed, the worker's heartbeat and hash, then jobs:active:* of every worker. Own values:
// score, retry_count (empty: as it is), 1 to be taken next, what the heartbeat must be (1: absent, 0: any), 1 when the
// job has a worker.
constexpr std::string_view retry_script = R"lua(
local score, retries, front = ARGV[at], ARGV[at + 1], ARGV[at + 2]
local alive = redis.call('EXISTS', KEYS[own + 1]) == 1
if ARGV[at + 3] == '1' and alive then return {'guarded'} end
if front == '1' then
  local top = redis.call('ZREVRANGE', KEYS[2], 0, 0, 'WITHSCORES')[2]
  if top and tonumber(top) >= tonumber(score) then
    local first = tonumber(top)
    score = string.format('%.17g', first + math.max(1, math.abs(first) * 2.3e-16))
  end
end
redis.call('ZADD', KEYS[2], score, id)
redis.call('HSET', KEYS[1], 'status', 'pending', 'worker_id', '', 'assigned_at', '', 'started_at', '')
if retries ~= '' then redis.call('HSET', KEYS[1], 'retry_count', retries) end
redis.call('HDEL', KEYS[1], 'failed_at', 'error', 'cancelled_at')
redis.call('HDEL', KEYS[own], id)
for i = own + 3, #KEYS do redis.call('HDEL', KEYS[i], id) end
if ARGV[at + 4] == '1' and not alive and redis.call('HGET', KEYS[own + 2], 'current_job_id') == id then
  redis.aside('HSET', KEYS[own + 2], 'status', 'idle', 'current_job_id', '')
end
return {'done'}
)lua";

// Own values: when, and what the error says (empty: nothing).
constexpr std::string_view cancel_script = R"lua(
if redis.call('ZREM', KEYS[2], id) == 0 then return {'guarded'} end
redis.call('HSET', KEYS[1], 'status', 'cancelled', 'cancelled_at', ARGV[at])
if ARGV[at + 1] ~= '' then redis.call('HSET', KEYS[1], 'error', ARGV[at + 1]) end
return {'done'}
)lua";

/// The workers that the record names, and `others`: each may hold something of the job.
std::vector<std::string> workers_of(const Locator& locator, std::span<const std::string> others = {}) {
  std::vector<std::string> names(others.begin(), others.end());
  for (const char* field : {"worker_id", "last_failed_worker"}) names.emplace_back(locator.guarded(field));
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::erase(names, std::string());
  return names;
}

/// The record, and the workers that must have let go of it: of a running job that is asked in another way, and force
/// passes over them.
void append_ended(ScriptCall& call, const ActionTarget& target, const RecordGoal& goal = {}) {
  append_record(call, target, pending_key, goal);
  const Phase phase = phase_of(target.locator.guarded("status"));
  std::vector<std::string> names;
  if (phase != Phase::claimed && phase != Phase::started && !target.action.force) names = workers_of(target.locator);
  call.values.push_back(std::to_string(names.size()));
  for (const std::string& name : names) call.keys.insert(call.keys.end(), {heartbeat_key(name), worker_key(name)});
}

std::string_view fill_retry(ScriptCall& call, const ActionTarget& target) {
  const Locator& locator = target.locator;
  const Phase phase = phase_of(locator.guarded("status"));
  const bool running = phase == Phase::claimed || phase == Phase::started;
  std::string retries;
  if (target.action.reset_attempts.value_or(!running && phase != Phase::waiting))
    retries = "0";
  else if (running)
    retries = std::to_string(std::max<std::int64_t>(0, parse_number(locator.guarded("retry_count")).value_or(0)) + 1);
  const std::string worker(locator.guarded("worker_id"));
  append_ended(call, target, {"status", "pending"});
  call.keys.insert(call.keys.end(), {std::string(failed_key), heartbeat_key(worker), worker_key(worker)});
  for (const std::string& name : workers_of(locator, target.holders))
    call.keys.push_back(std::string(active_prefix) + name);
  call.values.insert(call.values.end(),
                     {score_of(locator, target.now), retries, target.action.front ? "1" : "0",
                      running && !target.action.force ? "1" : "0", running && !worker.empty() ? "1" : "0"});
  return {};
}

std::string_view fill_cancel(ScriptCall& call, const ActionTarget& target) {
  append_ended(call, target, {"status", "cancelled"});
  call.values.insert(call.values.end(), {to_rfc3339(target.now), target.action.message});
  return {};
}

std::string_view fill_erase(ScriptCall& call, const ActionTarget& target) {
  append_ended(call, target);
  append_erasure(call, belongings(target.locator, target.holders));
  return {};
}

constexpr ScriptAnswer changed{"changed", Outcome::changed, "it changed after the plan was made"};
constexpr ScriptAnswer gone{"gone", Outcome::changed, "it is not there"};
constexpr ScriptAnswer held{"held", Outcome::skipped,
                            "its worker is alive and has not let go of it: it still runs, or the end of its run is "
                            "being written; it can be forced"};

constexpr std::array retry_answers{changed, gone, held, ScriptAnswer{"already", Outcome::already, "it waits"},
                                   ScriptAnswer{"guarded", Outcome::changed, "its worker has a heartbeat again"}};
constexpr std::array cancel_answers{changed, gone, held, ScriptAnswer{"already", Outcome::already, "it is cancelled"},
                                    ScriptAnswer{"guarded", Outcome::changed, "a worker took it"}};
constexpr std::array erase_answers{changed, held, ScriptAnswer{"gone", Outcome::already, "it is not there"}};

}  // namespace

std::optional<std::string> standing(const Entry& entry) {
  const bool waits = phase_of(entry.record.filled("status").value_or("")) == Phase::waiting;
  if (!waits || entry.companions.empty()) return std::nullopt;
  return std::string(entry.companions[0].text());
}

std::vector<std::string> worker_names(RedisConnection& connection) {
  // Where machines report for their workers, only heartbeats name them.
  bool complete = true;
  ReadLimits limits;
  limits.deadline = std::chrono::steady_clock::now() + std::chrono::seconds(2);
  std::vector<std::string> names = names_by_heartbeat(connection, most_workers, limits, complete);
  for (const char* set : {"workers:active", "workers:offline"}) {
    std::string cursor = "0";
    do {
      const Reply reply = connection.ask({"SSCAN", set, cursor, "COUNT", "200"}, "read the names of the workers");
      if (reply.size() != 2) break;
      cursor = std::string(reply[0].text());
      for (std::size_t i = 0; i < reply[1].size() && names.size() < 2 * most_workers; ++i)
        names.emplace_back(reply[1][i].text());
    } while (cursor != "0" && names.size() < 2 * most_workers);
  }
  return names;
}

Belongings belongings(const Locator& locator, std::span<const std::string> workers) {
  const std::string& id = locator.id;
  Belongings out;
  out.keys = {locator.key, locator.key + ":progress", "progress:" + id, "step:" + id};
  out.members = {{std::string(pending_key), id}, {"steps:pending", id}};
  out.fields = {{std::string(completed_key), id}, {std::string(failed_key), id}};
  for (const std::string& name : workers_of(locator, workers))
    out.fields.emplace_back(std::string(active_prefix) + name, id);
  return out;
}

constexpr std::array<RedisActionRule, 3> actions{
    RedisActionRule{.action = ActionKind::retry,
                    .effect =
                        "is queued again after the jobs of its priority, with its attempts at 0; the record of its "
                        "failure goes, attestations stay",
                    .judge = judge_retry,
                    .script = {record_guard, held_guard, retry_script},
                    .fill = fill_retry,
                    .answers = retry_answers},
    RedisActionRule{.action = ActionKind::cancel,
                    .effect = "leaves jobs:pending and is marked cancelled",
                    .judge = judge_cancel,
                    .script = {record_guard, held_guard, cancel_script},
                    .fill = fill_cancel,
                    .answers = cancel_answers},
    RedisActionRule{.action = ActionKind::erase,
                    .effect =
                        "goes with its progress, its result or error, and its place in jobs:pending; attestations "
                        "stay",
                    .judge = judge_erase,
                    .script = {record_guard, held_guard, erase_record_script},
                    .fill = fill_erase,
                    .answers = erase_answers}};

constexpr std::array<RedisRefusal, 2> refusals{
    RedisRefusal{ActionKind::move, "the queue of a job is the service that its payload is made for: no other can do it",
                 "cancel it, and let the application submit it for the other service"},
    RedisRefusal{std::nullopt, "no worker of emp-job-queue asks whether a queue is paused",
                 "stop the workers, or the machines of one service: jobs wait in jobs:pending meanwhile"}};

}  // namespace queuetrace::emp_job_queue
