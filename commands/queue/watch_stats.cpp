#include "commands/queue/watch_stats.hpp"

#include <memory>
#include <ostream>
#include <set>
#include <sstream>

#include "commands/report/outcomes.hpp"
#include "commands/report/polling.hpp"
#include "formatters/statistics_record.hpp"

namespace queuetrace {
namespace {

std::string screen_text(const CollectedStatistics& collected, const StatisticsDocument& document, Milliseconds interval,
                        const Context& context) {
  std::ostringstream text;
  FormatterOptions options = context.format_options;
  options.now = context.now();
  text << "Every " << to_human(interval) << ", last at " << to_rfc3339(options.now) << '\n';
  for (const SourceOutcome& outcome : collected.outcomes) {
    if (outcome.error) text << outcome.address << ": " << one_line(*outcome.error) << '\n';
    if (const auto why = outcome.incomplete()) text << outcome.address << ": incomplete: " << *why << '\n';
  }
  print_statistics(collected, document, {}, context.format, options, text);
  return text.str();
}

/// Prints each look as a block of records, and says every new trouble once.
class LookRecords {
 public:
  LookRecords(bool by_state, Context& context) : by_state_(by_state), context_(context) {
    FormatterOptions options = context.format_options;
    if (!options.fields.empty()) options.fields.insert(options.fields.begin(), "at");
    const std::span<const Column> of_record = by_state ? state_statistics_columns() : queue_statistics_columns();
    columns_ = {{.field = "at", .heading = "AT"}};
    columns_.insert(columns_.end(), of_record.begin(), of_record.end());
    formatter_ = live_format(context).make(context.out, options);
    formatter_->begin(Heading{"queuetrace.stats-looks/1", "looks", columns_, Heading::Layout::list, "queue"});
  }

  void add(const CollectedStatistics& collected) {
    for (const SourceOutcome& outcome : collected.outcomes) {
      if (outcome.error) say_once(outcome.address + ": " + one_line(*outcome.error));
      if (const auto why = outcome.incomplete()) say_once(outcome.address + ": incomplete: " + *why);
    }
    const Timestamp at = context_.now();
    for_each_record(collected, by_state_, [&](Record&& record) {
      record.insert(record.begin(), Field{"at", at});
      formatter_->row(record);
    });
    context_.out.flush();
  }

  void end() { formatter_->end({}); }

 private:
  void say_once(const std::string& text) {
    if (said_.insert(text).second) context_.notices.warning(text);
  }

  bool by_state_;
  Context& context_;
  std::vector<Column> columns_;
  std::unique_ptr<Formatter> formatter_;
  std::set<std::string> said_;
};

}  // namespace

ExitCode watch_stats(std::vector<OpenedSource>& sources, const StatisticsQuery& query, Milliseconds interval,
                     const StatisticsDocument& document, Context& context) {
  std::chrono::steady_clock::time_point began;
  const auto look = [&] {
    began = std::chrono::steady_clock::now();
    return collect_statistics(sources, query);
  };
  const auto next = [&] {
    // A look that counted twice waited in between: the next one is due.
    const bool waited = query.interval && std::chrono::steady_clock::now() - began >= *query.interval;
    return waited ? !context.limits.stop.stop_requested()
                  : wait_for(time_to_next(began, interval), context.limits.stop);
  };
  if (is_for_people(context)) {
    LiveScreen screen(context);
    do screen.draw(screen_text(look(), document, interval, context));
    while (context.out && next());
    return ExitCode::interrupted;
  }
  LookRecords records(document.by_state, context);
  do records.add(look());
  while (context.out && next());
  records.end();
  return context.out ? ExitCode::interrupted : ExitCode::done;
}

}  // namespace queuetrace
