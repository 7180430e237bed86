// `queue list`: the queues there are, what waits, runs and is dead in each, and which are paused, since when, by whom
// and why.
//
// Cost, for each store, in sessions that cannot write. SQL: the server's clock, one pass over the jobs that groups them
// by queue and state, one read of at most 10,000 pauses; each ends with the statement time-out. Redis: lengths, up to
// 21,000 entries of each list, records by SCAN up to the bound on entries looked at. Nothing is measured: no rates, no
// percentiles, no tracing coverage. Only when no queue was found and --queue names one, the names of all queues.
#include <algorithm>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "commands/change/admin_operation.hpp"
#include "commands/command.hpp"
#include "commands/context.hpp"
#include "commands/queue/attention_order.hpp"
#include "commands/report/command_line.hpp"
#include "commands/report/counted.hpp"
#include "commands/report/outcomes.hpp"
#include "formatters/metrics.hpp"
#include "formatters/queue_record.hpp"
#include "formatters/queue_tables.hpp"
#include "formatters/statistics_record.hpp"

namespace queuetrace {
namespace {

struct QueueListOptions {
  std::vector<std::string> queues;  ///< globs; empty: all
  bool paused = false;              ///< only those that are paused
  std::string sort;                 ///< empty: tables worst first, records by source and name
  bool count = false;               ///< none of them, but how many there are
};

constexpr Option<QueueListOptions> options_of_list[] = {
    {{.names = "-q,--queue", .value = "NAME", .help = "Queue name, or a pattern with * and ? (default: all)"},
     into<&QueueListOptions::queues>},
    {{.names = "--paused", .help = "Only paused queues"}, into<&QueueListOptions::paused>},
    {sort_option, into<&QueueListOptions::sort>},
    {count_option, into<&QueueListOptions::count>},
};

/// Counts and pauses are all that is shown, so nothing is measured.
StatisticsQuery query_of(const QueueListOptions& options, const Context& context) {
  StatisticsQuery query;
  query.queues = options.queues;
  query.window = Milliseconds(0);
  query.limits = context.limits;
  return query;
}

void keep_paused(CollectedStatistics& collected) {
  for (Statistics& answer : collected.answers)
    std::erase_if(answer.queues, [](const QueueStatistics& queue) { return !queue.paused.value_or(false); });
}

void print(const CollectedStatistics& collected, const QueueListOptions& options, Context& context) {
  std::vector<QueueRow> queues = sorted_queues(collected, options.sort, is_table(context));
  if (options.sort.empty() && !is_table(context))
    std::ranges::sort(queues, [](const QueueRow& left, const QueueRow& right) {
      return std::tie(left.source->address, left.queue->queue) < std::tie(right.source->address, right.queue->queue);
    });
  const std::unique_ptr<Formatter> formatter = context.formatter();
  formatter->begin({"queuetrace.queues/1", "queues", queue_columns(options.paused), Heading::Layout::list, "queue",
                    &queue_table(), several_answered(collected.outcomes)});
  for (const QueueRow& row : queues) {
    const auto& [address, system] = std::tie(row.source->address, row.source->system);
    Record record = context.format.name == "openmetrics" ? queue_statistics_record(address, system, *row.queue, row.now)
                                                         : queue_record(address, system, *row.queue, row.now);
    if (context.format.name == "table") add_table_fields(record, *row.queue, row.now);
    formatter->row(record);
  }
  formatter->tell(
      {queue_summary(queues, collected.outcomes, ""),
       any_waits(queues) ? "why one waits: " + command_from_here({"queue", "show", "NAME"}, context) : std::string()});
  formatter->end(outcome_fields(collected.outcomes, collected.warnings));
}

void print_number(const CollectedStatistics& collected, bool paused, const Context& context) {
  Counted counted{0, exactness_of(collected.outcomes)};
  for (const Statistics& answer : collected.answers) counted.total += answer.queues.size();
  counted.sentence = {{counted_words(counted.total, counted.exactness, paused ? "paused queue" : "queue") + " in " +
                       answered(collected.outcomes)}};
  print_counted(counted, outcome_fields(collected.outcomes, collected.warnings), context);
}

ExitCode list_queues(const QueueListOptions& options, Context& context, OperationFacts& facts) {
  facts.queues = options.queues;
  const StatisticsQuery query = query_of(options, context);
  std::vector<OpenedSource> sources = context.open(context.required_sources());
  CollectedStatistics collected = collect_statistics(sources, query);
  facts.systems_of(collected.outcomes);
  check_answer(collected, query, sources);
  if (options.paused) keep_paused(collected);
  if (options.count)
    print_number(collected, options.paused, context);
  else
    print(collected, options, context);
  return report_queues(collected, facts, context);
}

/// One record a queue, by source, then name, or as --sort says, tables worst first; paused queues that hold nothing,
/// too, where the system tells them. done when there is none; not_found when no store knows any of the named queues;
/// partial when a source failed or was cut short.
ExitCode queue_list(const QueueListOptions& options, Context& context) {
  return traced_operation("queue_list", context,
                          [&](OperationFacts& facts) { return list_queues(options, context, facts); });
}

}  // namespace

CommandForm form(At<"queue list">) {
  const auto options = std::make_shared<QueueListOptions>();
  CommandForm form(options, queue_list);
  form.takes(*options, options_of_list);
  form.formats = statistics_formats();
  return form;
}

}  // namespace queuetrace
