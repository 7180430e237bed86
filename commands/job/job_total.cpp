#include "commands/job/job_total.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "commands/report/counted.hpp"

namespace queuetrace {
namespace {

constexpr std::uint64_t most_counted = 10'000;
constexpr std::chrono::milliseconds longest_count{1'000};

/// Whether the counts of queues answer it: nothing is asked but queues and states in our words.
bool is_of_queues(const JobFilter& filter) {
  JobFilter rest = filter;
  rest.queues.clear();
  rest.states.clear();
  rest.time_field = JobFilter().time_field;
  return rest.empty() &&
         std::ranges::all_of(filter.states, [](const StateSelector& selector) { return selector.state.has_value(); });
}

void add_queue(JobTotal& total, const QueueStatistics& queue, const std::vector<StateSelector>& asked) {
  for (const StateStatistics& state : queue.states) {
    const auto is_asked = [&](const StateSelector& selector) { return selector.state == state.state; };
    if (!asked.empty() && std::ranges::none_of(asked, is_asked)) continue;
    total.states[state.state] += state.count.value;
    total.exactness = std::max(total.exactness, state.count.exactness);
  }
}

JobTotal count_queues(std::vector<OpenedSource>& sources, const JobQuery& query) {
  StatisticsQuery statistics;
  statistics.queues = query.filter.queues;
  statistics.window = Milliseconds(0);
  statistics.limits = query.limits;
  std::vector<Statistics> answers(outcome_count(sources));
  JobTotal total;
  total.outcomes = for_each_store(
      sources, [&](JobStore& store, std::size_t index) { answers[index] = store.statistics(statistics); });
  for (std::size_t index = 0; index < answers.size(); ++index) {
    const Statistics& answer = answers[index];
    total.outcomes[index].truncated = answer.truncated;
    total.warnings.insert(total.warnings.end(), answer.warnings.begin(), answer.warnings.end());
    for (const QueueStatistics& queue : answer.queues) add_queue(total, queue, query.filter.states);
  }
  return total;
}

JobTotal count_matches(std::vector<OpenedSource>& sources, JobQuery query, std::uint64_t most) {
  query.page_size = 1'000;
  query.brief = true;
  query.payload = false;
  query.after.reset();
  JobTotal total;
  std::uint64_t counted = 0;
  const auto count = [&](Job&& job) {
    if (counted == most) {
      total.exactness = Exactness::at_least;
      return false;
    }
    ++counted;
    ++total.states[job.state];
    return true;
  };
  total.outcomes = stream_jobs(sources, std::move(query), count, total.warnings);
  return total;
}

/// What a source did not tell makes a count the least that there is.
JobTotal judged(JobTotal total) {
  if (total.exactness == Exactness::exact) total.exactness = exactness_of(total.outcomes);
  return total;
}

}  // namespace

std::uint64_t JobTotal::jobs() const {
  return std::accumulate(states.begin(), states.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const auto& state) { return sum + state.second; });
}

JobTotal count_jobs(std::vector<OpenedSource>& sources, const JobQuery& query) {
  return judged(is_of_queues(query.filter) ? count_queues(sources, query)
                                           : count_matches(sources, query, std::numeric_limits<std::uint64_t>::max()));
}

JobTotal count_some_jobs(std::vector<OpenedSource>& sources, JobQuery query) {
  ReadLimits& limits = query.limits;
  limits.deadline = std::min(limits.deadline, std::chrono::steady_clock::now() + longest_count);
  limits.statement_timeout = std::min(limits.statement_timeout.value_or(longest_count), longest_count);
  return judged(count_matches(sources, std::move(query), most_counted));
}

Fields state_counts(const JobTotal& total) {
  Fields states;
  for (const auto& [state, count] : total.states)
    states.push_back({std::string(to_word(state)), static_cast<std::int64_t>(count)});
  return states;
}

Fields total_fields(const JobTotal& total) {
  const std::string name = total.exactness == Exactness::exact      ? "total"
                           : total.exactness == Exactness::at_least ? "total_at_least"
                                                                    : "total_estimated";
  return {{name, static_cast<std::int64_t>(total.jobs())}, {"state_counts", state_counts(total)}};
}

}  // namespace queuetrace
