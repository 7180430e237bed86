#include "commands/queue/stats.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "commands/change/admin_operation.hpp"
#include "commands/queue/statistics.hpp"
#include "commands/queue/watch_stats.hpp"
#include "commands/report/outcomes.hpp"
#include "commands/report/polling.hpp"

namespace queuetrace {
namespace {

constexpr const char* watch_every = "2s";

ExitCode stats_once(const StatsOptions& options, const StatisticsQuery& query, Context& context,
                    OperationFacts& facts) {
  facts.queues = options.queues;
  std::vector<OpenedSource> sources = context.open(context.required_sources());
  CollectedStatistics collected = collect_statistics(sources, query);
  facts.systems_of(collected.outcomes);
  check_answer(collected, query, sources);
  Fields summary{{"window_ms", query.window}};
  for (Field& field : outcome_fields(collected.outcomes, collected.warnings)) summary.push_back(std::move(field));
  print_statistics(collected, options.by_state, summary, context.format, context.format_options, context.out);
  return report_queues(collected, facts, context);
}

}  // namespace

ExitCode stats(const StatsOptions& options, Context& context) {
  const StatisticsQuery query = statistics_query(options.queues, options.window, options.interval, context.limits);
  if (options.watch) {
    const Milliseconds every =
        polling_interval("--interval", options.interval.empty() ? watch_every : options.interval);
    std::vector<OpenedSource> sources = context.open(context.required_sources());
    return watch_stats(sources, query, every, options.by_state, context);
  }
  return traced_operation("stats", context,
                          [&](OperationFacts& facts) { return stats_once(options, query, context, facts); });
}

void add_stats(CLI::App& command, Invocation& chosen) {
  const std::shared_ptr<StatsOptions> options = std::make_shared<StatsOptions>();
  command.add_option("-q,--queue", options->queues, "Queue, glob (* and ?); default: all")
      ->allow_extra_args(false)
      ->type_name("NAME");
  command.add_option("--window", options->window, "How far back rates and percentiles look")->type_name("TIME");
  command
      .add_option("--interval", options->interval,
                  "Look twice, this far apart, for rates no times are stored for; time between looks of --watch")
      ->type_name("TIME");
  command.add_flag("--by-state", options->by_state, "One record a queue and state");
  command.add_flag("--watch", options->watch, "Look again and again; a pipe gets one record a line");
  command.callback([options, &chosen] { chosen = [options](Context& context) { return stats(*options, context); }; });
}

}  // namespace queuetrace
