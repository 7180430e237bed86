// What `doctor` looks for in Sidekiq (docs/systems/sidekiq.md sections 2, 4 and 9).
#include <algorithm>

#include "backends/drivers/redis/reply_error.hpp"
#include "backends/engines/redis/job_note.hpp"
#include "backends/engines/redis/key_scan.hpp"
#include "backends/engines/redis/queue_search.hpp"
#include "backends/systems/sidekiq/parts.hpp"
#include "backends/systems/sidekiq/system.hpp"

namespace queuetrace::sidekiq {
namespace {

using Severity = Finding::Severity;

/// The trim that each death makes leaves so many (docs/systems/sidekiq.md section 2).
constexpr std::int64_t most_dead = 9'999;
/// Lists looked at whose queue no one names.
constexpr std::size_t most_unlisted = 1'000;

template <const auto& code>
bool noted(const Job& job, const Deployment&) {
  return has_note(job, code);
}
constexpr char orphaned[] = "orphaned", silent[] = "silent-process", overdue[] = "overdue",
               undecodable[] = "undecodable";

/// What is among the dead already is where it belongs.
bool is_garbage(const Job& job, const Deployment&) { return job.state != JobState::dead && has_note(job, undecodable); }
bool is_dead(const Job& job, const Deployment&) { return job.state == JobState::dead; }

/// Jobs that wait, by queue.
std::vector<std::pair<std::string, std::uint64_t>> waiting_jobs(RedisConnection& connection,
                                                                const Deployment& deployment,
                                                                const std::vector<std::string>& queues) {
  std::vector<RedisCommand> commands;
  for (const std::string& queue : queues) commands.push_back({"LLEN", key_of(deployment, "queue:" + queue)});
  const std::vector<Reply> lengths = commands.empty() ? std::vector<Reply>() : connection.pipeline(commands);
  std::vector<std::pair<std::string, std::uint64_t>> waiting;
  for (std::size_t i = 0; i < queues.size(); ++i)
    if (lengths[i].integer() > 0) waiting.emplace_back(queues[i], static_cast<std::uint64_t>(lengths[i].integer()));
  return waiting;
}

void look_at_processes(RedisConnection& connection, const Deployment& deployment, const FoundNames& queues,
                       DiagnosisReport& report) {
  const Processes processes = read_processes(connection, deployment);
  for (const Process& process : processes.all)
    if (!process.alive) report.add_name("dead-process", Untrusted(process.identity), 1);
  const auto waiting = waiting_jobs(connection, deployment, queues.names);
  const std::vector<RedisCommand> questions{{"EXISTS", key_of(deployment, "schedule")},
                                            {"EXISTS", key_of(deployment, "retry")}};
  const std::vector<Reply> later = connection.pipeline(questions);
  const bool anything = !waiting.empty() || later[0].integer() > 0 || later[1].integer() > 0;
  if (!anything) return;
  if (!processes.any_alive()) {
    report.add_fact("no-live-workers");
  } else if (processes.all_quiet()) {
    report.add_fact("quiet-workers");
  } else {
    for (const auto& [queue, length] : waiting)
      if (!processes.take_from(queue)) report.add_name("queue-without-worker", Untrusted(queue), length);
  }
}

void look_for_unlisted(RedisConnection& connection, const Deployment& deployment, const FoundNames& queues,
                       const ReadLimits& limits, DiagnosisReport& report) {
  const std::string before = key_of(deployment, "queue:");
  const FoundKeys found = scan_keys(connection, quote_glob(before) + "*", most_queues, limits);
  std::vector<std::string> unlisted;
  for (const std::string& key : found.keys)
    if (!std::ranges::binary_search(queues.names, key.substr(before.size())) && unlisted.size() < most_unlisted)
      unlisted.push_back(key.substr(before.size()));
  for (const auto& [queue, length] : waiting_jobs(connection, deployment, unlisted))
    report.add_name("unlisted-queue", Untrusted(queue), length);
  if (!found.complete) report.not_answered("unlisted-queue");
}

}  // namespace

constexpr std::array<RedisDiagnosisRule, 10> diagnoses{
    RedisDiagnosisRule{.code = "no-live-workers",
                       .severity = Severity::problem,
                       .subject = "workers",
                       .text = "jobs wait and no process has a heartbeat: nothing is taken, and nothing that is due "
                               "is moved to its queue",
                       .remedy = "start a worker: bundle exec sidekiq"},
    RedisDiagnosisRule{.code = "quiet-workers",
                       .severity = Severity::problem,
                       .subject = "workers",
                       .text = "jobs wait and every process was told to take no more (TSTP), as before a deployment "
                               "that did not come to its end",
                       .remedy = "restart the workers: a quiet process does not begin again"},
    RedisDiagnosisRule{.code = "queue-without-worker",
                       .severity = Severity::problem,
                       .subject = "queues",
                       .text = "jobs wait in queues that no live process takes from",
                       .remedy = "name the queue in a worker's configuration: sidekiq -q NAME"},
    RedisDiagnosisRule{.code = "orphaned-job",
                       .severity = Severity::problem,
                       .subject = "running jobs",
                       .text = "the process of these jobs has no heartbeat: it ended without giving them back, and "
                               "within a minute they are in no key any more (only Pro's super_fetch brings them back)",
                       .remedy = "queuetrace job show -s <source> <ids>, and enqueue what must be done again",
                       .concerns = noted<orphaned>},
    RedisDiagnosisRule{.code = "silent-process",
                       .subject = "running jobs",
                       .text = "the process of these jobs gave no sign of life for more than 45 s: it was killed, "
                               "stopped or is out of touch, and with it go its jobs",
                       .remedy = "queuetrace job show -s <source> <ids>",
                       .concerns = noted<silent>},
    RedisDiagnosisRule{.code = "dead-process",
                       .subject = "workers",
                       .text = "processes left their name and nothing else: they were killed, and what they had in "
                               "hand is lost (the next process that starts removes the name)",
                       .remedy = "look at the log of <name>, and enqueue what must be done again"},
    RedisDiagnosisRule{.code = "overdue-job",
                       .severity = Severity::problem,
                       .subject = "scheduled jobs",
                       .text = "jobs are due for more than two minutes and are still not in their queue: no process "
                               "polls, or the poller cannot keep up",
                       .remedy = "queuetrace job retry -s <source> <ids>",
                       .concerns = noted<overdue>},
    RedisDiagnosisRule{.code = "undecodable-job",
                       .severity = Severity::problem,
                       .subject = "jobs",
                       .text = "entries are no jobs in JSON: a worker that takes one puts it among the dead, and "
                               "nothing is run",
                       .remedy = "queuetrace job show --raw -s <source> <ids>",
                       .concerns = is_garbage},
    RedisDiagnosisRule{.code = "unlisted-queue",
                       .subject = "queues",
                       .text = "lists of jobs that the set of queues does not name: Sidekiq's own page and counts miss "
                               "them",
                       .remedy = "redis-cli SADD queues <name>, after the namespace where there is one"},
    RedisDiagnosisRule{.code = "dead-jobs",
                       .severity = Severity::note,
                       .subject = "dead jobs",
                       .text = "jobs failed for the last time and wait for an operator; the oldest are dropped after "
                               "six months, or when there are 10,000",
                       .remedy = "queuetrace job retry -s <source> --state dead",
                       .concerns = is_dead}};

void look(RedisConnection& connection, const Deployment& deployment, const ReadLimits& limits,
          DiagnosisReport& report) {
  const FoundNames queues = find_queues(connection, system, deployment, limits);
  look_at_processes(connection, deployment, queues, report);
  look_for_unlisted(connection, deployment, queues, limits, report);
  const RedisCommand count{"ZCARD", key_of(deployment, "dead")};
  const Reply dead = std::move(connection.pipeline({&count, 1}).front());
  if (dead.integer() >= most_dead) report.explain("dead-jobs", "the set is full: each new death drops the oldest");
}

}  // namespace queuetrace::sidekiq
