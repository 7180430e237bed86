// `stats`: depth, ages, rates, waiting and running times and trace coverage of each queue.
#pragma once

#include <string>
#include <vector>

#include "commands/command.hpp"
#include "commands/context.hpp"

namespace queuetrace {

struct StatsOptions {
  std::vector<std::string> queues;
  std::string window = "1h";  ///< for rates and percentiles
  /// Two looks this far apart, for stores that keep no finish times; empty: one look. With `watch` also the time
  /// between two looks, 2s when empty.
  std::string interval;
  bool by_state = false;  ///< one record a queue and state instead of one a queue
  bool watch = false;     ///< look again and again
};

void add_stats(CLI::App& command, Invocation& chosen);

/// One record a queue, with its states inside; tables are followed by one a queue and state. not_found when no store
/// knows any of the named queues; partial when a source failed or was cut short.
ExitCode stats(const StatsOptions& options, Context& context);

}  // namespace queuetrace
