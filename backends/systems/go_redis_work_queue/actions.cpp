// What can be done to jobs of go-redis-work-queue (docs/systems/go-redis-work-queue.md section 5). An element's bytes
// are its identity: all goes by list_change_script, and what is pushed is the element itself with at most one member
// edited.
#include "backends/systems/go_redis_work_queue/actions.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "backends/engines/redis/job_note.hpp"
#include "backends/engines/redis/list_change.hpp"
#include "backends/systems/go_redis_work_queue/json_member.hpp"
#include "backends/systems/go_redis_work_queue/settings.hpp"
#include "backends/systems/go_redis_work_queue/system.hpp"
#include "model/error.hpp"

namespace queuetrace::go_redis_work_queue {
namespace {

constexpr std::string_view no_job =
    "a worker that takes it destroys it: it is not a job in JSON as the system writes it";
constexpr std::string_view no_queue = "no queue has its priority, and none is the producer's default";
constexpr std::string_view busy = "running: nothing stops a worker, and without its list entry the job is lost with it";
constexpr std::string_view stranded =
    "its worker is busy with another job and has a heartbeat: it is put back when that worker stops";

bool is_unreadable(const Job& job) { return has_note(job, "undecodable") || has_note(job, "worker-rejects"); }

bool is_waiting(const Job& job) { return job.state == JobState::pending || job.state == JobState::retrying; }

Judgement skip(std::string_view reason, bool may_force = false) { return {Verdict::skip, reason, may_force, {}}; }
Judgement already(std::string_view reason) { return {Verdict::already, reason, false, {}}; }

/// Where the reaper would put it: the queue of its priority, else of the default one.
const Place* queue_for(const Job& job, const Deployment& deployment) {
  const Untrusted* priority = job.priority ? std::get_if<Untrusted>(&*job.priority) : nullptr;
  if (priority != nullptr)
    if (const Place* queue = queue_named(deployment, priority->raw())) return queue;
  return queue_named(deployment, setting(deployment, "producer.default_priority").value_or(std::string()));
}

const Place* queue_with_key(const Deployment& deployment, std::string_view key) {
  for (const Place& place : deployment.places)
    if (place.role == PlaceRole::waiting && place.key == key) return &place;
  return nullptr;
}

/// The queue that the action names, by alias or by key; nullptr: there is none.
const Place* asked_queue(const Action& action, const Deployment& deployment) {
  const Place* const named = queue_named(deployment, action.queue);
  return named != nullptr ? named : queue_with_key(deployment, action.queue);
}

Judgement judge_retry(const Action& action, const Job& job, const Deployment& deployment) {
  if (is_waiting(job)) return already("it waits");
  if (job.state == JobState::completed) return skip("completed: only dead letters and orphans are put back");
  if (job.state == JobState::running && !has_note(job, "orphaned"))
    return skip(has_note(job, "stranded") ? stranded : std::string_view("running: its worker has a heartbeat"));
  if (is_unreadable(job)) return skip(no_job);
  const Place* queue = queue_for(job, deployment);
  if (queue == nullptr) return skip(no_queue);
  if (!queue->consumed && !action.force) return skip("no worker takes from the queue of its priority", true);
  if (job.state == JobState::running)
    return {Verdict::act, {}, false, "an orphan: a worker that is alive all the same would run it a second time"};
  return {};
}

Judgement judge_cancel(const Action&, const Job& job, const Deployment&) {
  if (job.state == JobState::running)
    return skip(has_note(job, "orphaned") ? "orphaned: retry puts it back first" : busy);
  if (!is_waiting(job)) return skip("it has ended");
  return {};
}

Judgement judge_erase(const Action&, const Job& job, const Deployment&) {
  if (job.state == JobState::running)
    return skip(has_note(job, "orphaned") ? "orphaned: retry puts it back first" : busy);
  return {};
}

Judgement judge_move(const Action& action, const Job& job, const Deployment& deployment) {
  const Place* queue = asked_queue(action, deployment);
  if (queue == nullptr) return skip("there is no such queue");
  if (job.state == JobState::dead) return skip("dead: retry puts it into the queue of its priority first");
  if (!is_waiting(job)) return skip(job.state == JobState::running ? busy : "it has ended");
  if (job.queue && job.queue->raw() == queue->key) return already("it waits there");
  if (is_unreadable(job)) return skip(no_job);
  if (!queue->consumed && !action.force) return skip("no worker takes from that queue", true);
  return {};
}

void require_queue(const Action& action, const Deployment& deployment) {
  const Place* const named = queue_named(deployment, action.queue);
  const Place* const keyed = queue_with_key(deployment, action.queue);
  if (named != nullptr && keyed != nullptr && named != keyed)
    throw Error(ErrorKind::not_found, "'" + action.queue + "' is ambiguous: the alias of " + named->key +
                                          ", and the key of the queue '" + keyed->alias + "'")
        .with_hint("name the queue as '" + named->key + "' or '" + keyed->alias + "'");
  if (named != nullptr || keyed != nullptr) return;
  std::string known;
  for (const Place& place : deployment.places)
    if (place.role == PlaceRole::waiting) known += (known.empty() ? "" : ", ") + place.alias + " (" + place.key + ")";
  throw Error(ErrorKind::not_found, "go-redis-work-queue has no queue '" + action.queue + "'")
      .with_hint("queues: " + known);
}

/// The job of an element, as it would be listed.
Job read_job(const ActionTarget& target, std::string_view element) {
  const DecodeContext context{target.deployment, target.now, false, false};
  return system.read.decode({target.place, target.locator.key, 0, element}, context);
}

/// The heartbeat of the worker whose list an orphan is in; it is set after the job was taken.
std::string heartbeat_of(const ActionTarget& target) {
  if (target.place.role != PlaceRole::running) return {};
  return fill_pattern(target.deployment.settings.at("worker.heartbeat_key_pattern"),
                      worker_of(target.place, target.locator.key));
}

std::string_view fill_retry(ScriptCall& call, const ActionTarget& target) {
  const std::string& element = *target.locator.element;
  const Job job = read_job(target, element);
  const Place* queue = queue_for(job, target.deployment);
  if (queue == nullptr) return no_queue;
  const bool orphan = target.place.role == PlaceRole::running;
  ListChange change{.destination = queue->key, .replacement = element};
  // Orphans keep their number as the reaper keeps it; a dead letter would die again of its first failure.
  if (target.action.reset_attempts.value_or(!orphan) && job.attempts.value_or(1) != 1) {
    const std::optional<std::string> edited = with_member(element, "retries", "0");
    if (!edited || read_job(target, *edited).attempts != 1) return "its number of retries cannot be changed";
    change.replacement = *edited;
  }
  change.absent_key = heartbeat_of(target);
  append_list_change(call, target, change);
  return {};
}

std::string_view fill_removal(ScriptCall& call, const ActionTarget& target) {
  append_list_change(call, target, {});
  return {};
}

std::string_view fill_move(ScriptCall& call, const ActionTarget& target) {
  const Place* queue = asked_queue(target.action, target.deployment);
  if (queue == nullptr || queue->key == target.locator.key) return "it waits there";
  const std::string& element = *target.locator.element;
  const std::optional<std::string> edited = with_member(element, "priority", nlohmann::json(queue->alias).dump());
  if (!edited || read_job(target, *edited).priority != Priority(Untrusted(queue->alias)))
    return "its priority cannot be changed";
  append_list_change(call, target, {.destination = queue->key, .replacement = *edited});
  return {};
}

constexpr ScriptAnswer deep{"deep", Outcome::skipped,
                            "it lies deep inside its list: looking for it would hold the server up (--force does)"};
constexpr ScriptAnswer taken{"gone", Outcome::changed,
                             "it is not in its list any more: a worker took it, or it was removed", PlaceRole::waiting};
constexpr ScriptAnswer no_list{"wrong-type", Outcome::failed, "the key of its queue holds something else than a list"};

constexpr std::array retry_answers{
    deep, no_list, ScriptAnswer{"gone", Outcome::changed, "it is not in its list any more: put back or removed before"},
    ScriptAnswer{"guarded", Outcome::changed, "its worker has a heartbeat again"}};
constexpr std::array removal_answers{deep, taken, ScriptAnswer{"gone", Outcome::already, "it is not there"}};
constexpr std::array move_answers{deep, no_list, taken};

}  // namespace

constexpr std::array<RedisActionRule, 4> actions{
    RedisActionRule{.action = ActionKind::retry,
                    .effect =
                        "goes back into the queue of its priority, after the jobs that wait; the retries of a dead "
                        "letter begin again at 0",
                    .judge = judge_retry,
                    .script = list_change_script,
                    .fill = fill_retry,
                    .absent_key = heartbeat_of,
                    .together = elements_together,
                    .answers = retry_answers},
    RedisActionRule{.action = ActionKind::cancel,
                    .effect = "is removed from its queue: the system knows no cancelled jobs",
                    .removes = true,
                    .judge = judge_cancel,
                    .script = list_change_script,
                    .fill = fill_removal,
                    .together = elements_together,
                    .answers = removal_answers},
    RedisActionRule{.action = ActionKind::erase,
                    .effect = "is removed from its list",
                    .judge = judge_erase,
                    .script = list_change_script,
                    .fill = fill_removal,
                    .together = elements_together,
                    .answers = removal_answers},
    RedisActionRule{
        .action = ActionKind::move,
        .effect = "goes into the other queue, after the jobs that wait, and gets the priority of that queue",
        .require = require_queue,
        .judge = judge_move,
        .script = list_change_script,
        .fill = fill_move,
        .together = elements_together,
        .answers = move_answers}};

constexpr std::array<RedisRefusal, 1> refusals{
    RedisRefusal{std::nullopt, "no worker of go-redis-work-queue asks whether a queue is paused",
                 "stop the workers: jobs wait in their queues meanwhile"}};

}  // namespace queuetrace::go_redis_work_queue
