// What a person does about a trace in which jobs failed.
#pragma once

#include <string>
#include <vector>

#include "backends/fan_out.hpp"
#include "commands/context.hpp"
#include "model/trace_tree.hpp"

namespace queuetrace {

/// The command that retries the failed and dead jobs of the first store that can do so, three at most: `queuetrace job
/// retry 296cd0f2`. Empty where nothing failed or nothing can be retried. Asks no store.
std::string retry_command(const TraceTree& tree, const std::vector<OpenedSource>& sources, const Context& context);

}  // namespace queuetrace
