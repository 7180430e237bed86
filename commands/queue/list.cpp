#include "commands/queue/list.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <tuple>

#include "commands/change/admin_operation.hpp"
#include "commands/queue/statistics.hpp"
#include "commands/report/outcomes.hpp"
#include "formatters/queue_record.hpp"

namespace queuetrace {
namespace {

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

void print(const CollectedStatistics& collected, bool only_paused, Context& context) {
  struct Shown {
    const SourceOutcome* source;
    const QueueStatistics* queue;
  };
  std::vector<Shown> shown;
  for_each_queue(collected,
                 [&](const SourceOutcome& source, const std::optional<Timestamp>&, const QueueStatistics& queue) {
                   shown.push_back({&source, &queue});
                 });
  std::ranges::sort(shown, [](const Shown& left, const Shown& right) {
    return std::tie(left.source->address, left.queue->queue) < std::tie(right.source->address, right.queue->queue);
  });
  const std::unique_ptr<Formatter> formatter = context.formatter();
  formatter->begin({"queuetrace.queues/1", "queues", queue_columns(only_paused), Heading::Layout::list, "queue"});
  for (const Shown& one : shown) formatter->row(queue_record(one.source->address, one.source->system, *one.queue));
  formatter->end(outcome_fields(collected.outcomes, collected.warnings));
}

ExitCode list_queues(const QueueListOptions& options, Context& context, OperationFacts& facts) {
  facts.queues = options.queues;
  const StatisticsQuery query = query_of(options, context);
  std::vector<OpenedSource> sources = context.open(context.required_sources());
  CollectedStatistics collected = collect_statistics(sources, query);
  facts.systems_of(collected.outcomes);
  check_answer(collected, query, sources);
  if (options.paused) keep_paused(collected);
  print(collected, options.paused, context);
  return report_queues(collected, facts, context);
}

}  // namespace

ExitCode queue_list(const QueueListOptions& options, Context& context) {
  return traced_operation("queue_list", context,
                          [&](OperationFacts& facts) { return list_queues(options, context, facts); });
}

void add_queue_list(CLI::App& command, Invocation& chosen) {
  const std::shared_ptr<QueueListOptions> options = std::make_shared<QueueListOptions>();
  command.add_option("-q,--queue", options->queues, "Queue, glob (* and ?); default: all")
      ->allow_extra_args(false)
      ->type_name("NAME");
  command.add_flag("--paused", options->paused, "Only queues that are paused");
  command.callback(
      [options, &chosen] { chosen = [options](Context& context) { return queue_list(*options, context); }; });
}

}  // namespace queuetrace
