#include "formatters/tree_bars.hpp"

#include <algorithm>
#include <vector>

#include "formatters/cell.hpp"
#include "model/job_state.hpp"

namespace queuetrace {

constexpr TreeBars::Glyphs TreeBars::blocks{"┄", "░", "█", "?", "╌"};
constexpr TreeBars::Glyphs TreeBars::plain{"-", ".", "#", "?", ":"};

std::string_view color_of_node(const TraceNode& node) {
  if (node.is_span_alone()) return node.span->status == Span::Status::error ? "31" : "2";
  if (!node.job) return "2";
  return color_of("state", to_word(node.job->state));
}

TreeBars::TreeBars(const TraceTree& tree, const TreeBarStyle& style)
    : tree_(tree), color_(style.color), glyphs_(style.ascii ? plain : blocks), axis_(tree, style.idle) {}

std::string TreeBars::ruler(std::size_t cells) const {
  std::string labels(cells, ' ');
  std::size_t free = 0;
  for (const TimeTick& tick : axis_.ticks(std::max<std::size_t>(cells / 8, 2))) {
    const std::size_t at = static_cast<std::size_t>(tick.position * static_cast<double>(cells));
    if (at < free || at + tick.label.size() > cells) continue;
    labels.replace(at, tick.label.size(), tick.label);
    free = at + tick.label.size() + 1;
  }
  labels.erase(labels.find_last_not_of(' ') + 1);
  return labels;
}

std::string TreeBars::bar(const TraceNode& node, std::size_t cells) const {
  std::vector<BarCell> kinds = bar_cells(node, axis_, cells);
  while (!kinds.empty() && kinds.back() == BarCell::empty) kinds.pop_back();
  std::string text;
  for (std::size_t at = 0; at < kinds.size();) {
    std::string run;
    const BarCell kind = kinds[at];
    for (; at < kinds.size() && kinds[at] == kind; ++at) run += glyph(kind);
    const std::string_view color = kind == BarCell::running ? color_of_node(node) : kind == BarCell::empty ? "" : "2";
    text += color_ && !color.empty() ? painted(run, color) : run;
  }
  return text;
}

std::string_view TreeBars::glyph(BarCell cell) const {
  switch (cell) {
    case BarCell::empty: return " ";
    case BarCell::held: return glyphs_.held;
    case BarCell::waiting: return glyphs_.waiting;
    case BarCell::running: return glyphs_.running;
    case BarCell::unknown: return glyphs_.unknown;
    case BarCell::folded: return glyphs_.folded;
  }
  return " ";
}

std::string TreeBars::legend() const {
  std::string legend;
  const auto add = [&](TraceSegment::Kind kind, std::string_view symbol, std::string_view meaning) {
    const bool used =
        std::ranges::any_of(tree_.nodes, [kind](const TraceNode& node) { return node.length(kind).has_value(); });
    if (used) legend += "  " + std::string(symbol) + " " + std::string(meaning);
  };
  add(TraceSegment::Kind::held, glyphs_.held, "held by schedule or dependencies");
  add(TraceSegment::Kind::waiting, glyphs_.waiting, "waiting");
  add(TraceSegment::Kind::running, glyphs_.running, "running");
  add(TraceSegment::Kind::unknown, glyphs_.unknown, "not recorded");
  if (!axis_.folds().empty()) legend += "  " + std::string(glyphs_.folded) + " idle time left out";
  return legend + "  ~ estimated  + so far";
}

}  // namespace queuetrace
