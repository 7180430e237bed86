#include "formatters/timeline_page_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "formatters/markup.hpp"
#include "formatters/timeline_bar.hpp"
#include "formatters/timeline_style.hpp"
#include "formatters/timeline_titles.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t deepest_step = 12;
/// Elements that stand in each other: browsers give up on nesting at 512, and what is deeper stays at this level.
constexpr std::size_t deepest_fold = 64;
constexpr double step_width = 14;  ///< CSS pixels
constexpr double row_middle = 12;

class PageRows {
 public:
  PageRows(const TraceTree& tree, const TimeAxis& axis, const TraceHeading& heading,
           const std::vector<NodeWords>& words, const std::vector<std::string>& ids)
      : tree_(tree), axis_(axis), heading_(heading), words_(words), ids_(ids), has_later_(tree.nodes.size(), false) {
    find_shape();
  }

  std::string html() {
    for (std::size_t index = 0; index < tree_.nodes.size(); ++index) {
      if (tree_.nodes[index].hidden) continue;
      close_folds(tree_.nodes[index].depth);
      const bool folds = has_children_[index] && folds_.size() < deepest_fold;
      out_ += folds ? "<details open><summary class=\"" : "<div class=\"";
      append_row(index);
      out_ += folds ? "</summary>\n" : "</div>\n";
      if (folds) folds_.push_back(tree_.nodes[index].depth);
    }
    close_folds(0);
    return std::move(out_);
  }

 private:
  /// Which nodes have children that are shown, and which have siblings below them.
  void find_shape() {
    has_children_.assign(tree_.nodes.size(), false);
    std::vector<bool> seen(tree_.nodes.size(), false);
    for (std::size_t index = tree_.nodes.size(); index-- > 0;) {
      const TraceNode& node = tree_.nodes[index];
      if (node.hidden || !node.parent) continue;
      has_children_[*node.parent] = true;
      has_later_[index] = seen[*node.parent];
      seen[*node.parent] = true;
    }
  }

  void close_folds(std::size_t depth) {
    for (; !folds_.empty() && folds_.back() >= depth; folds_.pop_back()) out_ += "</details>\n";
  }

  void append_row(std::size_t index) {
    const TraceNode& node = tree_.nodes[index];
    const NodeWords& words = words_[index];
    const std::string_view state = state_class(node);
    const std::size_t depth = std::min(node.depth, deepest_step);
    fmt::format_to(std::back_inserter(out_), "row{}{}\" title=\"{}\">", node.critical ? " critical" : "",
                   has_children_[index] ? " parent" : "", markup_text(row_title(node, words)));
    append_ties(index);
    fmt::format_to(
        std::back_inserter(out_),
        "<span class=\"who d{}\"><span class=\"name\">{}</span>{}<a class=\"id\" href=\"#j{}\">{}</a>{}</span>", depth,
        markup_text(words.title()), node.critical ? "<span class=\"star\">★</span>" : "", index,
        markup_text(ids_[index]), link_to(index));
    fmt::format_to(
        std::back_inserter(out_),
        "<span class=\"state {0}\"><span class=\"dot\">●</span>{1}</span><span class=\"number try\">{2}</span>"
        "<span class=\"number\">{3}</span><span class=\"number\">{4}</span>",
        state, markup_text(words.state), markup_text(words.attempts), markup_text(words.wait), markup_text(words.run));
    out_ += "<span class=\"track\">" + timeline_bar(node, axis_) + "</span>";
    append_more(words, depth);
  }

  /// To the job's or the span's place in the viewer.
  std::string link_to(std::size_t index) const {
    if (index >= heading_.links.size() || heading_.links[index].empty()) return "";
    return fmt::format("<a class=\"open\" href=\"{}\" rel=\"noopener noreferrer\" title=\"open in the viewer\">↗</a>",
                       markup_text(heading_.links[index]));
  }

  void append_more(const NodeWords& words, std::size_t depth) {
    for (const std::string& mark : words.marks)
      fmt::format_to(std::back_inserter(out_), "<span class=\"more d{} {}\">{}</span>", depth,
                     is_remark(mark) ? "soft" : "warn", markup_text(mark));
    if (!words.error.empty())
      fmt::format_to(std::back_inserter(out_), "<span class=\"more d{} bad\">{}</span>", depth,
                     markup_text(words.error));
  }

  /// The lines that lead from the parents to this row, and past it to rows further down.
  void append_ties(std::size_t index) {
    const TraceNode& own = tree_.nodes[index];
    if (!own.parent || own.depth > deepest_step) return;
    out_ += "<svg class=\"ties\" aria-hidden=\"true\">";
    const auto line = [this](const TraceNode& node, double x, std::string_view until) {
      fmt::format_to(std::back_inserter(out_), "<line class=\"tie{}\" x1=\"{:.0f}\" x2=\"{:.0f}\" y1=\"0\" y2=\"{}\"/>",
                     node.edge == TraceEdge::dependency ? "" : " loose", x, x, until);
    };
    for (std::size_t at = index; tree_.nodes[at].parent; at = *tree_.nodes[at].parent) {
      const TraceNode& node = tree_.nodes[at];
      const double x = step_width * static_cast<double>(node.depth - 1) + 6;
      if (has_later_[at]) line(node, x, "100%");
      if (at != index) continue;
      if (!has_later_[at]) line(node, x, "12");
      fmt::format_to(std::back_inserter(out_),
                     "<line class=\"tie{0}\" x1=\"{1:.0f}\" x2=\"{2:.0f}\" y1=\"{3:.0f}\" y2=\"{3:.0f}\"/>",
                     node.edge == TraceEdge::dependency ? "" : " loose", x, x + 7, row_middle);
    }
    out_ += "</svg>";
  }

  const TraceTree& tree_;
  const TimeAxis& axis_;
  const TraceHeading& heading_;
  const std::vector<NodeWords>& words_;
  const std::vector<std::string>& ids_;
  std::vector<bool> has_later_;
  std::vector<bool> has_children_;
  std::vector<std::size_t> folds_;  ///< depths of the open <details>
  std::string out_;
};

}  // namespace

std::string timeline_page_rows(const TraceTree& tree, const TimeAxis& axis, const TraceHeading& heading,
                               const std::vector<NodeWords>& words, const std::vector<std::string>& ids) {
  return PageRows(tree, axis, heading, words, ids).html();
}

}  // namespace queuetrace
