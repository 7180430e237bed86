// `stats`: depth, ages, rates, waiting and running times and trace coverage of each queue.
#include <memory>
#include <string>
#include <vector>

#include "commands/change/admin_operation.hpp"
#include "commands/command.hpp"
#include "commands/context.hpp"
#include "commands/queue/attention_order.hpp"
#include "commands/queue/statistics_document.hpp"
#include "commands/queue/watch_stats.hpp"
#include "commands/report/command_line.hpp"
#include "commands/report/outcomes.hpp"
#include "commands/report/polling.hpp"
#include "formatters/metrics.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

struct StatsOptions {
  std::vector<std::string> queues;
  std::string window = "1h";  ///< for rates and percentiles
  /// Two looks this far apart, for stores that keep no finish times; empty: one look. With `watch` also the time
  /// between two looks, 2s when empty.
  std::string interval;
  bool by_state = false;  ///< one record per queue and state instead of per queue
  std::string sort;       ///< empty: tables worst first, records as the stores give them
  bool watch = false;     ///< look again and again
};

constexpr Option<StatsOptions> options_of_stats[] = {
    {{.names = "-q,--queue", .value = "NAME", .help = "Queue name, or a pattern with * and ? (default: all)"},
     into<&StatsOptions::queues>},
    {{.names = "--window", .value = "TIME", .help = "How far back rates and percentiles look", .shows_default = true},
     into<&StatsOptions::window>},
    {{.names = "--interval",
      .value = "TIME",
      .help = "Read twice, this far apart, for rates where no times are stored; polling interval of --watch"},
     into<&StatsOptions::interval>},
    {{.names = "--by-state", .help = "One record per queue and state"}, into<&StatsOptions::by_state>},
    {sort_option, into<&StatsOptions::sort>},
    {{.names = "-w,--watch", .help = "Refresh continuously; a pipe gets one record per line", .is_live = true},
     into<&StatsOptions::watch>},
};

constexpr const char* watch_every = "2s";

StatisticsDocument document_of(const StatsOptions& options, const StatisticsQuery& query) {
  return {options.by_state, options.sort, query.window};
}

ExitCode stats_once(const StatsOptions& options, const StatisticsQuery& query, Context& context,
                    OperationFacts& facts) {
  facts.queues = options.queues;
  std::vector<OpenedSource> sources = context.open(context.required_sources());
  CollectedStatistics collected = collect_statistics(sources, query);
  facts.systems_of(collected.outcomes);
  check_answer(collected, query, sources);
  Fields summary{{"window_ms", query.window}};
  for (Field& field : outcome_fields(collected.outcomes, collected.warnings)) summary.push_back(std::move(field));
  StatisticsDocument document = document_of(options, query);
  document.hint = "why one waits: " + command_from_here({"queue", "show", "NAME"}, context);
  print_statistics(collected, document, summary, context.format, context.format_options, context.out);
  return report_queues(collected, facts, context);
}

/// One record a queue, with its states inside. not_found when no store
/// knows any of the named queues; partial when a source failed or was cut short.
ExitCode stats(const StatsOptions& options, Context& context) {
  const StatisticsQuery query = statistics_query(options.queues, options.window, options.interval, context.limits);
  if ((options.watch || options.by_state) && context.format.name == "openmetrics")
    throw Error(ErrorKind::usage, "-o openmetrics is one reading, with all states of each queue")
        .with_hint(options.watch ? "run it without --watch, once for each file" : "leave out --by-state");
  if (options.watch) {
    const Milliseconds every =
        polling_interval("--interval", options.interval.empty() ? watch_every : options.interval);
    std::vector<OpenedSource> sources = context.open(context.required_sources());
    return watch_stats(sources, query, every, document_of(options, query), context);
  }
  return traced_operation("stats", context,
                          [&](OperationFacts& facts) { return stats_once(options, query, context, facts); });
}

}  // namespace

CommandForm form(At<"stats">) {
  const auto options = std::make_shared<StatsOptions>();
  CommandForm form(options, stats);
  form.takes(*options, options_of_stats);
  form.formats = statistics_formats();
  return form;
}

}  // namespace queuetrace
