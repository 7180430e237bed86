#include "commands/trace/recent_traces.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "commands/report/merged_outcomes.hpp"
#include "tracing/trace_id.hpp"
#include "tracing/trace_key.hpp"
#include "tracing/trace_times.hpp"
#include "tracing/trace_tree_builder.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t largest_page = 5'000;

/// As people paste it back: digits and free text as they are stored, of whole contexts the digits.
Untrusted shown_id(const Job& job) {
  const ParsedTraceId parsed = parse_stored_trace_id(job.trace.trace_id->raw());
  const bool as_stored = parsed.canonical.empty() || parsed.kind.starts_with("hex") || parsed.kind.ends_with("uuid") ||
                         parsed.kind.starts_with("decimal");
  return as_stored ? *job.trace.trace_id : Untrusted(parsed.canonical);
}

/// When the job was last heard of.
Timestamp last_of(const Job& job) {
  Timestamp last = infinite_past;
  for (const std::optional<Timestamp>& time : {job.finished_at, job.started_at, job.created_at})
    last = std::max(last, usable(time).value_or(infinite_past));
  return last;
}

TraceSummary summary_of(std::vector<Job>&& jobs, const LinkMaker& links, Timestamp now) {
  const TraceTree tree = build_trace_tree(std::move(jobs), now);
  TraceSummary summary;
  summary.totals = tree.totals;
  summary.first = tree.first;
  summary.last = tree.last;
  std::vector<const Job*> linked;
  Timestamp failed_at = infinite_past;
  for (const TraceNode& node : tree.nodes) {
    if (!node.job) continue;
    const Job& job = *node.job;
    if (linked.empty()) {
      summary.trace_id = shown_id(job);
      summary.status = job.trace.status;
    }
    linked.push_back(&job);
    ++summary.states[job.state];
    if (job.queue) summary.queues.insert(*job.queue);
    if (job.trace.correlation_id && !job.trace.correlation_id->empty())
      summary.correlation_ids.insert(*job.trace.correlation_id);
    if (job.error && !job.error->empty() && (!summary.error || last_of(job) > failed_at)) {
      summary.error = job.error;
      failed_at = last_of(job);
    }
  }
  summary.trace_url = links.trace_url(linked);
  return summary;
}

}  // namespace

RecentTraces read_recent_traces(std::vector<OpenedSource>& sources, JobQuery query, std::size_t most_jobs,
                                const LinkMaker& links, Timestamp now) {
  RecentTraces recent;
  std::map<std::string, std::vector<Job>> jobs;
  while (recent.jobs < most_jobs) {
    query.page_size = std::min<std::size_t>(largest_page, most_jobs - recent.jobs);
    query.follow = most_jobs - recent.jobs - query.page_size;
    GatheredPage page = gather_jobs(sources, query);
    const bool progress = !page.jobs.empty();
    for (Job& job : page.jobs) {
      ++recent.jobs;
      std::string key = shared_trace_key(job);
      if (key.empty())
        ++recent.untraced;
      else
        jobs[std::move(key)].push_back(std::move(job));
    }
    recent.warnings.insert(recent.warnings.end(), page.warnings.begin(), page.warnings.end());
    merge_outcomes(recent.outcomes, std::move(page.outcomes));
    recent.more = page.next.has_value();
    if (!page.next || !progress) break;
    query.after = page.next;
  }
  for (auto& [key, of_trace] : jobs) recent.traces.push_back(summary_of(std::move(of_trace), links, now));
  sort_traces(recent.traces, "newest");
  return recent;
}

void sort_traces(std::vector<TraceSummary>& traces, const std::string& order) {
  const auto by = [&traces](const auto& most) {
    std::ranges::stable_sort(
        traces, [&](const TraceSummary& left, const TraceSummary& right) { return most(left) > most(right); });
  };
  if (order == "newest") by([](const TraceSummary& trace) { return trace.last.value_or(infinite_past); });
  if (order == "slowest") by([](const TraceSummary& trace) { return trace.total().value_or(Milliseconds(-1)); });
  if (order == "waiting") by([](const TraceSummary& trace) { return trace.totals.waiting; });
  if (order == "failed") by([](const TraceSummary& trace) { return trace.totals.failed; });
  if (order == "jobs") by([](const TraceSummary& trace) { return trace.totals.jobs; });
}

}  // namespace queuetrace
