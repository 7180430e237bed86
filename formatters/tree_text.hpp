// -o tree: the jobs of a trace as a tree in text, with a bar for each on one common time line.
#pragma once

#include <string>

#include "formatters/formatter.hpp"
#include "formatters/trace_words.hpp"

namespace queuetrace {

struct TreeTextOptions {
  std::size_t width = 0;  ///< cells; 0: as wide as it gets
  bool color = false;
  bool ascii = false;     ///< lines, bars and data in ASCII only
  bool whole = false;     ///< ids whole, how jobs are tied and their errors below each, bars at any width
  bool full_ids = false;  ///< ids whole, which may make rows wider
};

/// What went wrong comes first. Rows take at most `width` cells, with bars where it is 110 or more; in the `whole` form
/// ids, which are never cut, and errors may take more. So may closing sentences and the link.
std::string tree_text(const TraceTree& tree, const TraceHeading& heading, const Redaction& redaction,
                      const TreeTextOptions& options);

}  // namespace queuetrace
