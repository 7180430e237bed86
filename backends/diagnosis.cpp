#include "backends/diagnosis.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "model/error.hpp"
#include "model/job_filter.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t most_named = 3;
/// Fewer jobs say nothing about how well a queue is traced.
constexpr std::uint64_t fewest_examined = 20;
constexpr std::size_t parents_looked_for = 1'000;

struct QueueProblem {
  const char* code;
  const char* subject;
  const char* text;
  const char* remedy;
  std::uint64_t (*jobs)(const TraceCoverage& coverage);  ///< of those examined
};

constexpr QueueProblem queue_problems[] = {
    {"low-trace-coverage", "tracing coverage",
     "half of the jobs and more carry no trace id in these queues: they are not found by --trace-id",
     "let the producers store the trace id when they enqueue; `queuetrace stats -s <source>` shows the shares",
     [](const TraceCoverage& coverage) { return coverage.absent; }},
    {"placeholder-trace-ids", "trace ids",
     "half of the jobs and more carry a constant instead of a trace id in these queues: no link can be made",
     "turn tracing on where the jobs are enqueued", [](const TraceCoverage& coverage) { return coverage.placeholder; }},
    {"opaque-trace-ids", "trace ids",
     "at least half of the jobs in these queues carry trace ids that are not W3C ids: they are found, but no viewer "
     "opens "
     "them",
     "store the 32 hex digits of the W3C trace id", [](const TraceCoverage& coverage) { return coverage.opaque; }}};

void look_at_coverage(JobStore& store, const ReadLimits& limits, std::vector<Finding>& findings) {
  StatisticsQuery query;
  query.only_coverage = true;
  query.limits = limits;
  const Statistics statistics = store.statistics(query);
  for (const QueueProblem& problem : queue_problems) {
    Finding finding{Finding::Severity::note, problem.subject, problem.text, problem.remedy, problem.code};
    Count count;
    for (const QueueStatistics& queue : statistics.queues) {
      if (!queue.coverage || queue.coverage->examined < fewest_examined) continue;
      const std::uint64_t jobs = problem.jobs(*queue.coverage);
      if (jobs * 2 < queue.coverage->examined) continue;
      count.value += jobs;
      if (queue.coverage->sampled) count.exactness = Exactness::at_least;
      if (finding.names.size() < most_named) finding.names.push_back(queue.queue);
    }
    if (finding.names.empty()) continue;
    finding.count = count;
    findings.push_back(std::move(finding));
  }
}

/// The jobs that this one names as those it waits for or was made by; a parent span is one where it is a UUID.
std::vector<Untrusted> named_jobs(const Job& job) {
  constexpr std::size_t uuid = 36;
  std::vector<Untrusted> named = job.parents;
  if (job.trace.causation_id && !job.trace.causation_id->empty()) named.push_back(*job.trace.causation_id);
  if (job.trace.parent_span_id && job.trace.parent_span_id->size() == uuid) named.push_back(*job.trace.parent_span_id);
  std::erase(named, job.ref.id);
  return named;
}

/// Parents of the first jobs in storage order, looked up by id.
void look_for_parents(JobStore& store, const ReadLimits& limits, std::vector<Finding>& findings) {
  if (store.capabilities().id != Lookup::indexed) return;
  JobQuery query;
  query.order = JobOrder::storage;
  query.page_size = 1'000;
  query.limits = limits;
  Page sample = store.list(query);
  while (sample.next && sample.jobs.size() < query.page_size && !sample.truncated) {
    query.after = sample.next;
    Page more = store.list(query);
    std::ranges::move(more.jobs, std::back_inserter(sample.jobs));
    sample.next = std::move(more.next);
    sample.truncated = std::move(more.truncated);
  }
  query.after.reset();
  std::map<Untrusted, Untrusted> child_of;  // by parent
  for (const Job& job : sample.jobs)
    for (const Untrusted& parent : named_jobs(job))
      if (child_of.size() < parents_looked_for) child_of.emplace(parent, job.ref.id);
  for (const Job& job : sample.jobs) child_of.erase(job.ref.id);
  if (child_of.empty()) return;
  JobQuery lookup = query;
  for (const auto& [parent, child] : child_of) lookup.filter.ids.push_back(parent.raw());
  for (bool more = true; more;) {
    const Page found = store.list(lookup);
    for (const Job& job : found.jobs) child_of.erase(job.ref.id);
    if (found.truncated) return;  // nobody knows which of the rest are there
    lookup.after = found.next;
    more = found.next.has_value();
  }
  if (child_of.empty()) return;
  Finding finding{Finding::Severity::note, "trace chains",
                  "jobs name a parent that is not in this store: the tree of their trace has a gap there",
                  "keep parents at least as long as their children, in the archive or a capture", "parent-not-found"};
  std::set<Untrusted> children;
  for (const auto& [parent, child] : child_of) children.insert(child);
  finding.count = Count{children.size(), sample.next ? Exactness::at_least : Exactness::exact};
  for (const Untrusted& child : children)
    if (finding.samples.size() < most_named) finding.samples.push_back(child);
  findings.push_back(std::move(finding));
}

/// Who paused the queues of such a finding, since when and why, and how many jobs wait in them. What cannot be read in
/// time is left out.
void look_at_pauses(JobStore& store, const ReadLimits& limits, std::vector<Finding>& findings) {
  for (Finding& finding : findings) {
    if (finding.code != "paused-queue" || finding.names.empty()) continue;
    StatisticsQuery query;
    for (const Untrusted& name : finding.names) query.queues.push_back(quoted_glob(name.raw()));
    query.window = Milliseconds(0);
    query.limits = limits;
    try {
      for (QueueStatistics& queue : store.statistics(query).queues) {
        if (!queue.paused.value_or(false)) continue;
        PausedQueue paused{queue.queue, queue.pause.value_or(QueuePause()), {}};
        for (const StateStatistics& state : queue.states) {
          if (is_finished(state.state) || state.state == JobState::running || state.state == JobState::unknown)
            continue;
          paused.waiting.value += state.count.value;
          if (state.count.exactness != Exactness::exact) paused.waiting.exactness = state.count.exactness;
        }
        finding.paused.push_back(std::move(paused));
      }
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::timed_out) throw;
    }
  }
}

template <typename Look>
void unless_timed_out(const char* code, const char* subject, std::vector<Finding>& findings, Look&& look) {
  try {
    look();
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::timed_out) throw;
    findings.push_back({Finding::Severity::note, subject, "not checked: it takes longer than the time allowed",
                        "queuetrace doctor -s <source> --full", code});
    findings.back().unanswered = true;
  }
}

}  // namespace

std::size_t checks_of(const JobStore& store) {
  return store.checks() + std::size(queue_problems) + 1;  // parents
}

std::vector<Finding> diagnose_store(JobStore& store, const ReadLimits& limits) {
  std::vector<Finding> findings = store.diagnose(limits);
  look_at_pauses(store, limits, findings);
  unless_timed_out("parent-not-found", "trace chains", findings, [&] { look_for_parents(store, limits, findings); });
  unless_timed_out("low-trace-coverage", "tracing coverage", findings,
                   [&] { look_at_coverage(store, limits, findings); });
  return findings;
}

}  // namespace queuetrace
