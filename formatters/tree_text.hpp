// -o tree: the jobs of a trace as a tree in text, with a bar for each on one common time line.
#pragma once

#include <string>

#include "formatters/formatter.hpp"
#include "formatters/trace_words.hpp"

namespace queuetrace {

struct TreeTextOptions {
  std::size_t width = 0;  ///< cells; 0: as wide as it gets
  bool color = false;
  bool ascii = false;  ///< lines, bars and data in ASCII only
};

/// Rows of jobs take at most `width` cells; ids, which are never cut, errors and the closing sentences may take more.
std::string tree_text(const TraceTree& tree, const TraceHeading& heading, const Redaction& redaction,
                      const TreeTextOptions& options);

}  // namespace queuetrace
