// -o mermaid: the tree of a trace as a Mermaid flowchart, for READMEs, tickets and chats that draw it.
#pragma once

#include <cstddef>
#include <string>

#include "formatters/trace_words.hpp"

namespace queuetrace {

/// What Mermaid draws at most unless it is configured otherwise (`maxTextSize`, `maxEdges`): beyond it shows an error
/// in place of the drawing.
inline constexpr std::size_t mermaid_characters = 50'000;
inline constexpr std::size_t mermaid_edges = 500;

struct MermaidDrawing {
  std::string text;
  std::size_t folded = 0;  ///< jobs that have no box of their own, since the drawing would be refused
};

/// A flowchart from top to bottom, within Mermaid's limits. Arrows of dependencies are solid, all others dotted, each
/// named by its kind; links that were cut are crossed; missing parents are dashed boxes, jobs on the critical path have
/// thick borders. Where not all jobs fit, those that failed, are not finished or are on the critical path come first,
/// then the others in the order of the tree; what is left is counted in a box below the parent.
MermaidDrawing mermaid_drawing(const TraceTree& tree, const TraceHeading& heading);

}  // namespace queuetrace
