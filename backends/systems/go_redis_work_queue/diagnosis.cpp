// What `doctor` looks for in go-redis-work-queue (docs/systems/go-redis-work-queue.md sections 2, 5, 9 and 11).
#include <algorithm>
#include <array>

#include "backends/drivers/redis/reply_error.hpp"
#include "backends/engines/redis/key_scan.hpp"
#include "backends/systems/go_redis_work_queue/parts.hpp"

namespace queuetrace::go_redis_work_queue {
namespace {

using Severity = Finding::Severity;

/// Written by a package of multi-cluster support that no binary uses; no worker reads it
/// (docs/systems/go-redis-work-queue.md section 2.6).
constexpr std::string_view pause_prefix = "jobqueue:paused:";
constexpr std::size_t most_pauses = 1'000;

template <const auto& code>
bool noted(const Job& job, const Deployment&) {
  return has_note(job, code);
}
constexpr char orphaned[] = "orphaned", stranded[] = "stranded", undecodable[] = "undecodable",
               rejected[] = "worker-rejects", bad_time[] = "bad-creation-time", foreign[] = "heartbeat-unreadable",
               long_lived[] = "heartbeat-ttl-unknown", immortal[] = "heartbeat-without-expiry";

/// A worker that takes it destroys it; what is completed nobody takes.
template <const auto& code>
bool destroyed(const Job& job, const Deployment&) {
  return job.state != JobState::completed && has_note(job, code);
}

/// The reaper, the dead-letter requeue and a purge go by the priority, the worker by the list.
bool in_wrong_list(const Job& job, const Deployment& deployment) {
  if (job.state != JobState::pending && job.state != JobState::retrying) return false;
  if (!job.priority || !job.queue || has_note(job, undecodable)) return false;
  const Untrusted* word = std::get_if<Untrusted>(&*job.priority);
  const Place* named = word == nullptr ? nullptr : queue_named(deployment, word->raw());
  if (named == nullptr) named = queue_named(deployment, deployment.settings.at("producer.default_priority"));
  return named != nullptr && named->key != job.queue->raw();
}

bool is_dead_letter(const Job& job, const Deployment&) { return job.state == JobState::dead; }

bool is_nameless(const Job& job, const Deployment&) { return has_note(job, "no-id") && !has_note(job, undecodable); }

/// Whether anything waits where workers take from, and whether any worker has a heartbeat.
bool something_waits(RedisConnection& connection, const Deployment& deployment) {
  std::vector<RedisCommand> commands;
  for (const Place& place : deployment.places)
    if (place.role == PlaceRole::waiting && place.consumed) commands.push_back({"LLEN", place.key});
  return std::ranges::any_of(connection.pipeline(commands), [](const Reply& reply) { return reply.integer() > 0; });
}

bool anybody_is_busy(RedisConnection& connection, const Deployment& deployment, const ReadLimits& limits) {
  const std::string pattern = deployment.settings.at("worker.heartbeat_key_pattern");
  const std::size_t at = pattern.find("%s");
  const std::string glob = quote_glob(pattern.substr(0, at)) + "*" + quote_glob(pattern.substr(at + 2));
  const FoundKeys found = scan_keys(connection, glob, 1, limits);
  return !found.keys.empty() || !found.complete;
}

}  // namespace

constexpr std::array<RedisDiagnosisRule, 15> diagnoses{
    RedisDiagnosisRule{.code = "wedged-fleet",
                       .severity = Severity::problem,
                       .subject = "workers",
                       .text = "jobs wait, no worker waits for jobs and none is busy: none runs, or all hang (a job of "
                               "1 KiB and more stops a worker's goroutine forever)",
                       .remedy = "restart the workers; a hanging process needs a second SIGTERM within 5 s"},
    RedisDiagnosisRule{.code = "idle-workers-unknown",
                       .severity = Severity::note,
                       .subject = "workers",
                       .text = "jobs wait and none runs, but CLIENT LIST is not permitted: whether any worker lives "
                               "cannot be seen",
                       .remedy = "redis-cli ACL SETUSER USER +client|list"},
    RedisDiagnosisRule{.code = "orphaned-job",
                       .severity = Severity::problem,
                       .subject = "running jobs",
                       .text = "jobs are in the list of a worker without heartbeat: it is gone, or busy for longer "
                               "than the heartbeat lasts (then they run twice)",
                       .remedy = "start a worker: its reaper puts them back within 5 s; without one: queuetrace job "
                                 "retry -s <source> <ids>",
                       .concerns = noted<orphaned>},
    RedisDiagnosisRule{.code = "stranded-job",
                       .severity = Severity::problem,
                       .subject = "running jobs",
                       .text =
                           "jobs are in the list of a worker that is busy with another one: no worker works on them, "
                           "and the reaper leaves them while that worker lives",
                       .remedy = "stop that worker: the reaper of another one puts them back",
                       .concerns = noted<stranded>},
    RedisDiagnosisRule{.code = "heartbeat-without-expiry",
                       .severity = Severity::problem,
                       .subject = "heartbeats",
                       .text = "the heartbeat of a job's worker never expires: when the worker dies, no reaper takes "
                               "the job back",
                       .remedy = "redis-cli EXPIRE NAME 30, on the heartbeat keys of these workers",
                       .concerns = noted<immortal>},
    RedisDiagnosisRule{.code = "heartbeat-of-another-type",
                       .severity = Severity::problem,
                       .subject = "heartbeats",
                       .text = "the heartbeat key of a job's worker holds something else: when the worker dies, no "
                               "reaper takes the job back",
                       .remedy = "queuetrace job show -s <source> <ids>",
                       .concerns = noted<foreign>},
    RedisDiagnosisRule{.code = "heartbeat-ttl-differs",
                       .severity = Severity::note,
                       .subject = "heartbeats",
                       .text = "heartbeats live longer than this source's worker.heartbeat_ttl: start times cannot be "
                               "told",
                       .remedy = "name the deployment's own YAML with system_config, or worker.heartbeat_ttl in keys",
                       .concerns = noted<long_lived>},
    RedisDiagnosisRule{.code = "undecodable-element",
                       .severity = Severity::problem,
                       .subject = "elements",
                       .text = "elements are no jobs in JSON: a worker that takes one destroys it without a trace",
                       .remedy = "queuetrace job show --raw -s <source> <ids>",
                       .concerns = destroyed<undecodable>},
    RedisDiagnosisRule{.code = "rejected-element",
                       .severity = Severity::problem,
                       .subject = "elements",
                       .text = "a field of a job has a type that Go refuses: a worker that takes it destroys it "
                               "without a trace",
                       .remedy = "queuetrace job show --raw -s <source> <ids>",
                       .concerns = destroyed<rejected>},
    RedisDiagnosisRule{.code = "job-without-id",
                       .severity = Severity::warning,
                       .subject = "elements",
                       .text = "jobs carry no id of their own: neither the system's tools nor its logs can name them",
                       .remedy = "queuetrace job show --raw -s <source> <ids>",
                       .concerns = is_nameless},
    RedisDiagnosisRule{.code = "wrong-priority-list",
                       .subject = "queues",
                       .text = "waiting jobs lie in another list than their priority names: the reaper moves them, and "
                               "a purge by priority misses them",
                       .remedy = "queuetrace job list -s <source> --state pending,retrying -o wide",
                       .concerns = in_wrong_list},
    RedisDiagnosisRule{.code = "bad-creation-time",
                       .subject = "elements",
                       .text = "creation_time is not a time: ages and order of these jobs are unknown",
                       .remedy = "queuetrace job show --raw -s <source> <ids>",
                       .concerns = noted<bad_time>},
    RedisDiagnosisRule{.code = "dead-letters",
                       .severity = Severity::note,
                       .subject = "dead letters",
                       .text =
                           "dead letters wait for an operator; they keep their retries, so the system's own requeue "
                           "makes them die again at their first failure",
                       .remedy = "queuetrace job retry -s <source> --state dead",
                       .concerns = is_dead_letter},
    RedisDiagnosisRule{.code = "rate-limit-stuck",
                       .severity = Severity::problem,
                       .subject = "rate limit key",
                       .text = "it has no expiry: every enqueue waits 200 ms",
                       .remedy = "redis-cli DEL <name>"},
    RedisDiagnosisRule{.code = "pause-without-reader",
                       .subject = "pauses",
                       .text = "keys say that a queue is paused, but no worker reads them: it is not",
                       .remedy = "redis-cli DEL <name>"}};

void look(RedisConnection& connection, const Deployment& deployment, const ReadLimits& limits,
          DiagnosisReport& report) {
  if (rate_key_is_stuck(connection, deployment).value_or(false))
    report.add_name("rate-limit-stuck", Untrusted(deployment.settings.at("producer.rate_limit_key")));
  if (something_waits(connection, deployment) && !anybody_is_busy(connection, deployment, limits)) {
    const std::optional<std::uint64_t> idle = idle_workers(connection);
    if (!idle)
      report.add_fact("idle-workers-unknown");
    else if (*idle == 0)
      report.add_fact("wedged-fleet");
  }
  const FoundKeys pauses = scan_keys(connection, quote_glob(pause_prefix) + "*", most_pauses, limits);
  for (const std::string& key : pauses.keys) report.add_name("pause-without-reader", Untrusted(key), 1);
  if (!pauses.complete && pauses.keys.size() < most_pauses) report.not_answered("pause-without-reader");
}

}  // namespace queuetrace::go_redis_work_queue
