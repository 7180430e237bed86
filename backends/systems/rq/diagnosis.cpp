// What `doctor` looks for in RQ (docs/systems/rq.md sections 2, 4 and 9).
#include <algorithm>

#include "backends/engines/redis/job_note.hpp"
#include "backends/engines/redis/queue_search.hpp"
#include "backends/systems/rq/parts.hpp"
#include "backends/systems/rq/system.hpp"

namespace queuetrace::rq {
namespace {

using Severity = Finding::Severity;

template <const auto& code>
bool noted(const Job& job, const Deployment&) {
  return has_note(job, code);
}
constexpr char abandoned[] = "abandoned", not_begun[] = "not-begun", overdue[] = "overdue",
               stranded[] = "dependency-failed";

/// Ended jobs expire by design, and their ids stay until a worker's maintenance.
bool is_missing(const Job& job, const Deployment&) {
  const bool ended =
      job.state == JobState::completed || job.state == JobState::failed || job.state == JobState::cancelled;
  return !ended && has_note(job, "no-record");
}
bool is_failed(const Job& job, const Deployment&) { return job.state == JobState::failed; }

/// How many jobs each queue has in its list and how many are scheduled; whether a scheduler looks after it.
struct QueueLook {
  std::uint64_t waiting = 0, scheduled = 0;
  bool has_scheduler = false;
};

std::vector<QueueLook> look_at_queues(RedisConnection& connection, const Deployment& deployment,
                                      const std::vector<std::string>& queues) {
  std::vector<RedisCommand> commands;
  for (const std::string& queue : queues) {
    commands.push_back({"LLEN", queue_key(deployment, "queue", queue)});
    commands.push_back({"ZCARD", queue_key(deployment, "scheduled", queue)});
    commands.push_back({"EXISTS", queue_key(deployment, "scheduler-lock", queue)});
  }
  const std::vector<Reply> replies = commands.empty() ? std::vector<Reply>() : connection.pipeline(commands);
  const auto number = [&](std::size_t i) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(0, replies[i].integer()));
  };
  std::vector<QueueLook> looks;
  for (std::size_t i = 0; i < queues.size(); ++i)
    looks.push_back({number(3 * i), number(3 * i + 1), number(3 * i + 2) > 0});
  return looks;
}

}  // namespace

constexpr std::array<RedisDiagnosisRule, 9> diagnoses{
    RedisDiagnosisRule{.code = "no-live-workers",
                       .severity = Severity::problem,
                       .subject = "workers",
                       .text = "jobs wait and no worker has a heartbeat: nothing is taken from any queue",
                       .remedy = "start a worker: rq worker QUEUE"},
    RedisDiagnosisRule{.code = "queue-without-worker",
                       .severity = Severity::problem,
                       .subject = "queues",
                       .text = "jobs wait in queues that no live worker takes from",
                       .remedy = "name the queue when a worker is started: rq worker <name>"},
    RedisDiagnosisRule{
        .code = "no-scheduler",
        .severity = Severity::problem,
        .subject = "queues",
        .text = "jobs are scheduled, or wait for their next attempt, and no scheduler looks after "
                "their queues: they are never moved",
        .remedy = "start a worker of the queue with --with-scheduler: rq worker --with-scheduler <name>"},
    RedisDiagnosisRule{.code = "abandoned-job",
                       .severity = Severity::problem,
                       .subject = "running jobs",
                       .text = "the heartbeat of these jobs ran out: their worker is gone or hangs; any worker of the "
                               "queue puts them back, or fails them, in its maintenance every ten minutes",
                       .remedy = "start a worker of the queue; what the job was doing: queuetrace job show -s <source> "
                                 "<ids>",
                       .concerns = noted<abandoned>},
    RedisDiagnosisRule{.code = "job-in-handover",
                       .subject = "running jobs",
                       .text =
                           "workers took these jobs and have not begun them: where it is so for more than a moment, "
                           "the worker died in between; the maintenance of another one fails them",
                       .remedy = "queuetrace job show -s <source> <ids>",
                       .concerns = noted<not_begun>},
    RedisDiagnosisRule{.code = "missing-record",
                       .severity = Severity::problem,
                       .subject = "jobs",
                       .text = "ids stand in a queue and their jobs are gone: they expired (ttl), or were removed by "
                               "hand; a worker drops them when their turn comes",
                       .remedy = "queuetrace job show -s <source> <ids>",
                       .concerns = is_missing},
    RedisDiagnosisRule{.code = "stranded-job",
                       .severity = Severity::problem,
                       .subject = "deferred jobs",
                       .text =
                           "these jobs wait for jobs that failed, were stopped or cancelled: they do so until those "
                           "succeed",
                       .remedy = "queuetrace job show -s <source> <ids>, then retry what they wait for",
                       .concerns = noted<stranded>},
    RedisDiagnosisRule{.code = "overdue-job",
                       .severity = Severity::problem,
                       .subject = "scheduled jobs",
                       .text = "jobs are due for more than two minutes and are still not in their queue: no scheduler "
                               "runs, or it cannot keep up",
                       .remedy = "queuetrace job retry -s <source> <ids>",
                       .concerns = noted<overdue>},
    RedisDiagnosisRule{.code = "failed-jobs",
                       .severity = Severity::note,
                       .subject = "failed jobs",
                       .text = "jobs failed for the last time and wait for an operator; they expire, by default after "
                               "a year",
                       .remedy = "queuetrace job retry -s <source> --state failed",
                       .concerns = is_failed}};

void look(RedisConnection& connection, const Deployment& deployment, const ReadLimits& limits,
          DiagnosisReport& report) {
  const FoundNames queues = find_queues(connection, system, deployment, limits);
  const std::vector<QueueLook> looks = look_at_queues(connection, deployment, queues.names);
  const Workers workers = read_workers(connection, deployment);
  const bool any_waits = std::ranges::any_of(looks, [](const QueueLook& look) { return look.waiting > 0; });
  if (any_waits && !workers.any_alive()) report.add_fact("no-live-workers");
  for (std::size_t i = 0; i < queues.names.size(); ++i) {
    const QueueLook& one = looks[i];
    const Untrusted name(queues.names[i]);
    if (one.waiting > 0 && workers.any_alive() && !workers.take_from(queues.names[i]))
      report.add_name("queue-without-worker", name, one.waiting);
    if (one.scheduled > 0 && !one.has_scheduler) report.add_name("no-scheduler", name, one.scheduled);
  }
}

}  // namespace queuetrace::rq
