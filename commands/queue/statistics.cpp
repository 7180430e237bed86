#include "commands/queue/statistics.hpp"

#include <algorithm>

#include "commands/filter/check.hpp"
#include "commands/queue/notes.hpp"
#include "commands/report/outcomes.hpp"
#include "commands/report/suggestion.hpp"
#include "formatters/statistics_record.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

Milliseconds duration(const std::string& flag, const std::string& typed) {
  const std::optional<Milliseconds> time = parse_duration(typed);
  if (!time || time->count() <= 0)
    throw Error(ErrorKind::usage, flag + ": cannot use " + in_quotes(typed))
        .with_hint("write a time above zero, as in 30s, 15m, 1h or 7d");
  return *time;
}

}  // namespace

bool CollectedStatistics::any_queue() const {
  return std::ranges::any_of(answers, [](const Statistics& answer) { return !answer.queues.empty(); });
}

CollectedStatistics collect_statistics(std::vector<OpenedSource>& sources, const StatisticsQuery& query) {
  CollectedStatistics collected;
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

void check_answer(CollectedStatistics& collected, const StatisticsQuery& query, std::vector<OpenedSource>& sources) {
  throw_only_failure(collected.outcomes);
  if (collected.any_queue()) return;
  const std::vector<std::string> unknown = check_queues(query.queues, sources, query.limits);
  collected.warnings.insert(collected.warnings.end(), unknown.begin(), unknown.end());
}

ExitCode report_queues(const CollectedStatistics& collected, OperationFacts& facts, Context& context) {
  std::vector<QueueNotes> notes;
  for_each_queue(collected, [&](const SourceOutcome&, const std::optional<Timestamp>&, const QueueStatistics& queue) {
    notes.push_back({queue.queue.raw(), queue.notes});
  });
  facts.counts = {{"admin.queue_count", static_cast<std::int64_t>(notes.size())}};
  if (!context.format.machine) say_queue_notes(notes, context.notices);
  if (notes.empty() && is_for_people(context)) context.notices.note("No queues match.");
  report_outcomes(collected.outcomes, collected.warnings, context.notices);
  return exit_code_of(collected.outcomes);
}

StatisticsQuery statistics_query(const std::vector<std::string>& queues, const std::string& window,
                                 const std::string& interval, const ReadLimits& limits) {
  StatisticsQuery query;
  query.queues = queues;
  query.window = duration("--window", window);
  if (!interval.empty()) query.interval = duration("--interval", interval);
  query.limits = limits;
  return query;
}

void for_each_queue(const CollectedStatistics& collected, const QueueVisitor& visit) {
  for (std::size_t index = 0; index < collected.answers.size(); ++index)
    for (const QueueStatistics& queue : collected.answers[index].queues)
      visit(collected.outcomes[index], collected.answers[index].now, queue);
}

void for_each_record(const CollectedStatistics& collected, bool by_state, const std::function<void(Record&&)>& take) {
  for_each_queue(collected,
                 [&](const SourceOutcome& outcome, const std::optional<Timestamp>& now, const QueueStatistics& queue) {
                   if (!by_state) take(queue_statistics_record(outcome.address, outcome.system, queue, now));
                   if (by_state)
                     for (const StateStatistics& state : queue.states)
                       take(state_statistics_record(outcome.address, outcome.system, queue, state, now));
                 });
}

}  // namespace queuetrace
