// `peek`: what workers take next, in their exact order, and what waits and why.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "commands/command.hpp"
#include "commands/context.hpp"

namespace queuetrace {

struct PeekOptions {
  std::vector<std::string> queues;
  std::int64_t count = 10;  ///< 0 or less means 10, as go-redis-work-queue's own peek has it
  bool why = false;
  bool payload = false;
  std::string worker;
  bool include_tracing = false;
};

void add_peek(CLI::App& command, Invocation& chosen);

/// One record a job, `position` 1 being taken next in its queue; what is known about each queue closes the document
/// (`queues`) and, for tables, is said on stderr. not_found when no store knows any of the named queues; partial when a
/// source failed or was cut short.
ExitCode peek(const PeekOptions& options, Context& context);

}  // namespace queuetrace
