// `trace list --watch`: the same list again and again; redrawn on a terminal, as changes in a pipe.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "commands/context.hpp"
#include "commands/exit_code.hpp"
#include "commands/trace/recent_traces.hpp"

namespace queuetrace {

/// What `trace list` prints: queuetrace.traces/1.
Heading trace_list_heading();

/// Looks every `interval` (at least 1s) until told to stop or stdout is gone, and shows the first `limit` traces (0:
/// all). A pipe gets one record a trace that is new or changed, with `change` (added, changed) in front; times that
/// grow by themselves are no change, and a trace that others push out of the list is not told. Throws Error{usage} for
/// a bad interval, and what `look` throws.
ExitCode watch_traces(const std::function<RecentTraces()>& look, const std::string& interval, std::uint64_t limit,
                      Context& context);

}  // namespace queuetrace
