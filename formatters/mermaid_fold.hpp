// Which jobs of a large trace get a box of their own in a drawing that is limited, and how the others are counted.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/trace_tree.hpp"

namespace queuetrace {

struct FoldedTree {
  std::vector<bool> drawn;  ///< by node; never one that is hidden, nor one whose parent is not drawn
  /// By the nearest ancestor that is drawn (absent: there is none): the jobs below it that are not.
  std::map<std::optional<std::size_t>, std::vector<std::size_t>> folded;
};

/// Draws at most `most` nodes: those that failed, are not finished or are on the critical path with their ancestors
/// first, then the others in the order of the tree. Cost: nodes times `most` at worst.
FoldedTree fold_tree(const TraceTree& tree, std::size_t most);

/// `37 more jobs: 35 completed, 2 pending`
std::string folded_words(const TraceTree& tree, const std::vector<std::size_t>& nodes);

}  // namespace queuetrace
