#include "tracing/critical_path.hpp"

#include <algorithm>
#include <utility>

namespace queuetrace {
namespace {

struct Predecessor {
  std::size_t node = 0;
  TraceEdge edge = TraceEdge::none;
};

/// The dependency that ends last, else the parent in the tree; absent when that has no times.
std::optional<Predecessor> predecessor_of(const TraceTree& tree, const TraceNode& node) {
  std::optional<Predecessor> best;
  const auto consider = [&](std::size_t parent, TraceEdge edge) {
    if (tree.nodes[parent].segments.empty()) return;
    const bool dependency = edge == TraceEdge::dependency;
    if (!best || (dependency &&
                  (best->edge != TraceEdge::dependency || *tree.nodes[parent].end() > *tree.nodes[best->node].end())))
      best = Predecessor{parent, edge};
  };
  std::optional<std::size_t> above = node.parent;
  TraceEdge edge = node.edge;
  while (above && tree.nodes[*above].is_span_alone()) {  // a job made in a span is made by the job around that
    above = tree.nodes[*above].parent;
    edge = TraceEdge::parent_span;
  }
  if (above) consider(*above, edge);
  for (const TraceLink& link : node.links)
    if (link.use != TraceLink::Use::cut && link.edge == TraceEdge::dependency) consider(link.parent, link.edge);
  return best;
}

/// A job that is still held does not count while another one does: it waits for something, and that ends the chain.
std::optional<std::size_t> last_to_end(const TraceTree& tree) {
  std::optional<std::size_t> last;
  const auto rank = [&tree](std::size_t index) {
    const TraceSegment& segment = tree.nodes[index].segments.back();
    return std::pair(!segment.open || segment.kind != TraceSegment::Kind::held, segment.end);
  };
  for (std::size_t index = 0; index < tree.nodes.size(); ++index)
    if (tree.nodes[index].job && !tree.nodes[index].segments.empty() && (!last || rank(index) > rank(*last)))
      last = index;
  return last;
}

void add_stretch(TraceTree& tree, std::optional<std::size_t> node, TraceSegment::Kind kind, Timestamp begin,
                 Timestamp end) {
  if (end <= begin) return;
  if (!tree.critical_stretches.empty()) {
    CriticalStretch& before = tree.critical_stretches.back();
    if (before.node == node && before.kind == kind && before.end == begin) {
      before.end = end;
      return;
    }
  }
  tree.critical_stretches.push_back({node, kind, begin, end});
}

/// What the job did between two moments; what its segments do not cover is unknown.
void add_life(TraceTree& tree, std::size_t node, Timestamp from, Timestamp until) {
  for (const TraceSegment& segment : tree.nodes[node].segments) {
    if (segment.end <= from || segment.begin >= until) continue;
    add_stretch(tree, node, TraceSegment::Kind::unknown, from, segment.begin);
    const Timestamp end = std::min(segment.end, until);
    add_stretch(tree, node, segment.kind, std::max(from, segment.begin), end);
    from = std::max(from, end);
  }
  add_stretch(tree, node, TraceSegment::Kind::unknown, from, until);
}

}  // namespace

void mark_critical_path(TraceTree& tree) {
  std::vector<TraceEdge> edges;  // between each job of the path and the next
  std::optional<std::size_t> at = last_to_end(tree);
  while (at) {
    tree.critical_path.push_back(*at);
    tree.nodes[*at].critical = true;
    const std::optional<Predecessor> before = predecessor_of(tree, tree.nodes[*at]);
    at = before && !tree.nodes[before->node].critical ? std::optional(before->node) : std::nullopt;
    if (at) edges.push_back(before->edge);
  }
  std::reverse(tree.critical_path.begin(), tree.critical_path.end());
  std::reverse(edges.begin(), edges.end());
  if (tree.critical_path.empty()) return;

  Timestamp from = *tree.nodes[tree.critical_path.front()].begin();
  for (std::size_t step = 0; step < tree.critical_path.size(); ++step) {
    const std::size_t node = tree.critical_path[step];
    const Timestamp end = std::max(from, *tree.nodes[node].end());
    if (step + 1 == tree.critical_path.size()) {
      add_life(tree, node, from, end);
      break;
    }
    const TraceNode& next = tree.nodes[tree.critical_path[step + 1]];
    const Timestamp taken_over = edges[step] == TraceEdge::dependency || edges[step] == TraceEdge::workflow_step
                                     ? std::min(end, *next.end())
                                     : *next.begin();
    const Timestamp until = std::clamp(taken_over, from, end);
    add_life(tree, node, from, until);
    from = until;
    if (*next.begin() > from) {
      add_stretch(tree, std::nullopt, TraceSegment::Kind::unknown, from, *next.begin());
      from = *next.begin();
    }
  }
}

}  // namespace queuetrace
