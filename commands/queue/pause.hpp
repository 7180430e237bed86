// `queue pause` and `queue resume`: whether workers take jobs from a queue.
#pragma once

#include <string>

#include "commands/change/write_options.hpp"
#include "commands/command.hpp"

namespace queuetrace {

struct QueuePauseOptions {
  std::string queue;
  std::string reason;
  bool paused = true;
  bool force = false;  ///< a queue that holds nothing now, too
  WriteOptions write;
};

void add_queue_pause(CLI::App& command, Invocation& chosen);
void add_queue_resume(CLI::App& command, Invocation& chosen);

/// done, too when it was so before; refused where the system cannot; not_found for a queue nobody knows.
ExitCode queue_pause(const QueuePauseOptions& options, Context& context);

}  // namespace queuetrace
