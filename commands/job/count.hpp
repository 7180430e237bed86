// `job list --count`: how many jobs match, by state, and none of them.
#pragma once

#include <vector>

#include "backends/gather.hpp"
#include "commands/context.hpp"
#include "commands/exit_code.hpp"

namespace queuetrace {

/// One record: total, exactness (exact, at_least, estimated), states. Exit codes as of the list. Costs what
/// count_jobs() does.
ExitCode print_count(std::vector<OpenedSource>& sources, const JobQuery& query, Context& context);

}  // namespace queuetrace
