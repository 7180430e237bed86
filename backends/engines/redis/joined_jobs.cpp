#include "backends/engines/redis/joined_jobs.hpp"

#include <algorithm>
#include <set>

#include "backends/engines/redis/queue_rows.hpp"

namespace queuetrace {
namespace {

/// Jobs read at once when all of them are walked through.
constexpr std::size_t jobs_at_once = 500;

void take_one(std::vector<QueueStatistics>& rows, const Job& outcome) {
  QueueStatistics* row = find_row(rows, outcome.queue ? outcome.queue->raw() : std::string());
  if (row == nullptr) return;
  const auto state = std::ranges::find(row->states, outcome.state, &StateStatistics::state);
  if (state != row->states.end() && state->count.value > 0) --state->count.value;
  if (!row->coverage || row->coverage->examined == 0) return;
  --row->coverage->examined;
  for (const auto& [status, number] :
       {std::pair{TraceStatus::w3c, &TraceCoverage::w3c}, std::pair{TraceStatus::opaque, &TraceCoverage::opaque},
        std::pair{TraceStatus::placeholder, &TraceCoverage::placeholder},
        std::pair{TraceStatus::absent, &TraceCoverage::absent}})
    if (outcome.trace.status == status && (*row->coverage).*number > 0) --((*row->coverage).*number);
}

}  // namespace

template <typename See>
void JoinedJobs::walk(const ReadLimits& limits, const std::vector<std::string>& ids, std::vector<std::string>& warnings,
                      See see) {
  JobQuery query;
  query.filter.ids = ids;
  query.page_size = jobs_at_once;
  query.order = JobOrder::storage;
  query.brief = true;
  query.limits = limits;
  bool complete = true;
  do {
    const Page page = jobs_.list(query);
    complete = see(page.jobs) && complete && !page.truncated;
    query.after = page.next;
  } while (query.after);
  if (!complete) warnings.emplace_back("not all messages were looked at: a job may be told twice, by its result, too");
}

void JoinedJobs::join(std::span<Job* const> jobs, bool payload) {
  const std::vector<const Job*> asked(jobs.begin(), jobs.end());
  for (auto& [index, outcome] : outcomes_.of(asked, payload)) rule_.join(*jobs[index], std::move(outcome));
}

void JoinedJobs::look(const ReadLimits& limits, const std::vector<std::string>& ids,
                      std::vector<std::string>& warnings) {
  elsewhere_.clear();
  walk(limits, ids, warnings, [&](const std::vector<Job>& jobs) {
    return std::ranges::all_of(jobs, [&](const Job& job) { return elsewhere_.add(job.ref.id); });
  });
  elsewhere_.settle();
  looked_ = true;
}

void JoinedJobs::take_out(std::vector<QueueStatistics>& rows, const ReadLimits& limits,
                          std::vector<std::string>& warnings) {
  JobsElsewhere seen;  // a job may have several messages, and has one outcome
  walk(limits, {}, warnings, [&](const std::vector<Job>& jobs) {
    std::vector<const Job*> asked;
    std::set<Untrusted> of_page;
    for (const Job& job : jobs)
      if (of_page.insert(job.ref.id).second && !seen.contains(job.ref.id)) asked.push_back(&job);
    for (const auto& [index, outcome] : outcomes_.of(asked, false)) {
      take_one(rows, outcome);
      if (!seen.add(asked[index]->ref.id)) return false;
    }
    seen.settle();
    return true;
  });
  for (QueueStatistics& row : rows)
    std::erase_if(row.states, [](const StateStatistics& state) { return state.count.value == 0; });
}

}  // namespace queuetrace
