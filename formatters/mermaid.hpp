// -o mermaid: the tree of a trace as a Mermaid flowchart, for READMEs, tickets and chats that draw it.
#pragma once

#include <string>

#include "formatters/trace_words.hpp"

namespace queuetrace {

/// A flowchart from top to bottom. Arrows of dependencies are solid, all others dotted, each named by its kind; links
/// that were cut are crossed; missing parents are dashed boxes, jobs on the critical path have thick borders.
std::string mermaid_text(const TraceTree& tree, const TraceHeading& heading);

}  // namespace queuetrace
