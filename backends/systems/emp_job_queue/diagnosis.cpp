// What `doctor` looks for in emp-job-queue (docs/systems/emp-job-queue.md sections 2, 3, 4, 5 and 11): the rules on
// single jobs, and workflows whose chain is broken.
#include "backends/systems/emp_job_queue/diagnosis.hpp"
#include "backends/engines/redis/job_note.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace queuetrace::emp_job_queue {
namespace {

using Severity = Finding::Severity;

/// Workflows remembered; of further ones nothing is said.
constexpr std::size_t most_workflows = 100'000;
constexpr std::int64_t most_steps = 64;

template <const auto&... codes>
bool noted(const Job& job, const Deployment&) {
  return (has_note(job, codes) || ...);
}
constexpr char lost[] = "lost", abandoned[] = "abandoned", not_active[] = "not-active", in_both[] = "in-both-results",
               unknown_status[] = "unknown-status", bad_time[] = "bad-time", bad_number[] = "bad-number",
               id_differs[] = "id-differs";

/// Words of the system that nothing writes today (docs/systems/emp-job-queue.md section 3): a program of another age
/// writes here.
bool has_old_status(const Job& job, const Deployment&) {
  const std::string status = job.native_state ? job.native_state->raw() : std::string();
  return status == "queued" || status == "unworkable" || status == "timeout";
}

/// What was seen of one workflow.
struct Workflow {
  std::set<std::int64_t> steps;   ///< that there are
  std::set<std::int64_t> open;    ///< with a job that waits or runs
  std::set<std::int64_t> failed;  ///< with a job that failed for good
  std::set<std::int64_t> well;    ///< with a job that did not: the product may repeat a step under a new id
};

std::int64_t step_of(const Job& job) {
  for (const Field& field : job.extra)
    if (field.name == "current_step" || field.name == "step_number")
      if (const std::int64_t* number = std::get_if<std::int64_t>(&field.value)) return *number;
  return 0;
}

class WorkflowWatcher : public JobWatcher {
 public:
  void see(const Job& job) override {
    const std::int64_t step = step_of(job);
    if (!job.workflow_id || step < 1 || step > most_steps) return;
    if (workflows_.size() >= most_workflows && !workflows_.contains(*job.workflow_id)) return;
    Workflow& workflow = workflows_[*job.workflow_id];
    workflow.steps.insert(step);
    const bool failed = job.state == JobState::failed || job.state == JobState::cancelled;
    (failed ? workflow.failed : workflow.well).insert(step);
    if (!failed && job.state != JobState::completed) workflow.open.insert(step);
  }

  void tell(DiagnosisReport& report, bool complete) override {
    for (const auto& [id, workflow] : workflows_) {
      // Without all jobs nobody knows which steps are not there.
      if (complete && static_cast<std::int64_t>(workflow.steps.size()) < *workflow.steps.rbegin())
        report.add_name("workflow-gap", id, 1);
      const bool past = std::ranges::any_of(workflow.failed, [&workflow = workflow](std::int64_t step) {
        return !workflow.well.contains(step) && !workflow.open.empty() && *workflow.open.rbegin() > step;
      });
      if (past && complete) report.add_name("workflow-past-failure", id, 1);
    }
  }

 private:
  std::map<Untrusted, Workflow> workflows_;
};

}  // namespace

