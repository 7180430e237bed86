// Jobs that a plan puts into queues that are paused: they will not run yet.
#pragma once

#include "commands/change/plan_file.hpp"
#include "commands/change/write_target.hpp"
#include "commands/context.hpp"

namespace queuetrace {

/// Adds a warning for each queue that is paused and gets or keeps jobs to run; nothing for other actions than retry and
/// move. One statement or round trip; where the store does not answer nothing is said, as nothing is known.
void add_pause_warnings(const Action& action, const WriteTarget& target, PlanCounts& counts, const Context& context);

}  // namespace queuetrace
