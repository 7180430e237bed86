// What `doctor` looks for in Resque (docs/systems/resque.md sections 2, 4 and 9).
#include <algorithm>

#include "backends/engines/redis/job_note.hpp"
#include "backends/engines/redis/queue_search.hpp"
#include "backends/systems/resque/parts.hpp"
#include "backends/systems/resque/system.hpp"

namespace queuetrace::resque {
namespace {

using Severity = Finding::Severity;

template <const auto& code>
bool noted(const Job& job, const Deployment&) {
  return has_note(job, code);
}
constexpr char lost[] = "lost-worker", silent[] = "silent-worker", overdue[] = "overdue", undecodable[] = "undecodable";

bool is_failed(const Job& job, const Deployment&) { return job.state == JobState::failed && !has_note(job, "retried"); }

}  // namespace

constexpr std::array<RedisDiagnosisRule, 8> diagnoses{
    RedisDiagnosisRule{.code = "no-live-workers",
                       .severity = Severity::problem,
                       .subject = "workers",
                       .text = "jobs wait and no worker is alive: nothing is taken",
                       .remedy = "start a worker: QUEUE=* bundle exec rake resque:work"},
    RedisDiagnosisRule{.code = "queue-without-worker",
                       .severity = Severity::problem,
                       .subject = "queues",
                       .text = "jobs wait in queues that no live worker names",
                       .remedy = "name the queue in a worker's QUEUE"},
    RedisDiagnosisRule{.code = "lost-worker",
                       .severity = Severity::problem,
                       .subject = "running jobs",
                       .text = "the worker of these jobs is not listed any more: nothing takes them up again, and no "
                               "failure was written",
                       .remedy = "queuetrace job show -s <source> <ids>, and enqueue what must be done again",
                       .concerns = noted<lost>,
                       .passing = true},
    RedisDiagnosisRule{.code = "silent-worker",
                       .severity = Severity::problem,
                       .subject = "running jobs",
                       .text = "the worker of these jobs gave no sign of life for more than 300 s: it was killed or is "
                               "out of touch; the next worker that starts writes them among the failures",
                       .remedy = "start a worker; what the job was doing: queuetrace job show -s <source> <ids>",
                       .concerns = noted<silent>,
                       .passing = true},
    RedisDiagnosisRule{.code = "dead-worker",
                       .subject = "workers",
                       .text = "workers are listed that gave no sign of life for more than 300 s: they were killed or "
                               "are out of touch (the next worker that starts removes them)",
                       .remedy = "look at the log of <name>, and start a worker"},
    RedisDiagnosisRule{.code = "overdue-job",
                       .severity = Severity::problem,
                       .subject = "delayed jobs",
                       .text = "jobs are due for more than a minute and are still not in their queue: no "
                               "resque-scheduler runs, or it cannot keep up",
                       .remedy = "start it: bundle exec rake resque:scheduler",
                       .concerns = noted<overdue>},
    RedisDiagnosisRule{.code = "undecodable-job",
                       .severity = Severity::problem,
                       .subject = "jobs",
                       .text = "elements are no jobs in JSON: a worker that takes one ends over it",
                       .remedy = "queuetrace job delete -s <source> <ids>",
                       .concerns = noted<undecodable>},
    RedisDiagnosisRule{.code = "failed-jobs",
                       .severity = Severity::note,
                       .subject = "failed jobs",
                       .text = "jobs failed and wait for an operator; nothing ever trims the list",
                       .remedy = "queuetrace job retry -s <source> --state failed",
                       .concerns = is_failed}};

void look(RedisConnection& connection, const Deployment& deployment, const ReadLimits& limits,
          DiagnosisReport& report) {
  const FoundNames queues = find_queues(connection, system, deployment, limits);
  const Workers workers = read_workers(connection, deployment);
  for (const Worker& worker : workers.all)
    if (worker.silent) report.add_name("dead-worker", Untrusted(worker.id), 1);
  std::vector<RedisCommand> commands;
  for (const std::string& queue : queues.names) commands.push_back({"LLEN", key_of(deployment, "queue:" + queue)});
  const std::vector<Reply> lengths = commands.empty() ? std::vector<Reply>() : connection.pipeline(commands);
  bool any_waits = false;
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    if (lengths[i].integer() <= 0) continue;
    any_waits = true;
    if (workers.any_alive() && !workers.take_from(queues.names[i]))
      report.add_name("queue-without-worker", Untrusted(queues.names[i]),
                      static_cast<std::uint64_t>(lengths[i].integer()));
  }
  if (any_waits && !workers.any_alive()) report.add_fact("no-live-workers");
}

}  // namespace queuetrace::resque
