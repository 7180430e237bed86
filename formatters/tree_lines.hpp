// The lines that tie the rows of a tree together in text: ├─ └─ │, as narrow as the room for titles asks for.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "model/trace_tree.hpp"

namespace queuetrace {

/// What stands in front of one row, in cells of one column each.
struct TreeLines {
  std::string title;  ///< in front of its title: `│  ├─ `
  std::string below;  ///< in front of the lines that follow the row and belong to it
};

/// For each node, in a column of `room` cells for lines and titles that are so many cells wide; those of hidden nodes
/// are empty. A level is 3 cells wide, or 2 or 1 so that 20 cells of every title have room; what is deeper than even
/// that allows, or than 40 levels, stands no further in and behind `ellipsis`.
std::vector<TreeLines> fitted_tree_lines(const TraceTree& tree, const std::vector<std::size_t>& titles,
                                         std::size_t room, bool ascii, std::string_view ellipsis);

}  // namespace queuetrace
