#include "formatters/mermaid_fold.hpp"

#include <fmt/format.h>

#include "model/count_words.hpp"

namespace queuetrace {
namespace {

bool needs_attention(const TraceNode& node) {
  if (node.is_span_alone()) return node.critical || node.span->status == Span::Status::error;
  return node.critical || !node.job || node.job->state != JobState::completed;
}

}  // namespace

FoldedTree fold_tree(const TraceTree& tree, std::size_t most) {
  FoldedTree result;
  result.drawn.assign(tree.nodes.size(), false);
  std::size_t count = 0;
  for (const bool urgent : {true, false})
    for (std::size_t index = 0; index < tree.nodes.size(); ++index) {
      if (tree.nodes[index].hidden || (urgent && !needs_attention(tree.nodes[index]))) continue;
      std::vector<std::size_t> chain;
      for (std::optional<std::size_t> at = index; at && !result.drawn[*at] && count + chain.size() <= most;
           at = tree.nodes[*at].parent)
        chain.push_back(*at);
      if (count + chain.size() > most) continue;
      for (const std::size_t at : chain) result.drawn[at] = true;
      count += chain.size();
    }
  std::vector<std::optional<std::size_t>> above(tree.nodes.size());  // parents have smaller indices
  for (std::size_t index = 0; index < tree.nodes.size(); ++index) {
    const std::optional<std::size_t> parent = tree.nodes[index].parent;
    above[index] = parent && !result.drawn[*parent] ? above[*parent] : parent;
    if (!tree.nodes[index].hidden && !result.drawn[index]) result.folded[above[index]].push_back(index);
  }
  return result;
}

std::string folded_words(const TraceTree& tree, const std::vector<std::size_t>& nodes) {
  std::map<std::string_view, std::size_t> states;
  for (const std::size_t index : nodes) {
    const TraceNode& node = tree.nodes[index];
    ++states[node.job ? to_word(node.job->state) : node.is_span_alone() ? "without a job" : "not found"];
  }
  std::string words = count_words(nodes.size(), "more job");
  std::string separator = ": ";
  for (const auto& [state, count] : states) {
    words += fmt::format("{}{} {}", separator, count, state);
    separator = ", ";
  }
  return words;
}

}  // namespace queuetrace
