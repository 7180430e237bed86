// What `doctor` looks for in go-redis-work-queue (docs/systems/go-redis-work-queue.md sections 2, 5, 9 and 11).
#include "backends/systems/go_redis_work_queue/diagnosis.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "backends/drivers/redis/reply_error.hpp"
#include "backends/engines/redis/job_note.hpp"
#include "backends/engines/redis/key_scan.hpp"
#include "backends/engines/redis/unread_keys.hpp"
#include "backends/systems/go_redis_work_queue/fleet.hpp"
#include "backends/systems/go_redis_work_queue/health.hpp"
#include "backends/systems/go_redis_work_queue/settings.hpp"
#include "backends/systems/go_redis_work_queue/system.hpp"
#include "model/letter_case.hpp"

namespace queuetrace::go_redis_work_queue {
namespace {

using Severity = Finding::Severity;

/// Written by a package of multi-cluster support that no binary uses; no worker reads it
/// (docs/systems/go-redis-work-queue.md section 2.6).
constexpr std::string_view pause_prefix = "jobqueue:paused:";
constexpr std::size_t most_pauses = 1'000;
/// Unread lists for which configuration is proposed.
constexpr std::size_t most_proposed = 10;

template <const auto& code>
bool noted(const Job& job, const Deployment&) {
  return has_note(job, code);
}
constexpr char orphaned[] = "orphaned", stranded_note[] = "stranded", undecodable[] = "undecodable",
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

/// Absent: a limit was reached before any was found.
std::optional<bool> anybody_is_busy(RedisConnection& connection, const Deployment& deployment,
                                    const ReadLimits& limits) {
  const std::string pattern = deployment.settings.at("worker.heartbeat_key_pattern");
  const std::size_t at = pattern.find("%s");
  const std::string glob = quote_glob(pattern.substr(0, at)) + "*" + quote_glob(pattern.substr(at + 2));
  const FoundKeys found = scan_keys(connection, glob, 1, limits);
  if (!found.keys.empty()) return true;
  return found.complete ? std::optional(false) : std::nullopt;
}

/// A name for a queue, made of its key's last part: `acme:normal` and `jobqueue:normal_priority` give `normal`.
std::string alias_for(std::string_view key) {
  std::string_view last = key.substr(key.rfind(':') + 1);
  if (constexpr std::string_view ending = "_priority"; last.ends_with(ending) && last.size() > ending.size())
    last.remove_suffix(ending.size());
  std::string alias;
  for (const char c : last) alias += (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') ? lower(c) : '_';
  return alias;
}

/// The keys of a source that have the lists read, as queues that workers take from after the others.
std::string proposed_keys(const UnreadKeys& unread, const Deployment& deployment) {
  std::string priorities, queues;
  for (const Place& place : deployment.places)
    if (place.role == PlaceRole::waiting && place.consumed) priorities += (priorities.empty() ? "" : ",") + place.alias;
  std::set<std::string> aliases;
  for (const UnreadKey& list : unread.keys) {
    const bool quotable = list.key.size() <= 80 && std::ranges::all_of(list.key, [](char c) {
                            return c > 0x20 && c < 0x7f && c != '"' && c != '\\';
                          });
    if (!quotable || aliases.size() >= most_proposed) continue;
    std::string alias = alias_for(list.key);
    while (queue_named(deployment, alias) != nullptr || aliases.contains(alias)) alias += "_2";
    aliases.insert(alias);
    priorities += (priorities.empty() ? "" : ",") + alias;
    queues += "\"worker.queues." + alias + "\" = \"" + list.key + "\", ";
  }
  return "as queues they are read with keys = { " + queues + "\"worker.priorities\" = \"" + priorities + "\" }";
}

/// Jobs wait: does anybody take them?
void look_at_fleet(RedisConnection& connection, const Deployment& deployment, const ReadLimits& limits,
                   DiagnosisReport& report) {
  const std::optional<bool> some_busy = anybody_is_busy(connection, deployment, limits);
  if (some_busy.value_or(false)) return;
  const std::optional<Fleet> fleet = find_fleet(connection, deployment);
  if (!fleet) return report.add_fact("idle-workers-unknown");
  if (fleet->is_uncertain()) return report.add_fact("workers-uncertain");
  if (fleet->waiting > 0) return;
  const char* const code = fleet->connected ? "wedged-fleet" : "no-live-workers";
  if (some_busy)
    report.add_fact(code);
  else
    report.not_answered(code);
}

}  // namespace

constexpr std::array<RedisDiagnosisRule, 18> diagnoses{
    RedisDiagnosisRule{.code = "wedged-fleet",
                       .severity = Severity::problem,
                       .subject = "workers",
                       .text = "jobs wait and worker processes are connected, but none of them waits for jobs and none "
                               "is busy: their circuit breaker is open, as after many failures, or they hang (a job of "
                               "1 KiB or more stops a worker forever)",
                       .remedy = "look for failing jobs (queuetrace job list -s <source> --state dead,retrying) and at "
                                 "circuit_breaker_state in the metrics of the workers; then restart them: a process "
                                 "that hangs needs a second SIGTERM within 5 s"},
    RedisDiagnosisRule{.code = "no-live-workers",
                       .severity = Severity::problem,
                       .subject = "workers",
                       .text = "jobs wait, and no worker process is connected to this database: none runs",
                       .remedy = "start a worker"},
    RedisDiagnosisRule{.code = "idle-workers-unknown",
                       .severity = Severity::note,
                       .subject = "workers",
                       .text = "jobs wait and none runs, but CLIENT LIST is not permitted: whether any worker lives "
                               "cannot be seen",
                       .remedy = "redis-cli ACL SETUSER USER +client|list"},
    RedisDiagnosisRule{.code = "workers-uncertain",
                       .severity = Severity::note,
                       .subject = "workers",
                       .text = "jobs wait and none runs; clients wait with BRPOPLPUSH in this database, but the server "
                               "does not say for which keys, and no process measures these queues: whether they are "
                               "workers of them cannot be told",
                       .remedy = "redis-cli CLIENT LIST"},
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
                       .concerns = noted<stranded_note>},
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
                       .text = "heartbeats live longer than this source's worker.heartbeat_ttl: start times are "
                               "unknown",
                       .remedy = "name the deployment's own YAML with system_config, or worker.heartbeat_ttl in keys",
                       .concerns = noted<long_lived>},
    RedisDiagnosisRule{.code = "undecodable-element",
                       .severity = Severity::problem,
                       .subject = "elements",
                       .text = "elements are not jobs in JSON: a worker that takes one destroys it without a trace",
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
    RedisDiagnosisRule{
        .code = "wrong-priority-list",
        .subject = "queues",
        .text = "waiting jobs are in another list than the one their priority names: the reaper moves them, and "
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
    RedisDiagnosisRule{.code = "unread-list",
                       .severity = Severity::problem,
                       .subject = "lists",
                       .text = "lists hold elements like its jobs, but no key of this source's configuration names "
                               "them: none of their jobs is listed, counted or found",
                       .remedy = "name them in the configuration of the source: in keys, as worker.queues.NAME (or "
                                 "worker.completed_list, worker.dead_letter_list), or with system_config, the "
                                 "deployment's own YAML; lists of another deployment in keys, as ignored_lists"},
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
  const UnreadKeys unread = find_unread_keys(connection, system, deployment, SearchDepth::thorough, limits);
  for (const UnreadKey& list : unread.keys) report.add_name("unread-list", Untrusted(list.key), list.length);
  if (!unread.keys.empty()) report.explain("unread-list", proposed_keys(unread, deployment));
  if (!unread.complete) report.not_answered("unread-list");
  if (something_waits(connection, deployment)) look_at_fleet(connection, deployment, limits, report);
  const FoundKeys pauses = scan_keys(connection, quote_glob(pause_prefix) + "*", most_pauses, limits);
  for (const std::string& key : pauses.keys) report.add_name("pause-without-reader", Untrusted(key), 1);
  if (!pauses.complete) report.not_answered("pause-without-reader");
}

}  // namespace queuetrace::go_redis_work_queue
