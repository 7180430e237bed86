// `wait`: until queues are empty or idle, until so many jobs match, until a job is in a state, or until those of a
// change have ended.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <ostream>
#include <string>

#include "commands/command.hpp"
#include "commands/context.hpp"
#include "commands/filter/check.hpp"
#include "commands/filter/options.hpp"
#include "commands/queue/operation_goal.hpp"
#include "commands/queue/wait_goal.hpp"
#include "commands/report/outcomes.hpp"
#include "commands/report/polling.hpp"
#include "commands/report/suggestion.hpp"
#include "formatters/escape.hpp"
#include "formatters/wait_record.hpp"
#include "model/age.hpp"
#include "model/count_words.hpp"
#include "model/job_state.hpp"

namespace queuetrace {
namespace {

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
    {{.names = "--operation",
      .value = "OPERATION",
      .help = "Until the jobs that this past change touched have ended (see history)"},
     into<&WaitOptions::operation>},
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
  WaitLoop(const WaitGoal& goal, Milliseconds poll, Context& context) : goal_(goal), poll_(poll), context_(context) {
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
    running_ = last_.running;
    result_.samples.clear();
    for (const Job& job : last_.samples) result_.samples.push_back(job.ref);
    result_.ended = last_.ended;
    result_.gone = last_.gone;
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

  /// `68 jobs left (59 wait, 9 run)`; the parts only where all of them were looked at.
  std::string left() const {
    if (goal_.one_job) return goal_.remaining;
    const std::string jobs = std::to_string(result_.matching) + (result_.more ? "+ " : " ") + goal_.remaining;
    if (!goal_.runs_too || result_.more) return jobs;
    return jobs + " (" + grouped(result_.matching - running_) + " wait, " + grouped(running_) + " run)";
  }

  /// `68 jobs left (59 wait, 9 run) after 40s, 12 fewer, about 3m to go`
  void show_progress() {
    std::string text = left() + " after " + to_human(elapsed());
    if (!result_.more && first_ && *first_ > result_.matching && result_.matching > 0) {
      const std::uint64_t fewer = *first_ - result_.matching;
      const Milliseconds to_go = (elapsed() - first_at_) * result_.matching / fewer;
      text += ", " + grouped(fewer) + " fewer, about " + to_age(to_go) + " to go";
    }
    if (!result_.more && !first_) {
      first_ = result_.matching;
      first_at_ = elapsed();
    }
    context_.notices.progress(text);
  }

  /// `164 completed, 2 dead`: those of an operation that are over.
  std::string over() const {
    std::vector<std::string> parts;
    for (const auto& [state, jobs] : result_.ended) parts.push_back(grouped(jobs) + " " + std::string(to_word(state)));
    if (result_.gone > 0)
      parts.push_back(grouped(result_.gone) + (result_.gone == 1 ? " is" : " are") + " there no longer");
    return joined(parts);
  }

  /// `email is idle after 3m12s.`, `Not idle after 60s: 68 jobs left (59 wait, 9 run).`
  std::string sentence() const {
    const std::string after = " after " + to_human(result_.elapsed);
    switch (result_.outcome) {
      case WaitOutcome::met: return goal_.met + after + (over().empty() ? "" : ": " + over()) + ".";
      case WaitOutcome::time_limit:
        return goal_.unmet + after + ": " + left() + (over().empty() ? "" : "; " + over()) + ".";
      case WaitOutcome::never: return "It can no longer be that " + goal_.words + ": " + state_words() + ".";
      case WaitOutcome::unknown: return "Unknown" + after + ": not every source answered in full.";
    }
    return {};
  }

  std::string state_words() const {
    return "it is " + (result_.state ? std::string(to_word(*result_.state)) : std::string("over"));
  }

  void print() {
    if (is_table(context_) && context_.format_options.fields.empty()) {
      context_.out << terminal_text(sentence(), Profile::text) << '\n';
      return;
    }
    const std::unique_ptr<Formatter> formatter = context_.formatter();
    formatter->begin(
        Heading{"queuetrace.wait/1", "waits", wait_columns(), Heading::Layout::list, "outcome", &wait_table()});
    formatter->row(wait_record(result_));
    formatter->end(outcome_fields(last_.outcomes, last_.warnings));
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
    print();
    report_outcomes(last_.outcomes, last_.warnings, context_.notices);
    return code;
  }

  const WaitGoal& goal_;
  Milliseconds poll_;
  Context& context_;
  Clock::time_point begin_ = Clock::now();
  WaitLook last_;
  WaitResult result_;
  std::uint64_t running_ = 0;           ///< of the jobs left
  std::optional<std::uint64_t> first_;  ///< jobs left when all of them were counted first
  Milliseconds first_at_{};             ///< when that was, since the begin
  int failures_ = 0;                    ///< looks in a row
  bool decided_ = false;                ///< some look said that it is not so yet
};

/// Looks again and again until the condition is met (done), cannot be met any more or the time limit of the context is
/// reached (condition_not_met), or until told to stop (interrupted). The first look must succeed; later on a source
/// that fails is opened and asked again, ten times in a row at most. An answer that is cut short and does not decide
/// ends the wait (partial). Prints one record. Throws Error{usage} unless exactly one condition is given,
/// Error{not_found} for a job that is not there.
ExitCode wait(const WaitOptions& options, Context& context) {
  check_wait_options(options);
  const Milliseconds poll = polling_interval("--interval", options.interval);
  JobFilter filter = make_filter(options.filter, context);
  check_wait_filter(options, filter);
  std::vector<OpenedSource> sources;
  WaitGoal goal;
  if (!options.job.empty()) {
    goal = job_goal(options, std::move(filter), context, sources);
  } else if (!options.operation.empty()) {
    goal = operation_goal(options.operation, context, sources);
  } else {
    sources = context.open(context.required_sources());
    check_states(filter, options.filter, sources, context.limits);
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
