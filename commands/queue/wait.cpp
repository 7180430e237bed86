// `wait`: until queues are empty or idle, until so many jobs match, or until a job is in a state.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "commands/command.hpp"
#include "commands/context.hpp"
#include "commands/filter/check.hpp"
#include "commands/filter/options.hpp"
#include "commands/filter/words.hpp"
#include "commands/job/find_jobs.hpp"
#include "commands/queue/wait_condition.hpp"
#include "commands/report/outcomes.hpp"
#include "commands/report/polling.hpp"
#include "commands/report/suggestion.hpp"
#include "formatters/wait_record.hpp"

namespace queuetrace {
namespace {

struct WaitOptions {
  FilterOptions filter;
  bool empty = false;                  ///< until nothing waits
  bool idle = false;                   ///< until nothing waits or runs
  bool due = false;                    ///< of what waits only what could run now
  std::string job;                     ///< until this job is in a state of the filter, or finished
  std::optional<std::uint64_t> count;  ///< until so many jobs match the filter; 0: until none does
  std::string interval = "2s";         ///< between two looks
};

constexpr Option<WaitOptions> goal_options[] = {
    {{.names = "--empty", .help = "Until no job waits (pending, scheduled, blocked, retrying)"},
     into<&WaitOptions::empty>},
    {{.names = "--idle", .help = "Until no job waits or runs"}, into<&WaitOptions::idle>},
    {{.names = "--due",
      .help = "With --empty or --idle: leave out what is not to run yet (scheduled, blocked, retried later)"},
     into<&WaitOptions::due>},
    {{.names = "--count", .value = "N", .help = "Until this many jobs match the filters; 0 = until none does"},
     into<&WaitOptions::count>},
    {{.names = "--job", .value = "ID", .help = "Until this job is in a --state, or finished if none is given"},
     into<&WaitOptions::job>},
};

constexpr Option<WaitOptions> options_of_wait[] = {
    {{.names = "--interval",
      .value = "TIME",
      .help = "Polling interval, at least 1s",
      .old_names = "--poll",
      .shows_default = true},
     into<&WaitOptions::interval>},
};

using Clock = std::chrono::steady_clock;

constexpr int most_failures = 10;
constexpr std::uint64_t most_counted = 10'000;

/// What is waited for: a look at it, and how it reads.
struct Goal {
  std::function<WaitLook(std::vector<OpenedSource>&, const ReadLimits&)> look;
  std::string words;
  std::vector<std::string> queues;  ///< that the user named
  std::string remaining;            ///< `jobs left`: what a look counts, for people
  bool one_job = false;
};

void check_options(const WaitOptions& options) {
  const int given = int{options.empty} + int{options.idle} + int{!options.job.empty()} + int{options.count.has_value()};
  if (given != 1)
    throw Error(ErrorKind::usage, given == 0 ? "wait: nothing to wait for" : "wait: more than one thing to wait for")
        .with_hint(
            "give one of --empty, --idle, --count N (with filters), --job ID (with --state WORD, or until it is "
            "finished)");
  if (options.due && !options.empty && !options.idle)
    throw Error(ErrorKind::usage, "--due says which jobs --empty and --idle wait for")
        .with_hint("give --empty or --idle with it");
  if (options.count && *options.count > most_counted)
    throw Error(ErrorKind::usage, "--count: " + std::to_string(*options.count) + " is more than " +
                                      std::to_string(most_counted) + ", which every poll would have to read");
}

void check_filter(const WaitOptions& options, JobFilter filter) {
  if ((options.empty || options.idle) && !filter.states.empty())
    throw Error(ErrorKind::usage,
                "--state cannot be combined with --empty or --idle, which choose the states themselves")
        .with_hint("give --count 0 --state WORD to wait until no job is in that state");
  if (options.due && (filter.since || filter.until))
    throw Error(ErrorKind::usage, "--due already says which times are meant")
        .with_hint("leave out --since and --until, or --due");
  filter.states.clear();
  if (!options.job.empty() && !filter.empty())
    throw Error(ErrorKind::usage, "--job names one job and cannot be combined with other filters")
        .with_hint("only --state is allowed; for several jobs give filters and --count N");
}

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

Goal jobs_goal(const WaitOptions& options, JobFilter filter, const Context& context) {
  Goal goal;
  const std::uint64_t count = options.count.value_or(0);
  goal.queues = filter.queues;
  goal.remaining = options.count ? "jobs match" : "jobs left";
  const std::string which = options.due ? "no job that is due waits" : "no job waits";
  goal.words = options.empty  ? with_filter(which, filter)
               : options.idle ? with_filter(which + " or runs", filter)
               : count == 0   ? with_filter("no job", filter)
                              : with_filter("at least " + std::to_string(count) + " jobs", filter);
  goal.look = [options, filter = std::move(filter), count, now = context.now](std::vector<OpenedSource>& sources,
                                                                              const ReadLimits& limits) {
    return JobsCondition{filters_of(options, filter, now()), count}.look(sources, limits);
  };
  return goal;
}

/// Finds the one job that is meant; its sources are opened on the way. Throws Error{not_found}.
Goal job_goal(const std::string& typed, const JobFilter& filter, const Context& context,
              std::vector<OpenedSource>& sources) {
  JobSearch search = find_jobs({typed}, context, false);
  report_missing(search, context.notices);
  const std::vector<const Job*> jobs = search.jobs();
  if (jobs.empty()) {
    throw_only_failure(search.outcomes);
    report_outcomes(search.outcomes, search.warnings, context.notices);
    throw Error(ErrorKind::unreachable, "no job " + in_quotes(typed) + " in the sources that answered");
  }
  JobCondition condition{jobs.front()->ref, filter.states};
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
  Goal goal;
  goal.one_job = true;
  goal.remaining = "job not in that state yet";
  std::vector<std::string> states;
  for (const StateSelector& state : filter.states) states.push_back(state.word);
  goal.words = "job " + condition.job.source + "/" + condition.job.id.raw() + " is " +
               (states.empty() ? "finished" : joined(states, " or "));
  goal.look = [condition](std::vector<OpenedSource>& opened, const ReadLimits& limits) {
    return condition.look(opened, limits);
  };
  return goal;
}

/// Opens again what failed; what does not open holds its error.
void reopen(std::vector<OpenedSource>& sources, const Context& context) {
  std::vector<Source> asked;
  for (const OpenedSource& source : sources) asked.push_back(source.source);
  try {
    sources = context.open(asked);
  } catch (const Error& error) {  // the only one
    sources.front().stores.clear();
    sources.front().error = error;
  }
}

/// The looks, one after the other.
class WaitLoop {
 public:
  WaitLoop(const Goal& goal, Milliseconds poll, Context& context) : goal_(goal), poll_(poll), context_(context) {
    result_.condition = goal.words;
  }

