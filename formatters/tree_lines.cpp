#include "formatters/tree_lines.hpp"

#include <algorithm>
#include <array>

#include "formatters/unicode.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t deepest_indented = 40;
constexpr std::size_t readable_title_width = 20;

struct LinePieces {
  std::string_view branch, last, through, blank, stem;
};

constexpr std::array<LinePieces, 3> box_lines{
    {{"├─ ", "└─ ", "│  ", "   ", "│ "}, {"├ ", "└ ", "│ ", "  ", "│ "}, {"├ ", "└ ", "│", " ", "│ "}}};
constexpr std::array<LinePieces, 3> plain_lines{
    {{"|- ", "`- ", "|  ", "   ", "| "}, {"| ", "` ", "| ", "  ", "| "}, {"| ", "` ", "|", " ", "| "}}};

/// Whether a node with the same parent (or at the top level) is drawn after each node.
std::vector<bool> find_followed_rows(const TraceTree& tree) {
  const std::size_t size = tree.nodes.size();
  std::vector<bool> followed(size, false);
  std::vector<std::size_t> latest(size + 1, size);  // child by parent; last: top level
  for (std::size_t index = 0; index < size; ++index) {
    if (tree.nodes[index].hidden) continue;
    std::size_t& before = latest[tree.nodes[index].parent.value_or(size)];
    if (before < size) followed[before] = true;
    before = index;
  }
  return followed;
}

std::vector<TreeLines> lines_in_front(const TraceTree& tree, const LinePieces& pieces, std::size_t deepest,
                                      std::string_view ellipsis) {
  const std::vector<bool> followed = find_followed_rows(tree);
  std::vector<bool> has_children(tree.nodes.size(), false);
  for (const TraceNode& node : tree.nodes)
    if (node.parent && !node.hidden) has_children[*node.parent] = true;
  std::vector<std::string> prefix(tree.nodes.size());  // in front of a node's children
  std::vector<TreeLines> lines(tree.nodes.size());
  for (std::size_t index = 0; index < tree.nodes.size(); ++index) {
    const TraceNode& node = tree.nodes[index];
    if (node.hidden) continue;
    if (node.parent) {
      prefix[index] = prefix[*node.parent];
      lines[index].title = prefix[index] + std::string(followed[index] ? pieces.branch : pieces.last);
      if (node.depth > deepest) lines[index].title.replace(lines[index].title.size() - 1, 1, ellipsis);
      if (node.depth < deepest) prefix[index] += followed[index] ? pieces.through : pieces.blank;
    }
    lines[index].below = prefix[index] + std::string(has_children[index] ? pieces.stem : std::string_view("  "));
  }
  return lines;
}

}  // namespace

std::vector<TreeLines> fitted_tree_lines(const TraceTree& tree, const std::vector<std::size_t>& titles,
                                         std::size_t room, bool ascii, std::string_view ellipsis) {
  const auto fit = [&](const std::vector<TreeLines>& lines) {
    for (std::size_t index = 0; index < lines.size(); ++index)
      if (unicode::display_width(lines[index].title) + std::min(titles[index], readable_title_width) > room)
        return false;
    return true;
  };
  std::vector<TreeLines> lines;
  for (const LinePieces& pieces : ascii ? plain_lines : box_lines) {
    lines = lines_in_front(tree, pieces, deepest_indented, ellipsis);
    if (fit(lines)) return lines;
  }
  const std::size_t taken = readable_title_width + unicode::display_width(ellipsis);
  const std::size_t levels = std::max({room > taken ? room - taken : 0, room / 5, std::size_t{1}});
  return lines_in_front(tree, (ascii ? plain_lines : box_lines).back(), std::min(deepest_indented, levels), ellipsis);
}

}  // namespace queuetrace
