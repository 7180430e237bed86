// Links between numbered nodes, child to parent: which would close a cycle, which follow from others.
#pragma once

#include <cstddef>
#include <vector>

namespace queuetrace {

struct GraphLink {
  std::size_t child = 0;
  std::size_t parent = 0;
  bool dependency = false;
  bool cut = false;      ///< set by cut_cycles()
  bool implied = false;  ///< set by mark_implied()
};

/// Marks the links that close a cycle when all nodes are visited from those without parents downwards, then from the
/// smallest number on; without the marked ones there is no cycle. Links of a node to itself are marked too.
void cut_cycles(std::size_t nodes, std::vector<GraphLink>& links);

/// Marks dependencies that follow from other dependencies of the same child (transitive reduction). Links that are cut
/// or no dependencies are left out. Needs links without cycles; memory a bit for
/// each pair of a node with dependencies and a node.
void mark_implied(std::size_t nodes, std::vector<GraphLink>& links);

}  // namespace queuetrace
