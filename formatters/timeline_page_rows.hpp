// The rows of the HTML drawing: the tree as nested <details>, which fold without a script, each row with its bar.
#pragma once

#include <string>
#include <vector>

#include "formatters/timeline_layout.hpp"
#include "formatters/trace_words.hpp"

namespace queuetrace {

/// One row for each node that is not hidden, in the order of the tree. `words` and `ids` (short ones) are by node.
std::string timeline_page_rows(const TraceTree& tree, const TimeAxis& axis, const TraceHeading& heading,
                               const std::vector<NodeWords>& words, const std::vector<std::string>& ids);

}  // namespace queuetrace
