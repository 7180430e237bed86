// `peek --count`: how many jobs wait, and none of them.
#pragma once

#include <string>
#include <vector>

#include "commands/change/admin_operation.hpp"
#include "commands/context.hpp"
#include "commands/exit_code.hpp"

namespace queuetrace {

/// Pending, scheduled, blocked and retrying jobs of the queues (globs; none: all), counted as `stats` counts them: a
/// sentence, or one record of print_counted(). not_found when no store knows any of the named queues.
ExitCode print_waiting_count(const std::vector<std::string>& queues, Context& context, OperationFacts& facts);

}  // namespace queuetrace
