// What holds jobs of go-redis-work-queue back and what is good to know of a deployment
// (docs/systems/go-redis-work-queue.md sections 2.6, 6, 9 and 11).
#include "backends/systems/go_redis_work_queue/health.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "backends/drivers/redis/reply_error.hpp"
#include "backends/engines/redis/job_note.hpp"
#include "backends/engines/redis/key_scan.hpp"
#include "backends/systems/go_redis_work_queue/fleet.hpp"
#include "backends/systems/go_redis_work_queue/settings.hpp"
#include "backends/systems/go_redis_work_queue/worker_id.hpp"

namespace queuetrace::go_redis_work_queue {
namespace {

/// Keys looked at for traces of packages that no stock binary uses.
constexpr std::size_t keys_examined = 20'000;
constexpr std::chrono::seconds longest_search{2};

constexpr std::array<std::string_view, 18> foreign_prefixes{"trace:",
                                                            "logs:",
                                                            "log:trace:",
                                                            "log:job:",
                                                            "log:worker:",
                                                            "time_travel:",
                                                            "queue:genealogy:",
                                                            "event_hooks:",
                                                            "dlq:",
                                                            "audit:",
                                                            "archive:",
                                                            "worker:registry:",
                                                            "workers:active",
                                                            "worker:signals:",
                                                            "worker:audit_logs",
                                                            "idempotency:",
                                                            "jobqueue:paused:",
                                                            "queue:"};

PeekQueue& row_for(PeekResult& result, const Untrusted& queue) {
  for (PeekQueue& row : result.queues)
    if (row.queue == queue) return row;
  result.queues.emplace_back();
  result.queues.back().queue = queue;
  return result.queues.back();
}

void add_waiting(PeekQueue& row, const std::string& reason, const std::string& explanation, const Untrusted& sample) {
  for (Waiting& waiting : row.waiting) {
    if (waiting.reason != reason) continue;
    waiting.count = waiting.count.value_or(0) + 1;
    return;
  }
  row.waiting.push_back({reason, explanation, 1, false, std::nullopt, sample});
}

}  // namespace

std::optional<bool> rate_key_is_stuck(RedisConnection& connection, const Deployment& deployment) {
  const RedisCommand question{"PTTL", deployment.settings.at("producer.rate_limit_key")};
  const Reply reply = std::move(connection.pipeline({&question, 1}).front());
  if (!reply.is(Reply::Type::integer)) return std::nullopt;
  return reply.integer() == -1;
}

void explain_waiting(RedisConnection& connection, const Deployment& deployment, std::span<const Job> running,
                     PeekResult& result) {
  bool any_alive = false;
  for (const Job& job : running) {
    const bool orphaned = has_note(job, "orphaned"), stranded = has_note(job, "stranded");
    any_alive = any_alive || (!orphaned && !stranded);
    if (!orphaned && !stranded) continue;
    PeekQueue& row = row_for(result, job.queue.value_or(Untrusted()));
    if (orphaned)
      add_waiting(row, "orphaned",
                  "in the list of a worker without heartbeat; any live worker process puts it back within seconds",
                  job.ref.id);
    else
      add_waiting(row, "stranded",
                  "in the list of a worker that is busy with another job; put back only when that worker stops",
                  job.ref.id);
  }
  const bool something_waits = std::any_of(result.queues.begin(), result.queues.end(),
                                           [](const PeekQueue& queue) { return !queue.next.empty(); });
  if (something_waits && !any_alive) {
    const std::optional<Fleet> fleet = find_fleet(connection, deployment);
    PeekQueue& first = result.queues.front();
    if (!fleet)
      first.notes.push_back("idle workers unknown: CLIENT LIST is not permitted");
    else if (fleet->is_uncertain())
      first.notes.push_back(
          "whether workers live cannot be told: clients wait with BRPOPLPUSH in this database, and "
          "the server does not say for which keys");
    else if (fleet->waiting == 0 && fleet->connected)
      first.waiting.push_back(
          {"workers-take-nothing",
           "worker processes are connected, but none waits for jobs and none is busy: their circuit "
           "breaker is open, as after many failures, or they hang (a job of 1 KiB or more stops a "
           "worker forever)",
           std::nullopt, false, std::nullopt, std::nullopt});
    else if (fleet->waiting == 0)
      first.waiting.push_back({"no-live-workers", "no worker process is connected to this database: none runs",
                               std::nullopt, false, std::nullopt, std::nullopt});
  }
  if (!result.queues.empty() && rate_key_is_stuck(connection, deployment).value_or(false))
    result.queues.front().waiting.push_back({"rate-limit-stuck",
                                             "the producer's rate key has no expiry, so every enqueue waits 200 ms; "
                                             "delete the key",
                                             std::nullopt, false, std::nullopt, std::nullopt});
}

void find_facts(RedisConnection& connection, const Deployment& deployment, std::vector<Finding>& findings) {
  if (!find_fleet(connection, deployment))
    findings.push_back({Finding::Severity::note, "CLIENT LIST", "not permitted: idle workers cannot be seen", {}});
  ReadLimits limits;
  limits.deadline = std::chrono::steady_clock::now() + longest_search;
  const FoundKeys found = scan_keys(connection, "*", keys_examined, limits);
  std::set<std::string_view> foreign;
  std::set<std::string> hosts;
  for (const std::string& key : found.keys) {
    for (const std::string_view prefix : foreign_prefixes)
      if (key.starts_with(prefix)) foreign.insert(prefix);
    for (const Place& place : deployment.places)
      if (place.family && key.size() > place.key.size() + place.suffix.size() && key.starts_with(place.key) &&
          key.ends_with(place.suffix))
        hosts.insert(parse_worker_id(worker_of(place, key)).host);
  }
  hosts.erase(std::string());
  if (!foreign.empty()) {
    std::string names;
    for (const std::string_view prefix : foreign) names += (names.empty() ? "" : ", ") + std::string(prefix) + "*";
    findings.push_back({Finding::Severity::note,
                        "foreign keys",
                        "keys of packages no stock binary uses, or of other programs: " + names,
                        {}});
  }
  // Host names are data: only how many there are is said here; `worker` of running jobs names them.
  if (hosts.size() > 1)
    findings.push_back({Finding::Severity::note,
                        "hosts",
                        "workers of " + std::to_string(hosts.size()) +
                            " hosts hold jobs; deployments with the same key names share them",
                        {}});
}

}  // namespace queuetrace::go_redis_work_queue
