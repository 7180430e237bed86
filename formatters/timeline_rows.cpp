#include "formatters/timeline_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "formatters/markup.hpp"
#include "formatters/timeline_style.hpp"
#include "formatters/timeline_titles.hpp"
#include "formatters/unicode.hpp"

namespace queuetrace {
namespace {

// All in CSS pixels.
constexpr double margin = 20;
constexpr double heads_height = 30;
constexpr double row_height = 44;
constexpr double line_height = 16;
constexpr double axis_height = 24;
constexpr std::size_t rows_per_axis = 25;
constexpr double level = 18;
constexpr double title_cell = 7.5;  ///< about, for the title's font
constexpr double mono_cell = 6.65;
constexpr double facts_width = 316;
constexpr double bar_width = 620;
constexpr double bar_height = 14;
constexpr std::size_t most_ticks = 9;
constexpr std::size_t title_cells = 48;
constexpr std::size_t deepest_indent = 12;

std::string cut(const std::string& text, std::size_t cells) {
  if (unicode::display_width(text) <= cells) return text;
  return std::string(unicode::head_of_width(text, cells - 1)) + "…";
}

template <typename... Arguments>
void append(std::string& out, fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  fmt::format_to(std::back_inserter(out), format, std::forward<Arguments>(arguments)...);
}

void append_text(std::string& out, double x, double y, std::string_view classes, const std::string& text) {
  if (!text.empty())
    append(out, "<text x=\"{:.1f}\" y=\"{:.1f}\" class=\"{}\">{}</text>", x, y, classes, markup_text(text));
}

}  // namespace

TimelineRows::TimelineRows(const TraceTree& tree, const std::vector<std::string>& links, const Redaction& redaction)
    : tree_(tree), links_(links), axis_(tree) {
  row_of_.assign(tree.nodes.size(), tree.nodes.size());
  for (std::size_t index = 0; index < tree.nodes.size(); ++index) {
    const TraceNode& node = tree.nodes[index];
    if (node.hidden) continue;
    Row row;
    row.index = index;
    row.words = node_words(tree, index, redaction);
    row.further = row.words.marks;
    if (!row.words.error.empty()) {
      row.further.push_back("error: " + row.words.error);
      row.errors = 1;
    }
    row.axis_above = !rows_.empty() && rows_.size() % rows_per_axis == 0;
    if (row.axis_above) rows_height_ += axis_height;
    row.top = rows_height_;
    row.height = row_height + line_height * static_cast<double>(row.further.size()) + (row.further.empty() ? 0 : 2);
    rows_height_ += row.height;
    const double title =
        title_cell * static_cast<double>(std::min(unicode::display_width(row.words.title()), title_cells) + 3);
    const double ref = mono_cell * static_cast<double>(unicode::display_width(row.words.ref));
    label_width_ = std::max(label_width_, indent(node) + std::max(title, ref) + 16);
    row_of_[index] = rows_.size();
    rows_.push_back(std::move(row));
  }
  label_width_ = std::max(label_width_, 180.0);
}

double TimelineRows::width() const { return margin * 2 + label_width_ + facts_width + bar_width; }
double TimelineRows::height() const { return heads_height + rows_height_ + 8; }

double TimelineRows::indent(const TraceNode& node) const {
  return margin + level * static_cast<double>(std::min(node.depth, deepest_indent));
}

double TimelineRows::x_of(Timestamp time) const {
  return margin + label_width_ + facts_width + axis_.position(time) * bar_width;
}

void TimelineRows::append_labels(std::string& out, double y) const {
  const double bars = margin + label_width_ + facts_width;
  for (const TimeTick& tick : axis_.ticks(most_ticks))
    append_text(
        out,
        std::min(bars + tick.position * bar_width, bars + bar_width - 7.0 * static_cast<double>(tick.label.size())), y,
        "tick", tick.label);
}

void TimelineRows::append_heads(std::string& out, double top) const {
  const double facts = margin + label_width_;
  const double y = top + 18;
  append_text(out, margin, y, "head", "JOB");
  append_text(out, facts + 14, y, "head", "STATE");
  append_text(out, facts + 152, y, "head number", "TRIES");
  append_text(out, facts + 222, y, "head number", "WAIT");
  append_text(out, facts + 292, y, "head number", "RUN");
  const double bars = facts + facts_width;
  for (const TimeTick& tick : axis_.ticks(most_ticks)) {
    const double x = bars + tick.position * bar_width;
    append(out, "<line class=\"grid\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1:.1f}\" y2=\"{2:.1f}\"/>", x,
           top + heads_height, top + heads_height + rows_height_);
  }
  append_labels(out, y);
  append(out, "<line class=\"rule\" x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/>\n", margin,
         width() - margin, top + heads_height - 2, top + heads_height - 2);
}

/// The line from the parent down to the job; dotted where the parent is no dependency.
void TimelineRows::append_tie(std::string& out, const Row& row, double top) const {
  const TraceNode& node = tree_.nodes[row.index];
  if (!node.parent) return;
  const Row& parent = rows_[row_of_[*node.parent]];
  const double x = indent(tree_.nodes[*node.parent]) + 5;
  const double from = top + parent.top + 20;
  const double until = top + row.top + 15;
  append(out, "<path class=\"tie{}\" d=\"M{:.1f} {:.1f}V{:.1f}H{:.1f}\"/>",
         node.edge == TraceEdge::dependency ? "" : " loose", x, from + parent.height - row_height + 20, until,
         std::max(x + 8, indent(node) - 2));
}

void TimelineRows::append_segment(std::string& out, const Row& row, const TraceSegment& segment, double top) const {
  const TraceNode& node = tree_.nodes[row.index];
  const double x = x_of(segment.begin);
  const double wide = std::max(x_of(segment.end) - x, segment.kind == TraceSegment::Kind::held ? 0.0 : 2.5);
  const double y = top + 11;
  const std::string title = "<title>" + markup_text(segment_title(segment)) + "</title>";
  if (segment.kind == TraceSegment::Kind::held) {
    append(out, "<line class=\"held\" x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\">{}</line>", x, x + wide,
           y + bar_height / 2, y + bar_height / 2, title);
  } else {
    append(out,
           "<rect class=\"{}{}{}{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" rx=\"2\">{}</rect>",
           to_word(segment.kind), segment.kind == TraceSegment::Kind::running ? " " : "",
           segment.kind == TraceSegment::Kind::running ? state_class(node) : "", segment.estimated ? " estimated" : "",
           x, y, wide, bar_height, title);
  }
  if (segment.kind == TraceSegment::Kind::unknown)
    append_text(out, wide < 14 ? x + wide + 3 : x + wide / 2 - 3, y + 11, "soft small", "?");
  if (segment.open)
    append(out, "<path class=\"goes-on\" d=\"M{:.1f} {:.1f}l6 4.5l-6 4.5z\"/>", x + wide + 1, y + bar_height / 2 - 4.5);
}

void TimelineRows::append_row(std::string& out, const Row& row, double top) const {
  const TraceNode& node = tree_.nodes[row.index];
  const NodeWords& words = row.words;
  const double y = top + row.top;
  const double x = indent(node);
  const double facts = margin + label_width_;
  append(out, "<g class=\"row\"><title>{}</title>", markup_text(row_title(node, words)));
  append(out, "<rect class=\"stripe\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"/>", margin / 2, y,
         width() - margin, row.height);
  if (node.critical)
    append(out, "<rect class=\"mark\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"3\" height=\"{:.1f}\"/>", margin / 2, y,
           row.height);
  append_tie(out, row, top);
  const std::string title = cut(words.title(), title_cells);
  append_text(out, x, y + 19, node.job ? "name" : "name soft", node.critical ? title + " ★" : title);
  const bool linked = row.index < links_.size() && !links_[row.index].empty();
  if (linked) append(out, "<a href=\"{}\">", markup_text(links_[row.index]));
  append_text(out, x, y + 35, "mono soft", words.ref);
  if (linked) out += "</a>";
  append(out, "<circle class=\"dot {}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4\"/>", state_class(node), facts + 5, y + 15);
  append_text(out, facts + 14, y + 19, std::string(state_class(node)), words.state);
  append_text(out, facts + 14, y + 35, "soft small", words.system);
  append_text(out, facts + 152, y + 19, "number", words.attempts);
  append_text(out, facts + 222, y + 19, "number", words.wait);
  append_text(out, facts + 292, y + 19, "number", words.run);
  double line = y + row_height + 8;
  const std::size_t room = static_cast<std::size_t>((label_width_ + facts_width + bar_width - (x - margin)) / 6.4);
  for (std::size_t at = 0; at < row.further.size(); ++at, line += line_height) {
    const bool error = at >= row.further.size() - row.errors;
    append_text(out, x, line,
                error                        ? "small bad"
                : is_remark(row.further[at]) ? "small soft"
                                             : "small warn",
                cut(row.further[at], room));
  }
  for (const TraceSegment& segment : node.segments) append_segment(out, row, segment, y);
  out += "</g>\n";
}

std::string TimelineRows::svg(double top) const {
  std::string out;
  append_heads(out, top);
  out += "<g>\n";
  for (const Row& row : rows_) {
    if (row.axis_above) append_labels(out, top + heads_height + row.top - 8);
    append_row(out, row, top + heads_height);
  }
  out += "</g>\n";
  return out;
}

std::string TimelineRows::legend(double top) const {
  std::string out;
  double x = margin;
  const double y = top + 2;
  const auto add = [&](const std::string& sample, const std::string& words) {
    out += sample;
    append_text(out, x + 30, y + 11, "soft small", words);
    x += 44 + 6.6 * static_cast<double>(words.size());
  };
  const auto box = [&](std::string_view classes) {
    return fmt::format("<rect class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"24\" height=\"12\" rx=\"2\"/>", classes, x,
                       y);
  };
  add(box("waiting"), "waiting");
  add(box("running ok"), "running");
  add(fmt::format("<line class=\"held\" x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/>", x, x + 24, y + 6,
                  y + 6),
      "held by schedule or dependencies");
  add(box("unknown"), "not recorded (?)");
  add(box("running idle estimated"), "estimated (~)");
  add(fmt::format("<path class=\"goes-on\" d=\"M{:.1f} {:.1f}l6 4.5l-6 4.5z\"/>", x + 12, y + 1.5), "goes on (+)");
  add(fmt::format("<rect class=\"mark\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"3\" height=\"12\"/>", x + 20, y),
      "critical path (★)");
  return out + "\n";
}

}  // namespace queuetrace
