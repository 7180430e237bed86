// Queues in the order in which they need somebody, and in the orders that --sort names.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "commands/option.hpp"
#include "commands/queue/statistics.hpp"
#include "formatters/table_view.hpp"

namespace queuetrace {

/// A queue with the store it is of.
struct QueueRow {
  const SourceOutcome* source = nullptr;
  std::optional<Timestamp> now;  ///< the store's clock
  const QueueStatistics* queue = nullptr;
};

/// `--sort`; the words it takes.
inline constexpr OptionFacts sort_option{
    .names = "--sort",
    .value = "COLUMN",
    .help = "Order of queues: by name, or with the most of something first (tables: worst first)",
    .choices = "queue,oldest,waiting,running,failed,stale"};

/// The queues of the answer. `sort` empty: with `worst_first` those that are paused while jobs wait, then those whose
/// oldest job waits longest, then those with most failed jobs; else as the stores gave them.
std::vector<QueueRow> sorted_queues(const CollectedStatistics& collected, const std::string& sort, bool worst_first);

/// Whether any job of them waits.
bool any_waits(const std::vector<QueueRow>& queues);

/// `34 queues in shop and files: 2 paused, 718 jobs wait, 57 run (9 stale), 363 failed`, and behind it `rest`.
std::vector<Phrase> queue_summary(const std::vector<QueueRow>& queues, const std::vector<SourceOutcome>& outcomes,
                                  const std::string& rest);

}  // namespace queuetrace