constexpr std::array<RedisDiagnosisRule, 22> diagnoses{
    RedisDiagnosisRule{.code = "missing-function",
                       .severity = Severity::problem,
                       .subject = "claim function",
                       .text = "jobMatching is not loaded: workers get no work, or take the top job without matching",
                       .remedy = "redis-functions install"},
    RedisDiagnosisRule{.code = "no-live-workers",
                       .severity = Severity::problem,
                       .subject = "workers",
                       .text = "jobs wait and no worker has a heartbeat",
                       .remedy = "start a worker"},
    RedisDiagnosisRule{.code = "stale-worker",
                       .subject = "workers",
                       .text = "workers are in workers:active without a heartbeat: they are gone",
                       .remedy = "redis-cli SREM workers:active <name>"},
    RedisDiagnosisRule{.code = "not-all-waiting",
                       .severity = Severity::note,
                       .subject = "jobs:pending",
                       .text = "not all waiting ids were read",
                       .remedy = "queuetrace doctor -s <source> --full"},
    RedisDiagnosisRule{.code = "ghost",
                       .severity = Severity::problem,
                       .subject = "ghosts",
                       .text = "ids wait in jobs:pending without a job; each holds one of the 100 places workers look "
                               "at",
                       .remedy = "redis-cli ZREM jobs:pending <ids>"},
    RedisDiagnosisRule{.code = "pending-but-begun",
                       .severity = Severity::problem,
                       .subject = "double-listed",
                       .text = "jobs are in jobs:pending with a status other than pending: they are done again",
                       .remedy = "redis-cli ZREM jobs:pending <ids>"},
    RedisDiagnosisRule{.code = "poison-requirements",
                       .severity = Severity::problem,
                       .subject = "poison requirements",
                       .text = "jobs make the claim function fail for every worker of their service: those get nothing "
                               "more",
                       .remedy = "queuetrace job delete -s <source> <ids>"},
    RedisDiagnosisRule{
        .code = "blocked-window",
        .severity = Severity::problem,
        .subject = "jobs:pending",
        .text = "the top 100 ids are ghosts and jobs that no worker takes: none sees what comes after them",
        .remedy = "queuetrace peek --why -s <source>"},
    RedisDiagnosisRule{.code = "unclaimable-job",
                       .subject = "unclaimable",
                       .text = "waiting jobs are taken by no live worker",
                       .remedy = "queuetrace peek --why -s <source>"},
    RedisDiagnosisRule{.code = "retried-jobs-starve",
                       .subject = "score formulas",
                       .text = "waiting jobs have a score by the formula of retries, which stands below every fresh "
                               "job of priority 10 and more: they starve",
                       .remedy = "queuetrace peek -s <source>"},
    RedisDiagnosisRule{.code = "lost-job",
                       .severity = Severity::problem,
                       .subject = "lost",
                       .text = "jobs are pending but not in jobs:pending: no worker ever sees them",
                       .remedy = "queuetrace job retry -s <source> <ids>",
                       .concerns = noted<lost>,
                       .passing = true},
    RedisDiagnosisRule{.code = "abandoned-job",
                       .severity = Severity::problem,
                       .subject = "abandoned",
                       .text = "jobs are in the hands of a worker without heartbeat; the system never takes them back",
                       .remedy = "queuetrace job retry -s <source> <ids>",
                       .concerns = noted<abandoned>,
                       .passing = true},
    RedisDiagnosisRule{.code = "running-but-not-active",
                       .subject = "running jobs",
                       .text = "running jobs are missing from their worker's list of active jobs: monitors do not see "
                               "them",
                       .remedy = "queuetrace job show -s <source> <ids>",
                       .concerns = noted<not_active>,
                       .passing = true},
    RedisDiagnosisRule{.code = "active-but-finished",
                       .subject = "double-listed",
                       .text = "finished jobs, or ids without a job, are still in a worker's list of active jobs",
                       .remedy = "redis-cli HDEL jobs:active:WORKER <ids>"},
    RedisDiagnosisRule{.code = "in-both-results",
                       .subject = "double-listed",
                       .text = "jobs are in jobs:failed and in jobs:completed: a cancel that did not cancel, or a run "
                               "after the last one",
                       .remedy = "queuetrace job show -s <source> <ids>",
                       .concerns = noted<in_both>,
                       .passing = true},
    RedisDiagnosisRule{.code = "unknown-status",
                       .subject = "status",
                       .text = "jobs have a status that the system does not know: none of its programs finds them",
                       .remedy = "queuetrace job show -s <source> <ids>",
                       .concerns = noted<unknown_status>},
    RedisDiagnosisRule{.code = "old-status",
                       .subject = "status",
                       .text = "jobs have a status that no current version writes (queued, unworkable, timeout): "
                               "programs of different ages share these queues",
                       .remedy = "queuetrace job show -s <source> <ids>",
                       .concerns = has_old_status},
    RedisDiagnosisRule{
        .code = "malformed-record",
        .subject = "records",
        .text = "jobs have times or numbers that cannot be read, or an id other than the one in their key",
        .remedy = "queuetrace job show -s <source> <ids>",
        .concerns = noted<bad_time, bad_number, id_differs>},
    RedisDiagnosisRule{.code = "workflow-gap",
                       .subject = "workflows",
                       .text = "earlier steps of workflows are missing: their chain cannot be shown",
                       .remedy = "queuetrace job list -s <source> --workflow <name>"},
    RedisDiagnosisRule{.code = "workflow-past-failure",
                       .subject = "workflows",
                       .text = "steps wait or run in workflows of which an earlier step failed for good",
                       .remedy = "queuetrace job list -s <source> --workflow <name>"},
    RedisDiagnosisRule{.code = "results-expire-soon",
                       .severity = Severity::note,
                       .subject = "results",
                       .text = "hashes of results expire as a whole within the hour; the next result of the kind "
                               "renews them",
                       .remedy = "queuetrace capture -s <source> --output results.db"},
    RedisDiagnosisRule{.code = "results-never-expire",
                       .severity = Severity::note,
                       .subject = "results",
                       .text = "hashes of results have no expiry, as after a cancel through the API: they stay until "
                               "the next result of the kind is written",
                       .remedy = "redis-cli EXPIRE <name> 604800"}};

std::unique_ptr<JobWatcher> watch() { return std::make_unique<WorkflowWatcher>(); }

}  // namespace queuetrace::emp_job_queue