  ExitCode run(std::vector<OpenedSource>& sources) {
    while (true) {
      const Clock::time_point began = Clock::now();
      take(goal_.look(sources, context_.limits));
      if (stopped()) return ExitCode::interrupted;
      if (result_.looks == 1 && last_.matching == 0) warn_of_queues(sources);
      if (last_.met) return end(WaitOutcome::met, ExitCode::done);
      if (last_.never) return end(WaitOutcome::never, ExitCode::condition_not_met);
      if (result_.looks == 1 && last_.any_failed()) return end_unknown();
      if (is_late()) return end_late();
      if (last_.any_failed()) {
        if (++failures_ == most_failures) return end_unknown();
        say_failures();
        reopen(sources, context_);
      } else if (!last_.decided) {
        return end_unknown();  // cut short, as every further look would be
      } else {
        failures_ = 0;
      }
      decided_ = decided_ || last_.decided;
      show_progress();
      if (!pause(began)) return ExitCode::interrupted;
      if (is_late()) return end_late();
    }
  }

 private:
  bool stopped() const { return context_.limits.stop.stop_requested(); }
  bool is_late() const { return Clock::now() >= context_.limits.deadline; }
  Milliseconds elapsed() const { return std::chrono::duration_cast<Milliseconds>(Clock::now() - begin_); }

  void take(WaitLook look) {
    last_ = std::move(look);
    ++result_.looks;
    if (last_.any_failed() && !last_.decided) return;  // what was seen before says more
    result_.matching = last_.matching;
    result_.more = last_.more;
    result_.samples.clear();
    for (const Job& job : last_.samples) result_.samples.push_back(job.ref);
    if (goal_.one_job && !last_.samples.empty()) result_.state = last_.samples.front().state;
  }

