// `stats --watch`: the same statistics again and again; redrawn on a terminal, one record per line in a pipe.
#pragma once

#include <vector>

#include "commands/context.hpp"
#include "commands/exit_code.hpp"
#include "commands/queue/statistics_document.hpp"

namespace queuetrace {

/// Looks every `interval` until told to stop or stdout is gone. Where the query has an interval of its own, stores that
/// keep no finish times already wait as long between the two counts of one look. In a pipe every look is a block of
/// records with the same `at` (schema `queuetrace.stats-looks/1`, key `looks`).
ExitCode watch_stats(std::vector<OpenedSource>& sources, const StatisticsQuery& query, Milliseconds interval,
                     const StatisticsDocument& document, Context& context);

}  // namespace queuetrace
