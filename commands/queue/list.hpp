// `queue list`: the queues there are, what waits, runs and is dead in each, and which are paused, since when, by whom
// and why.
//
// Cost, for each store, in sessions that cannot write. SQL: the server's clock, one pass over the jobs that groups them
// by queue and state, one read of at most 10,000 pauses; each ends with the statement time-out. Redis: lengths, up to
// 21,000 entries of each list, records by SCAN up to the bound on entries looked at. Nothing is measured: no rates, no
// percentiles, no tracing coverage. Only when no queue was found and --queue names one, the names of all queues.
#pragma once

#include <string>
#include <vector>

#include "commands/command.hpp"
#include "commands/context.hpp"

namespace queuetrace {

struct QueueListOptions {
  std::vector<std::string> queues;  ///< globs; empty: all
  bool paused = false;              ///< only those that are paused
};

void add_queue_list(CLI::App& command, Invocation& chosen);

/// One record a queue, by source, then name; paused queues that hold nothing, too, where the system tells them. done
/// when there is none; not_found when no store knows any of the named queues; partial when a source failed or was cut
/// short.
ExitCode queue_list(const QueueListOptions& options, Context& context);

}  // namespace queuetrace
