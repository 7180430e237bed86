#include "commands/stats.hpp"

#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "commands/filter_check.hpp"
#include "commands/outcomes.hpp"
#include "commands/queue_notes.hpp"
#include "commands/suggestion.hpp"
#include "formatters/statistics_record.hpp"

namespace queuetrace {
namespace {

Milliseconds duration(const std::string& flag, const std::string& typed) {
  const std::optional<Milliseconds> time = parse_duration(typed);
  if (!time || time->count() <= 0)
    throw Error(ErrorKind::usage, flag + ": cannot use " + in_quotes(typed))
        .with_hint("write a time above zero, as in 30s, 15m, 1h or 7d");
  return *time;
}

/// What the stores said, in source order; `outcomes` has the address and system of each.
struct Collected {
  std::vector<Statistics> answers;
  std::vector<SourceOutcome> outcomes;
  std::vector<std::string> warnings;
};

Collected ask(std::vector<OpenedSource>& sources, const StatisticsQuery& query) {
  Collected collected;
  collected.answers.resize(outcome_count(sources));
  collected.outcomes = for_each_store(
      sources, [&](JobStore& store, std::size_t index) { collected.answers[index] = store.statistics(query); });
  for (std::size_t index = 0; index < collected.answers.size(); ++index) {
    const Statistics& answer = collected.answers[index];
    collected.outcomes[index].truncated = answer.truncated;
    collected.warnings.insert(collected.warnings.end(), answer.warnings.begin(), answer.warnings.end());
  }
  return collected;
}

template <typename Visit>
bool for_each_queue(const Collected& collected, Visit&& visit) {
  bool any = false;
  for (std::size_t index = 0; index < collected.answers.size(); ++index)
    for (const QueueStatistics& queue : collected.answers[index].queues) {
      visit(collected.outcomes[index], collected.answers[index].now, queue);
      any = true;
    }
  return any;
}

using StoreTime = std::optional<Timestamp>;

void print_queues(const Collected& collected, const Fields& summary, const Context& context) {
  const std::unique_ptr<Formatter> formatter = context.formatter();
  formatter->begin(Heading{"queuetrace.stats/1", "queues", queue_statistics_columns(), Heading::Layout::list, "queue"});
  for_each_queue(collected, [&](const SourceOutcome& outcome, const StoreTime& now, const QueueStatistics& queue) {
    formatter->row(queue_statistics_record(outcome.address, outcome.system, queue, now));
  });
  formatter->end(summary);
}

void print_states(const Collected& collected, const Fields& summary, const Context& context) {
  const std::unique_ptr<Formatter> formatter = context.formatter();
  formatter->begin(
      Heading{"queuetrace.states/1", "states", state_statistics_columns(), Heading::Layout::list, "queue"});
  for_each_queue(collected, [&](const SourceOutcome& outcome, const StoreTime& now, const QueueStatistics& queue) {
    for (const StateStatistics& state : queue.states)
      formatter->row(state_statistics_record(outcome.address, outcome.system, queue, state, now));
  });
  formatter->end(summary);
}

}  // namespace

ExitCode stats(const StatsOptions& options, Context& context) {
  StatisticsQuery query;
  query.queues = options.queues;
  query.window = duration("--window", options.window);
  if (!options.interval.empty()) query.interval = duration("--interval", options.interval);
  query.limits = context.limits;

  std::vector<OpenedSource> sources = context.open(context.required_sources());
  Collected collected = ask(sources, query);
  throw_only_failure(collected.outcomes);
  const bool any = for_each_queue(collected, [](const SourceOutcome&, const StoreTime&, const QueueStatistics&) {});
  if (!any) {
    const std::vector<std::string> unknown = check_queues(options.queues, sources, context.limits);
    collected.warnings.insert(collected.warnings.end(), unknown.begin(), unknown.end());
  }
  Fields summary{{"window_ms", query.window}};
  for (Field& field : outcome_fields(collected.outcomes, collected.warnings)) summary.push_back(std::move(field));

  if (!options.by_state) print_queues(collected, summary, context);
  if (any && !options.by_state && is_table(context)) context.out << '\n';
  if (options.by_state || (any && is_table(context))) print_states(collected, summary, context);
  if (!context.format.machine) {
    std::vector<QueueNotes> notes;
    for_each_queue(collected, [&](const SourceOutcome&, const StoreTime&, const QueueStatistics& queue) {
      notes.push_back({queue.queue.raw(), queue.notes});
    });
    say_queue_notes(notes, context.notices);
    if (!any && is_for_people(context)) context.notices.note("No queues match.");
  }
  report_outcomes(collected.outcomes, collected.warnings, context.notices);
  return exit_code_of(collected.outcomes);
}

void add_stats(CLI::App& command, Invocation& chosen) {
  const std::shared_ptr<StatsOptions> options = std::make_shared<StatsOptions>();
  command.add_option("-q,--queue", options->queues, "Queue, glob (* and ?); default: all")
      ->allow_extra_args(false)
      ->type_name("NAME");
  command.add_option("--window", options->window, "How far back rates and percentiles look")->type_name("TIME");
  command.add_option("--interval", options->interval, "Look twice, this far apart, for rates no times are stored for")
      ->type_name("TIME");
  command.add_flag("--by-state", options->by_state, "One record a queue and state");
  command.callback([options, &chosen] { chosen = [options](Context& context) { return stats(*options, context); }; });
}

}  // namespace queuetrace
