#include "commands/job/wider_search.hpp"

#include "commands/job/job_total.hpp"
#include "model/count_words.hpp"
#include "model/job_filter.hpp"

namespace queuetrace {
namespace {

/// The options that chose states; empty: none did.
std::string state_options(const FilterOptions& typed) {
  std::string words;
  const auto add = [&words](bool given, const std::string& option) {
    if (given) words += (words.empty() ? "" : " ") + option;
  };
  add(!typed.states.empty(), "--state");
  add(typed.failed, "--failed");
  add(typed.dead, "--dead");
  add(typed.completed, "--completed");
  return words;
}

/// The options that chose times; empty: none did.
std::string time_options(const FilterOptions& typed) {
  std::string words;
  const auto add = [&words](bool given, const std::string& option) {
    if (given) words += (words.empty() ? "" : " ") + option;
  };
  add(!typed.since.empty(), "--since");
  add(typed.last_hours.has_value(), "--last-hours");
  add(!typed.until.empty(), "--until");
  add(typed.older_than_days.has_value(), "--older-than-days");
  return words;
}

JobFilter without_states(JobFilter filter, const FilterOptions& typed) {
  filter.states.clear();
  if (typed.time_field.empty() && typed.error_groups.empty()) filter.time_field = JobFilter().time_field;
  return filter;
}

JobFilter without_times(JobFilter filter) {
  filter.since.reset();
  filter.until.reset();
  filter.time_field = JobFilter().time_field;
  return filter;
}

}  // namespace

std::string found_without(std::vector<OpenedSource>& sources, const JobQuery& query, const FilterOptions& typed) {
  const std::string states = state_options(typed), times = time_options(typed);
  const auto count = [&](const std::string& options, JobFilter filter) -> std::string {
    if (options.empty() || filter.empty()) return {};
    JobQuery wider = query;
    wider.filter = std::move(filter);
    const JobTotal total = count_some_jobs(sources, std::move(wider));
    if (total.jobs() == 0) return {};
    return "without " + options + ": " + grouped(total.jobs()) + (total.exactness == Exactness::exact ? "" : "+");
  };
  if (std::string found = count(states, without_states(query.filter, typed)); !found.empty()) return found;
  if (std::string found = count(times, without_times(query.filter)); !found.empty()) return found;
  if (states.empty() || times.empty()) return {};
  return count(states + " " + times, without_times(without_states(query.filter, typed)));
}

}  // namespace queuetrace
