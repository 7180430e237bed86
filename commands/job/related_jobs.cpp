#include "commands/job/related_jobs.hpp"

#include <algorithm>
#include <set>

#include "model/error.hpp"
#include "tracing/trace_id.hpp"
#include "tracing/tying_id.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t most_shown = 20;
constexpr std::size_t most_counted = 200;

/// Whether the stored trace id can relate jobs at all.
bool relates(const TraceContext& trace) {
  return trace.trace_id && (trace.status == TraceStatus::w3c || trace.status == TraceStatus::opaque);
}

}  // namespace

const GatheredPage& RelatedJobsReader::ask(bool by_trace, const std::string& id) {
  const std::pair<bool, std::string> key{by_trace, id};
  const auto known = answers_.find(key);
  if (known != answers_.end()) return known->second;
  JobQuery query;
  query.page_size = most_counted;
  query.limits = context_.limits;
  if (by_trace)
    query.filter.traces.push_back(make_trace_query(id));
  else
    query.filter.correlation_ids.push_back(id);
  return answers_.emplace(key, gather_jobs(sources_, query)).first->second;
}

RelatedJobs RelatedJobsReader::related_to(const Job& job) {
  RelatedJobs related;
  std::set<std::pair<std::string, std::string>> seen{{job.ref.source, job.ref.id.raw()}};
  const auto take = [&](bool by_trace, const std::string& id) {
    const GatheredPage& page = ask(by_trace, id);
    for (const Job& other : page.jobs) {
      if (!seen.emplace(other.ref.source, other.ref.id.raw()).second) continue;
      if (related.shown.size() < most_shown)
        related.shown.push_back({other, by_trace});
      else
        ++related.more;
    }
    const bool incomplete = std::any_of(page.outcomes.begin(), page.outcomes.end(), [](const SourceOutcome& outcome) {
      return outcome.error || outcome.incomplete();
    });
    related.at_least = related.at_least || incomplete || page.next.has_value();
    related.outcomes.insert(related.outcomes.end(), page.outcomes.begin(), page.outcomes.end());
    related.warnings.insert(related.warnings.end(), page.warnings.begin(), page.warnings.end());
  };
  if (relates(job.trace)) {
    // A stored text that no query can be made of (too long, control characters) relates nothing.
    try {
      take(true, job.trace.trace_id->raw());
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::usage) throw;
    }
  }
  if (job.trace.correlation_id && !is_no_id(job.trace.correlation_id->raw()))
    take(false, job.trace.correlation_id->raw());
  return related;
}

}  // namespace queuetrace