  /// Nothing is in a queue that is empty, and nothing in one that is misspelt: many systems know a queue by its jobs
  /// only, so that it can but be told.
  void warn_of_queues(std::vector<OpenedSource>& sources) {
    try {
      for (const std::string& warning : check_queues(goal_.queues, sources, context_.limits))
        context_.notices.warning(warning);
    } catch (const Error& unknown) {
      context_.notices.warning(one_line(unknown));
    }
  }

  /// Until the next look is due or the time is over; false when told to stop.
  bool pause(Clock::time_point began) {
    const auto left = std::chrono::ceil<Milliseconds>(context_.limits.deadline - Clock::now());
    return wait_for(std::clamp(left, Milliseconds(0), time_to_next(began, poll_)), context_.limits.stop);
  }

  void show_progress() {
    context_.notices.progress("Waiting " + to_human(elapsed()) + ": " + std::to_string(result_.matching) +
                              (result_.more ? "+ " : " ") + goal_.remaining);
  }

  void say_failures() {
    if (failures_ > 1) return;
    for (const SourceOutcome& outcome : last_.outcomes)
      if (outcome.error) context_.notices.warning(outcome.address + ": " + one_line(*outcome.error) + "; asking again");
  }

  ExitCode end_late() {
    // A look that the time limit cut short changes nothing of what the ones before it said.
    return last_.decided || (decided_ && failures_ == 0) ? end(WaitOutcome::time_limit, ExitCode::condition_not_met)
                                                         : end_unknown();
  }

  ExitCode end_unknown() {
    throw_only_failure(last_.outcomes);
    const ExitCode code = exit_code_of(last_.outcomes);
    return end(WaitOutcome::unknown, code == ExitCode::done ? ExitCode::partial : code);
  }

  ExitCode end(WaitOutcome outcome, ExitCode code) {
    result_.outcome = outcome;
    result_.elapsed = elapsed();
    const std::unique_ptr<Formatter> formatter = context_.formatter();
    formatter->begin(
        Heading{"queuetrace.wait/1", "waits", wait_columns(), Heading::Layout::list, "outcome", &wait_table()});
    formatter->row(wait_record(result_));
    formatter->end(outcome_fields(last_.outcomes, last_.warnings));
    report_outcomes(last_.outcomes, last_.warnings, context_.notices);
    return code;
  }

  const Goal& goal_;
  Milliseconds poll_;
  Context& context_;
  Clock::time_point begin_ = Clock::now();
  WaitLook last_;
  WaitResult result_;
  int failures_ = 0;      ///< looks in a row
  bool decided_ = false;  ///< some look said that it is not so yet
};

/// Looks again and again until the condition is met (done), cannot be met any more or the time limit of the context is
/// reached (condition_not_met), or until told to stop (interrupted). The first look must succeed; later on a source
/// that fails is opened and asked again, ten times in a row at most. An answer that is cut short and does not decide
/// ends the wait (partial). Prints one record. Throws Error{usage} unless exactly one condition is given,
/// Error{not_found} for a job that is not there.
ExitCode wait(const WaitOptions& options, Context& context) {
  check_options(options);
  const Milliseconds poll = polling_interval("--interval", options.interval);
  JobFilter filter = make_filter(options.filter, context);
  check_filter(options, filter);
  std::vector<OpenedSource> sources;
  Goal goal;
  if (!options.job.empty()) {
    goal = job_goal(options.job, filter, context, sources);
    check_states(filter, options.filter, sources);
  } else {
    sources = context.open(context.required_sources());
    check_states(filter, options.filter, sources);
    goal = jobs_goal(options, std::move(filter), context);
  }
  return WaitLoop(goal, poll, context).run(sources);
}

}  // namespace

CommandForm form(At<"wait">) {
  const auto options = std::make_shared<WaitOptions>();
  CommandForm form(options, wait);
  form.takes(*options, {goal_options, "What to wait for"});
  form.takes(options->filter, filter_options());
  form.takes(*options, options_of_wait);
  return form;
}

}  // namespace queuetrace
