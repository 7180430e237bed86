#include "formatters/timeline_bar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "formatters/markup.hpp"
#include "formatters/timeline_style.hpp"
#include "formatters/timeline_titles.hpp"

namespace queuetrace {
namespace {

using Kind = TraceSegment::Kind;

constexpr std::size_t bar_ticks = 7;
constexpr double early_label = 0.04;    ///< labels before this begin at their tick
constexpr double late_label = 0.96;     ///< labels behind this end at their tick
constexpr double least_width = 0.0005;  ///< of a shape, in per cent: a browser draws nothing at all for 0
constexpr std::size_t map_lines = 40;

template <typename... Arguments>
void append_shape(std::string& out, fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  fmt::format_to(std::back_inserter(out), format, std::forward<Arguments>(arguments)...);
}

double as_percent(double position) { return position * 100; }

std::string classes_of(const TraceNode& node, const TraceSegment& segment) {
  std::string classes(to_word(segment.kind));
  if (segment.kind == Kind::running) classes += " " + std::string(state_class(node));
  if (segment.estimated) classes += " estimated";
  return classes;
}

}  // namespace

std::string timeline_bar(const TraceNode& node, const TimeAxis& axis) {
  std::string out = "<svg class=\"bar\" role=\"presentation\">";
  for (const TraceSegment& segment : node.segments) {
    const double from = as_percent(axis.position(segment.begin));
    const double to = as_percent(axis.position(segment.end));
    const std::string title = "<title>" + markup_text(segment_title(segment)) + "</title>";
    if (segment.kind == Kind::held)
      append_shape(out, "<line class=\"held\" x1=\"{:.4f}%\" x2=\"{:.4f}%\" y1=\"10\" y2=\"10\">{}</line>", from, to,
                   title);
    else
      append_shape(out, "<rect class=\"{}\" x=\"{:.4f}%\" y=\"4\" width=\"{:.4f}%\" height=\"12\">{}</rect>",
                   classes_of(node, segment), from, std::max(to - from, least_width), title);
    if (segment.kind == Kind::unknown)
      append_shape(out, "<text class=\"soft small\" x=\"{:.4f}%\" y=\"14\">?</text>", (from + to) / 2);
    if (segment.open) append_shape(out, "<text class=\"onward\" x=\"{:.4f}%\" dx=\"1\" y=\"14\">▸</text>", to);
  }
  return out + "</svg>";
}

std::string timeline_axis(const TimeAxis& axis) {
  std::string out = "<svg class=\"axis\" role=\"presentation\">";
  for (const TimeTick& tick : axis.ticks(bar_ticks))
    append_shape(out, "<text class=\"tick{}\" x=\"{:.4f}%\" y=\"13\">{}</text>",
                 tick.position > late_label    ? " late"
                 : tick.position < early_label ? " early"
                                               : "",
                 as_percent(tick.position), tick.label);
  return out + "</svg>";
}

std::string timeline_grid(const TimeAxis& axis) {
  std::string out = "<svg class=\"lines\" aria-hidden=\"true\">";
  for (const TimeTick& tick : axis.ticks(bar_ticks))
    append_shape(out, "<line class=\"grid\" x1=\"{0:.4f}%\" x2=\"{0:.4f}%\" y1=\"0\" y2=\"100%\"/>",
                 as_percent(tick.position));
  return out + "</svg>";
}

std::string timeline_minimap(const TraceTree& tree, const TimeAxis& axis) {
  const auto shown = static_cast<std::size_t>(
      std::count_if(tree.nodes.begin(), tree.nodes.end(), [](const TraceNode& node) { return !node.hidden; }));
  const std::size_t lines = std::clamp<std::size_t>(shown, 1, map_lines);
  std::string out;
  append_shape(out, "<svg class=\"map\" viewBox=\"0 0 1000 {}\" preserveAspectRatio=\"none\" aria-hidden=\"true\">",
               lines);
  std::size_t row = 0;
  for (const TraceNode& node : tree.nodes) {
    if (node.hidden) continue;
    const std::size_t line = row++ * lines / std::max<std::size_t>(shown, 1);
    for (const TraceSegment& segment : node.segments) {
      if (segment.kind == Kind::held) continue;
      const double from = axis.position(segment.begin) * 1000;
      append_shape(out, "<rect class=\"{}\" x=\"{:.1f}\" y=\"{}\" width=\"{:.1f}\" height=\"1\"/>",
                   classes_of(node, segment), from, line, std::max(axis.position(segment.end) * 1000 - from, 1.5));
    }
  }
  return out + "</svg>";
}

}  // namespace queuetrace
