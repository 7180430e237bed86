#include "commands/queue/wait_goal.hpp"

#include <algorithm>
#include <memory>

#include "commands/filter/check.hpp"
#include "commands/filter/words.hpp"
#include "commands/job/find_jobs.hpp"
#include "commands/report/outcomes.hpp"
#include "commands/report/suggestion.hpp"
#include "model/count_words.hpp"

namespace queuetrace {
namespace {

constexpr std::uint64_t most_counted = 10'000;

std::string with_filter(const std::string& words, const JobFilter& filter) {
  const std::string which = filter_words(filter);
  return which.empty() ? words : words + " (" + which + ")";
}

JobFilter in_states(JobFilter filter, std::initializer_list<JobState> states) {
  for (const JobState state : states) filter.states.push_back({state, std::string(to_word(state))});
  return filter;
}

/// What a look at `now` counts.
std::vector<JobFilter> filters_of(const WaitOptions& options, const JobFilter& filter, Timestamp now) {
  using enum JobState;
  if (!options.empty && !options.idle) return {filter};
  if (!options.due && options.idle) return {in_states(filter, {pending, scheduled, blocked, retrying, running})};
  if (!options.due) return {in_states(filter, {pending, scheduled, blocked, retrying})};
  std::vector<JobFilter> filters{in_states(filter, {pending, retrying})};
  filters.front().time_field = TimeField::due;
  filters.front().until = now;
  if (options.idle) filters.push_back(in_states(filter, {running}));
  return filters;
}

/// `email and orders are idle`; without queues all of the sources are meant.
std::string queues_are(const WaitOptions& options, const std::vector<std::string>& queues) {
  const std::string state = std::string(options.idle ? "idle" : "empty") + (options.due ? ", but for later jobs" : "");
  if (queues.empty()) return "every queue is " + state;
  return joined(queues, " and ") + (queues.size() == 1 ? " is " : " are ") + state;
}

}  // namespace

void check_wait_options(const WaitOptions& options) {
  const int given = int{options.empty} + int{options.idle} + int{!options.job.empty()} +
                    int{options.count.has_value()} + int{!options.operation.empty()};
  if (given != 1)
    throw Error(ErrorKind::usage, given == 0 ? "wait: nothing to wait for" : "wait: more than one thing to wait for")
        .with_hint(
            "give one of --empty, --idle, --count N (with filters), --job ID (with --state WORD, or until it is "
            "finished), --operation OPERATION");
  if (options.due && !options.empty && !options.idle)
    throw Error(ErrorKind::usage, "--due says which jobs --empty and --idle wait for")
        .with_hint("give --empty or --idle with it");
  if (options.count && *options.count > most_counted)
    throw Error(ErrorKind::usage, "--count: " + std::to_string(*options.count) + " is more than " +
                                      std::to_string(most_counted) + ", which every poll would have to read");
}

void check_wait_filter(const WaitOptions& options, JobFilter filter) {
  if ((options.empty || options.idle) && !filter.states.empty())
    throw Error(ErrorKind::usage,
                "--state cannot be combined with --empty or --idle, which choose the states themselves")
        .with_hint("give --count 0 --state WORD to wait until no job is in that state");
  if (options.due && (filter.since || filter.until))
    throw Error(ErrorKind::usage, "--due already says which times are meant")
        .with_hint("leave out --since and --until, or --due");
  if (!options.operation.empty() && !filter.empty())
    throw Error(ErrorKind::usage, "--operation names its jobs and cannot be combined with filters")
        .with_hint("leave the filters out, or give them with --count N");
  filter.states.clear();
  if (!options.job.empty() && !filter.empty())
    throw Error(ErrorKind::usage, "--job names one job and cannot be combined with other filters")
        .with_hint("only --state is allowed; for several jobs give filters and --count N");
}

WaitGoal jobs_goal(const WaitOptions& options, JobFilter filter, const Context& context) {
  WaitGoal goal;
  const std::uint64_t count = options.count.value_or(0);
  goal.queues = filter.queues;
  goal.remaining = options.count ? "jobs match" : "jobs left";
  goal.runs_too = options.idle;
  const std::string which = options.due ? "no job that is due waits" : "no job waits";
  goal.words = options.empty  ? with_filter(which, filter)
               : options.idle ? with_filter(which + " or runs", filter)
               : count == 0   ? with_filter("no job", filter)
                              : with_filter("at least " + count_words(count, "job"), filter);
  goal.met = options.count ? goal.words : queues_are(options, goal.queues);
  goal.unmet = options.count ? "Not so" : options.idle ? "Not idle" : "Not empty";
  goal.look = [options, filter = std::move(filter), count, now = context.now](std::vector<OpenedSource>& sources,
                                                                              const ReadLimits& limits) {
    return JobsCondition{filters_of(options, filter, now()), count}.look(sources, limits);
  };
  return goal;
}

WaitGoal job_goal(const WaitOptions& options, JobFilter filter, const Context& context,
                  std::vector<OpenedSource>& sources) {
  const std::string& typed = options.job;
  JobSearch search = find_jobs({typed}, context, false);
  report_missing(search, context.notices);
  const std::vector<const Job*> jobs = search.jobs();
  if (jobs.empty()) {
    throw_only_failure(search.outcomes);
    report_outcomes(search.outcomes, search.warnings, context.notices);
    throw Error(ErrorKind::unreachable, "no job " + in_quotes(typed) + " in the sources that answered");
  }
  JobCondition condition{jobs.front()->ref, {}};
  for (const Job* job : jobs)
    if (job->ref.source != condition.job.source)
      throw Error(ErrorKind::not_found, in_quotes(typed) + " is a job of several sources")
          .with_hint("name the source, as in " + condition.job.source + "/" + typed);
  sources = std::move(search.sources);
  std::erase_if(sources, [&](const OpenedSource& source) {
    return std::ranges::none_of(source.stores, [&](const std::unique_ptr<JobStore>& store) {
      return store->address() == condition.job.source;
    });
  });
  std::vector<std::string> states;
  for (const StateSelector& state : filter.states) states.push_back(state.word);
  check_states(filter, options.filter, sources, context.limits);
  condition.states = std::move(filter.states);
  WaitGoal goal;
  goal.one_job = true;
  goal.remaining = "job not in that state yet";
  goal.words = "job " + condition.job.source + "/" + condition.job.id.raw() + " is " +
               (states.empty() ? "finished" : joined(states, " or "));
  goal.met = goal.words;
  goal.unmet = "Not so";
  goal.look = [condition](std::vector<OpenedSource>& opened, const ReadLimits& limits) {
    return condition.look(opened, limits);
  };
  return goal;
}

}  // namespace queuetrace
