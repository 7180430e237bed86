#include "commands/queue/statistics_document.hpp"

#include <memory>

#include "commands/queue/attention_order.hpp"
#include "commands/report/outcomes.hpp"
#include "formatters/queue_tables.hpp"
#include "formatters/statistics_record.hpp"
#include "model/age.hpp"

namespace queuetrace {

void print_statistics(const CollectedStatistics& collected, const StatisticsDocument& document, const Fields& summary,
                      const OutputFormat& format, const FormatterOptions& options, std::ostream& out) {
  const bool for_people = format.name == "table" || format.name == "wide";
  const std::vector<QueueRow> queues = sorted_queues(collected, document.sort, for_people);
  const std::unique_ptr<Formatter> formatter = format.make(out, options);
  formatter->begin(document.by_state
                       ? Heading{"queuetrace.states/1", "states", state_statistics_columns(), Heading::Layout::list,
                                 "queue", &state_table(), several_answered(collected.outcomes)}
                       : Heading{"queuetrace.stats/1", "queues", queue_statistics_columns(), Heading::Layout::list,
                                 "queue", &statistics_table(), several_answered(collected.outcomes)});
  for (const QueueRow& row : queues) {
    const auto& [address, system] = std::tie(row.source->address, row.source->system);
    if (document.by_state) {
      for (const StateStatistics& state : row.queue->states)
        formatter->row(state_statistics_record(address, system, *row.queue, state, row.now));
      continue;
    }
    Record record = queue_statistics_record(address, system, *row.queue, row.now);
    if (format.name == "table") add_table_fields(record, *row.queue, row.now);
    formatter->row(record);
  }
  const std::string last = document.window.count() > 0 ? "; last " + to_age(document.window) : "";
  formatter->tell({queue_summary(queues, collected.outcomes, last), any_waits(queues) ? document.hint : ""});
  formatter->end(summary);
}

}  // namespace queuetrace
