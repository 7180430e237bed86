#include "tracing/trace_graph.hpp"

#include <cstdint>

namespace queuetrace {
namespace {

/// For each node the links in which it is the parent (or the child), in the order of the links.
std::vector<std::vector<std::size_t>> links_by(std::size_t nodes, const std::vector<GraphLink>& links, bool by_parent) {
  std::vector<std::vector<std::size_t>> by_node(nodes);
  for (std::size_t link = 0; link < links.size(); ++link)
    by_node[by_parent ? links[link].parent : links[link].child].push_back(link);
  return by_node;
}

/// Depth-first visit without recursion: a link to a node that is being visited closes a cycle.
class CycleCutter {
 public:
  CycleCutter(std::size_t nodes, std::vector<GraphLink>& links)
      : links_(links), by_parent_(links_by(nodes, links, true)), state_(nodes, State::fresh) {}

  void visit(std::size_t root) {
    if (state_[root] != State::fresh) return;
    std::vector<Step> path{{root}};
    state_[root] = State::open;
    while (!path.empty()) {
      Step& step = path.back();
      if (step.next == by_parent_[step.node].size()) {
        state_[step.node] = State::done;
        path.pop_back();
        continue;
      }
      GraphLink& link = links_[by_parent_[step.node][step.next++]];
      if (state_[link.child] == State::open) {
        link.cut = true;
      } else if (state_[link.child] == State::fresh) {
        state_[link.child] = State::open;
        path.push_back({link.child});
      }
    }
  }

 private:
  enum class State { fresh, open, done };
  struct Step {
    std::size_t node;
    std::size_t next = 0;
  };
  std::vector<GraphLink>& links_;
  std::vector<std::vector<std::size_t>> by_parent_;
  std::vector<State> state_;
};

/// One bit a node, none before the first is inserted.
class NodeSet {
 public:
  explicit NodeSet(std::size_t nodes = 0) : size_((nodes + 63) / 64) {}
  void insert(std::size_t node) {
    words_.resize(size_);
    words_[node / 64] |= std::uint64_t{1} << (node % 64);
  }
  bool contains(std::size_t node) const { return !words_.empty() && (words_[node / 64] >> (node % 64) & 1) != 0; }
  void merge(const NodeSet& other) {
    if (other.words_.empty()) return;
    words_.resize(size_);
    for (std::size_t word = 0; word < size_; ++word) words_[word] |= other.words_[word];
  }

 private:
  std::size_t size_;
  std::vector<std::uint64_t> words_;
};

/// Nodes so that parents come before their children.
std::vector<std::size_t> parents_first(std::size_t nodes, const std::vector<GraphLink>& links) {
  std::vector<std::size_t> open_parents(nodes, 0);
  for (const GraphLink& link : links)
    if (!link.cut) ++open_parents[link.child];
  const std::vector<std::vector<std::size_t>> by_parent = links_by(nodes, links, true);
  std::vector<std::size_t> order;
  for (std::size_t node = 0; node < nodes; ++node)
    if (open_parents[node] == 0) order.push_back(node);
  for (std::size_t position = 0; position < order.size(); ++position)
    for (const std::size_t link : by_parent[order[position]])
      if (!links[link].cut && --open_parents[links[link].child] == 0) order.push_back(links[link].child);
  return order;
}

}  // namespace

void cut_cycles(std::size_t nodes, std::vector<GraphLink>& links) {
  std::vector<bool> has_parent(nodes, false);
  for (const GraphLink& link : links) has_parent[link.child] = true;
  CycleCutter cutter(nodes, links);
  for (std::size_t node = 0; node < nodes; ++node)
    if (!has_parent[node]) cutter.visit(node);
  for (std::size_t node = 0; node < nodes; ++node) cutter.visit(node);
}

void mark_implied(std::size_t nodes, std::vector<GraphLink>& links) {
  const std::vector<std::vector<std::size_t>> by_child = links_by(nodes, links, false);
  const auto counts = [](const GraphLink& link) { return link.dependency && !link.cut; };
  std::vector<NodeSet> ancestors(nodes);
  for (const std::size_t node : parents_first(nodes, links)) {
    NodeSet behind(nodes);  // ancestors of its parents
    for (const std::size_t link : by_child[node])
      if (counts(links[link])) behind.merge(ancestors[links[link].parent]);
    for (const std::size_t link : by_child[node])
      if (counts(links[link]) && behind.contains(links[link].parent)) links[link].implied = true;
    for (const std::size_t link : by_child[node])
      if (counts(links[link])) behind.insert(links[link].parent);
    ancestors[node] = std::move(behind);
  }
}

}  // namespace queuetrace
