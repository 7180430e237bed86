// The statistics of every queue of the selected sources, asked for side by side: what `stats` and `queue list` print
// and `health` judges.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "backends/fan_out.hpp"
#include "commands/change/admin_operation.hpp"
#include "commands/context.hpp"
#include "model/statistics.hpp"
#include "model/value.hpp"

namespace queuetrace {

/// What the stores said, in source order; `outcomes` has the address and system of each.
struct CollectedStatistics {
  std::vector<Statistics> answers;
  std::vector<SourceOutcome> outcomes;
  std::vector<std::string> warnings;

  bool any_queue() const;
};

CollectedStatistics collect_statistics(std::vector<OpenedSource>& sources, const StatisticsQuery& query);

/// Judges an answer before anything of it is printed: throws the failure of an only source and, when there is no queue,
/// Error{not_found} for queues that are named and that no store knows (check_queues(), which asks for their names);
/// what is known of only some of them becomes a warning.
void check_answer(CollectedStatistics& collected, const StatisticsQuery& query, std::vector<OpenedSource>& sources);

/// What closes an answer about queues on standard error: the notes of each, for people that there is none, how the
/// sources fared. Tells `facts` how many there are. Returns the exit code of the answer.
ExitCode report_queues(const CollectedStatistics& collected, OperationFacts& facts, Context& context);

/// The query that flags ask for: `--window`, and `--interval` unless empty. Throws Error{usage} that names the flag.
StatisticsQuery statistics_query(const std::vector<std::string>& queues, const std::string& window,
                                 const std::string& interval, const ReadLimits& limits);

using QueueVisitor =
    std::function<void(const SourceOutcome&, const std::optional<Timestamp>& now, const QueueStatistics&)>;
void for_each_queue(const CollectedStatistics& collected, const QueueVisitor& visit);

/// Every record of the answer: one a queue, or one a queue and state.
void for_each_record(const CollectedStatistics& collected, bool by_state, const std::function<void(Record&&)>& take);

}  // namespace queuetrace
