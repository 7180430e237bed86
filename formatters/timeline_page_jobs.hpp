// The list of the jobs in the HTML page: all that the drawing has no room for, in rows that wrap and never cut an
// error.
#pragma once

#include <string>
#include <vector>

#include "formatters/trace_words.hpp"

namespace queuetrace {

/// One entry for each node that is not hidden, `id="j<index>"`, in the order of the tree. `words` are by node.
std::string timeline_page_jobs(const TraceTree& tree, const TraceHeading& heading, const std::vector<NodeWords>& words);

}  // namespace queuetrace
