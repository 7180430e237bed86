#include "model/trace_tree.hpp"

#include <algorithm>

namespace queuetrace {

std::string_view to_word(TraceEdge edge) {
  switch (edge) {
    case TraceEdge::dependency: return "dependency";
    case TraceEdge::parent_job: return "parent-job";
    case TraceEdge::parent_span: return "parent-span";
    case TraceEdge::causation: return "causation";
    case TraceEdge::workflow_step: return "workflow-step";
    case TraceEdge::attempt: return "attempt";
    case TraceEdge::child_span: return "child-span";
    case TraceEdge::same_trace: return "same-trace";
    case TraceEdge::same_correlation: return "same-correlation";
    case TraceEdge::same_workflow: return "same-workflow";
    case TraceEdge::same_batch: return "same-batch";
    case TraceEdge::none: return "";
  }
  return "";
}

std::string_view to_word(TraceSegment::Kind kind) {
  switch (kind) {
    case TraceSegment::Kind::held: return "held";
    case TraceSegment::Kind::waiting: return "waiting";
    case TraceSegment::Kind::running: return "running";
    case TraceSegment::Kind::unknown: return "unknown";
  }
  return "";
}

std::string_view to_word(TraceLink::Use use) {
  switch (use) {
    case TraceLink::Use::further: return "further";
    case TraceLink::Use::implied: return "implied";
    case TraceLink::Use::cut: return "cut";
  }
  return "";
}

std::optional<Timestamp> TraceNode::begin() const {
  if (segments.empty()) return std::nullopt;
  return segments.front().begin;
}

std::optional<Timestamp> TraceNode::end() const {
  if (segments.empty()) return std::nullopt;
  return segments.back().end;
}

std::optional<Milliseconds> TraceNode::length(TraceSegment::Kind kind) const {
  std::optional<std::chrono::microseconds> total;
  for (const TraceSegment& segment : segments)
    if (segment.kind == kind) total = total.value_or(std::chrono::microseconds{}) + (segment.end - segment.begin);
  if (!total) return std::nullopt;
  return std::chrono::duration_cast<Milliseconds>(*total);
}

bool TraceNode::is_open() const {
  return std::any_of(segments.begin(), segments.end(), [](const TraceSegment& segment) { return segment.open; });
}

bool TraceNode::is_estimated(TraceSegment::Kind kind) const {
  return std::any_of(segments.begin(), segments.end(),
                     [kind](const TraceSegment& segment) { return segment.kind == kind && segment.estimated; });
}

void hide_below(TraceTree& tree, std::size_t depth) {
  for (TraceNode& node : tree.nodes) {
    node.hidden = node.depth > depth;
    if (!node.hidden) continue;
    std::size_t above = *node.parent;
    while (tree.nodes[above].hidden) above = *tree.nodes[above].parent;
    ++tree.nodes[above].hidden_below;
  }
}

std::vector<CriticalShare> critical_shares(const TraceTree& tree) {
  const auto same_queue = [&tree](std::size_t left, std::size_t right) {
    const Job& one = *tree.nodes[left].job;
    const Job& other = *tree.nodes[right].job;
    return one.queue == other.queue && one.ref.source == other.ref.source;
  };
  std::vector<CriticalShare> shares;
  for (const CriticalStretch& stretch : tree.critical_stretches) {
    const auto alike = [&](const CriticalShare& share) {
      if (share.kind != stretch.kind || share.node.has_value() != stretch.node.has_value()) return false;
      return !share.node || share.kind == TraceSegment::Kind::running || same_queue(*share.node, *stretch.node);
    };
    const auto found = std::find_if(shares.begin(), shares.end(), alike);
    const std::chrono::microseconds length = stretch.end - stretch.begin;
    if (found == shares.end())
      shares.push_back({stretch.node, stretch.kind, length});
    else
      found->length += length;
  }
  std::stable_sort(shares.begin(), shares.end(),
                   [](const CriticalShare& left, const CriticalShare& right) { return left.length > right.length; });
  return shares;
}

}  // namespace queuetrace
