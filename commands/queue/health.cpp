// `health`: whether queues are inside the limits that a script or an alert sets.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "commands/command.hpp"
#include "commands/context.hpp"
#include "commands/queue/statistics.hpp"
#include "commands/report/outcomes.hpp"
#include "commands/report/suggestion.hpp"
#include "formatters/health_record.hpp"
#include "formatters/metrics.hpp"
#include "model/count_words.hpp"
#include "model/health.hpp"

namespace queuetrace {
namespace {

struct HealthOptions {
  std::string max_age;
  std::optional<std::uint64_t> max_depth;
  std::optional<std::uint64_t> max_dead;
  std::optional<std::uint64_t> max_failures;
  std::optional<double> max_failure_rate;
  std::optional<std::uint64_t> max_stale;
  std::optional<double> min_coverage;
  std::vector<std::string> queues;
  std::string window = "1h";  ///< for failures
  std::string interval;       ///< as of `stats`
  bool total = false;         ///< all queues of all sources as if they were one
  bool all = false;           ///< print what is well, too
};

constexpr Option<HealthOptions> limit_options[] = {
    {{.names = "--max-age", .value = "TIME", .help = "Longest time a due job may wait: 30s, 10m, 2h"},
     into<&HealthOptions::max_age>},
    {{.names = "--max-depth", .value = "N", .help = "Most jobs that may wait (pending, scheduled, blocked, retrying)"},
     into<&HealthOptions::max_depth>},
    {{.names = "--max-dead", .value = "N", .help = "Most dead jobs"}, into<&HealthOptions::max_dead>},
    {{.names = "--max-failures", .value = "N", .help = "Most failures within the window"},
     into<&HealthOptions::max_failures>},
    {{.names = "--max-failure-rate",
      .value = "PERCENT",
      .help = "Highest share of failures among jobs finished within the window"},
     into<&HealthOptions::max_failure_rate>},
    {{.names = "--max-stale", .value = "N", .help = "Most running jobs whose worker seems gone"},
     into<&HealthOptions::max_stale>},
    {{.names = "--min-coverage", .value = "PERCENT", .help = "Lowest share of jobs with a trace ID that viewers open"},
     into<&HealthOptions::min_coverage>},
};

constexpr Option<HealthOptions> options_of_health[] = {
    {{.names = "-q,--queue", .value = "NAME", .help = "Queue name, or a pattern with * and ? (default: all)"},
     into<&HealthOptions::queues>},
    {{.names = "--window", .value = "TIME", .help = "How far back to count failures", .shows_default = true},
     into<&HealthOptions::window>},
    {{.names = "--interval",
      .value = "TIME",
      .help = "Count failures by reading twice, this far apart, where no finish times are kept"},
     into<&HealthOptions::interval>},
    {{.names = "--total", .help = "Check all queues of all sources together instead of each by itself"},
     into<&HealthOptions::total>},
    {{.names = "--all", .help = "Also print checks that passed"}, into<&HealthOptions::all>},
};

void check_percent(const std::string& flag, const std::optional<double>& percent) {
  if (!percent || (*percent >= 0 && *percent <= 100)) return;
  throw Error(ErrorKind::usage, flag + ": a percentage is between 0 and 100");
}

/// The limits asked for; where there is none, that no due job waits for longer than the configured `alert_age`.
HealthLimits limits_of(const HealthOptions& options, const Configuration& configuration) {
  HealthLimits limits;
  if (!options.max_age.empty()) {
    limits.age = parse_duration(options.max_age);
    if (!limits.age || limits.age->count() < 0)
      throw Error(ErrorKind::usage, "--max-age: cannot use " + in_quotes(options.max_age))
          .with_hint("write a time, as in 30s, 10m or 2h");
  }
  check_percent("--max-failure-rate", options.max_failure_rate);
  check_percent("--min-coverage", options.min_coverage);
  limits.depth = options.max_depth;
  limits.dead = options.max_dead;
  limits.failures = options.max_failures;
  limits.failure_rate = options.max_failure_rate;
  limits.stale = options.max_stale;
  limits.coverage = options.min_coverage;
  if (!limits.any() && configuration.ages) limits.age = configuration.ages->alert;
  if (!limits.any())
    throw Error(ErrorKind::usage, "health: no limit to check")
        .with_hint(
            "give at least one of --max-age TIME, --max-depth N, --max-dead N, --max-failures N, --max-failure-rate "
            "PERCENT, --max-stale N, --min-coverage PERCENT; `queuetrace doctor` finds problems without any");
  return limits;
}

/// What checks of failures are about in a store that keeps no finish times: the store as a whole, because it counts
/// its failures in other queues than the one they come from.
HealthLimits of_failures(const HealthLimits& limits) {
  HealthLimits result;
  result.failures = limits.failures;
  result.failure_rate = limits.failure_rate;
  return result;
}

HealthLimits without_failures(HealthLimits limits) {
  limits.failures.reset();
  limits.failure_rate.reset();
  return limits;
}

/// Which stores keep finish times, in the order of for_each_store(); a source that did not open counts as one that
/// does.
std::vector<bool> kept_times(const std::vector<OpenedSource>& sources) {
  std::vector<bool> times;
  for (const OpenedSource& source : sources) {
    if (source.error) times.push_back(true);
    for (const std::unique_ptr<JobStore>& store : source.stores) times.push_back(store->capabilities().times);
  }
  return times;
}

QueueHealth::Answer answer_of(const Statistics& statistics, const StatisticsQuery& query, bool times) {
  QueueHealth::Answer answer;
  answer.now = statistics.now;
  answer.complete = !statistics.truncated;
  answer.looked_back = times ? query.window : query.interval.value_or(Milliseconds(0));
  answer.no_rates = statistics.truncated ? "the answer was cut short"
                    : times              ? "it is not recorded when its jobs failed"
                    : query.interval     ? "no failures could be counted in the interval"
                                         : "no finish times are kept here: give --interval";
  for (const QueueStatistics& queue : statistics.queues) {
    if (times) break;
    answer.failures_elsewhere = answer.failures_elsewhere || queue.failed_per_minute.has_value();
    answer.completions_elsewhere = answer.completions_elsewhere || queue.completed_per_minute.has_value();
  }
  return answer;
}

std::vector<HealthCheck> check_each(const CollectedStatistics& collected, const std::vector<bool>& times,
                                    const StatisticsQuery& query, const HealthLimits& limits) {
  std::vector<HealthCheck> checks;
  const auto add = [&](const QueueHealth& facts, const HealthLimits& wanted, const SourceOutcome& outcome,
                       const std::optional<Untrusted>& queue) {
    for (HealthCheck& check : facts.judge(wanted)) {
      check.source = outcome.address;
      check.system = outcome.system;
      check.queue = queue;
      checks.push_back(std::move(check));
    }
  };
  for (std::size_t index = 0; index < collected.answers.size(); ++index) {
    const Statistics& statistics = collected.answers[index];
    const SourceOutcome& outcome = collected.outcomes[index];
    if (outcome.error) continue;
    const QueueHealth::Answer answer = answer_of(statistics, query, times[index]);
    QueueHealth store;
    if (outcome.unseen) store.add_unseen(*outcome.unseen);
    for (const QueueStatistics& queue : statistics.queues) {
      QueueHealth one;
      if (outcome.unseen) one.add_unseen(*outcome.unseen);
      one.add(queue, answer);
      store.add(queue, answer);
      add(one, times[index] ? limits : without_failures(limits), outcome, queue.queue);
    }
    if (!times[index]) add(store, of_failures(limits), outcome, std::nullopt);
  }
  return checks;
}

std::vector<HealthCheck> check_total(const CollectedStatistics& collected, const std::vector<bool>& times,
                                     const StatisticsQuery& query, const HealthLimits& limits) {
  QueueHealth all;
  for (std::size_t index = 0; index < collected.answers.size(); ++index) {
    if (collected.outcomes[index].error) all.add_missing(collected.outcomes[index].address);
    if (collected.outcomes[index].unseen) all.add_unseen(*collected.outcomes[index].unseen);
    const QueueHealth::Answer answer = answer_of(collected.answers[index], query, times[index]);
    for (const QueueStatistics& queue : collected.answers[index].queues) all.add(queue, answer);
  }
  return all.judge(limits);
}

/// `27 of 34 checks trip in shop, 2 are undecided`; nothing where all is well.
std::vector<Phrase> summary_of(const std::vector<HealthCheck>& checks, std::int64_t tripped, std::int64_t undecided,
                               const std::vector<SourceOutcome>& outcomes) {
  if (tripped == 0 && undecided == 0) return {};
  const std::string all = " of " + count_words(checks.size(), "check");
  std::vector<Phrase> phrases;
  if (tripped > 0) {
    phrases.push_back({grouped(static_cast<std::uint64_t>(tripped)), "31"});
    phrases.push_back({all + (tripped == 1 ? " trips" : " trip") + " in " + answered(outcomes)});
    if (undecided > 0) phrases.push_back({", "});
  }
  if (undecided > 0) {
    phrases.push_back({grouped(static_cast<std::uint64_t>(undecided)), "33"});
    phrases.push_back({(tripped > 0 ? "" : all) + (undecided == 1 ? " is undecided" : " are undecided") +
                       (tripped > 0 ? "" : " in " + answered(outcomes))});
  }
  return phrases;
}

/// How far beyond its limit a value is, for the order of tables.
double excess_of(const HealthCheck& check) {
  if (!check.value) return 0;
  const bool least = check.measure == HealthMeasure::coverage;
  const double more = least ? check.limit : *check.value;
  const double less = least ? *check.value : check.limit;
  return less > 0 ? more / less : more;
}

/// `--quiet`, and a table: the exit code says it.
bool wants_code_alone(const Context& context) {
  return is_table(context) && std::ranges::find(context.arguments, "--quiet") != context.arguments.end();
}

void print_checks(const std::vector<HealthCheck>& checks, const HealthOptions& options, std::vector<Phrase> words,
                  const Fields& summary, const Context& context) {
  const std::unique_ptr<Formatter> formatter = context.formatter();
  formatter->begin(
      Heading{"queuetrace.health/1", "checks", health_columns(), Heading::Layout::list, "queue", &health_table()});
  const bool everything = options.all || context.format.name == "openmetrics";  // series do not end when all is well
  for (const HealthCheck& check : checks)
    if (everything || check.verdict != HealthVerdict::ok) formatter->row(health_record(check, is_table(context)));
  formatter->tell({std::move(words), ""});
  formatter->end(summary);
}

/// One record a limit that tripped or could not be decided, the tripped ones first. condition_not_met when some limit
/// tripped; otherwise partial when a source failed or was cut short (all alike: that failure) or a limit is undecided;
/// done when every value was found to be inside its limit. Throws Error{usage} without any limit, Error{not_found} for
/// a queue that no store knows.
ExitCode health(const HealthOptions& options, Context& context) {
  const HealthLimits limits = limits_of(options, context.configuration);
  StatisticsQuery query = statistics_query(options.queues, options.window, options.interval, context.limits);
  const Milliseconds window = query.window;
  if (!limits.failures && !limits.failure_rate && !limits.coverage) query.window = Milliseconds(0);  // lengths will do
  std::vector<OpenedSource> sources = context.open(context.required_sources());
  CollectedStatistics collected = collect_statistics(sources, query);
  check_answer(collected, query, sources);
  const std::vector<bool> times = kept_times(sources);
  std::vector<HealthCheck> checks =
      options.total ? check_total(collected, times, query, limits) : check_each(collected, times, query, limits);
  if (context.format.name == "table") std::ranges::stable_sort(checks, std::ranges::greater(), excess_of);
  std::ranges::stable_sort(checks, std::ranges::greater(), &HealthCheck::verdict);

  const auto number = [&](HealthVerdict verdict) {
    return static_cast<std::int64_t>(std::ranges::count(checks, verdict, &HealthCheck::verdict));
  };
  const std::int64_t tripped = number(HealthVerdict::tripped);
  const std::int64_t undecided = number(HealthVerdict::undecided);
  ExitCode code = exit_code_of(collected.outcomes);
  if (code == ExitCode::done && undecided > 0) code = ExitCode::partial;
  if (tripped > 0) code = ExitCode::condition_not_met;
  const bool judged = code == ExitCode::done || code == ExitCode::condition_not_met;
  Fields summary{{"healthy", judged ? Value(code == ExitCode::done) : Value()},
                 {"tripped", tripped},
                 {"undecided", undecided},
                 {"ok", number(HealthVerdict::ok)},
                 {"window_ms", window}};
  for (Field& field : outcome_fields(collected.outcomes, collected.warnings)) summary.push_back(std::move(field));
  if (!wants_code_alone(context))
    print_checks(checks, options, summary_of(checks, tripped, undecided, collected.outcomes), summary, context);
  report_outcomes(collected.outcomes, collected.warnings, context.notices);
  if (!context.format.machine && code == ExitCode::done)
    context.notices.note(checks.empty()
                             ? "No queues to check."
                             : "All values are within their limits: " + count_words(checks.size(), "check") + ".");
  return code;
}

}  // namespace

CommandForm form(At<"health">) {
  const auto options = std::make_shared<HealthOptions>();
  CommandForm form(options, health);
  form.takes(*options, {limit_options, "Limits to check"});
  form.takes(*options, options_of_health);
  form.formats = health_formats();
  return form;
}

}  // namespace queuetrace
