#include "formatters/timeline_svg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "formatters/markup.hpp"
#include "formatters/timeline_rows.hpp"
#include "formatters/timeline_style.hpp"
#include "formatters/unicode.hpp"
#include "formatters/wrapped_text.hpp"

namespace queuetrace {
namespace {

constexpr double sheet_margin = 20;
constexpr double character_width = 7.4;  ///< about, for sentences, with room for wider fonts

/// Printable text in lines of at most `cells` cells; what is longer than a line and has no blank is broken anywhere.
std::vector<std::string> lines_of(const std::string& text, std::size_t cells) {
  std::vector<std::string> lines;
  const std::string wrapped = wrapped_text(text, {.width = cells, .indent = 0, .inset = 0, .commands = false});
  for (std::string_view rest = wrapped; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    const std::string_view head = line.empty() ? line : unicode::head_of_width(line, cells);
    if (!head.empty()) lines.emplace_back(head);
    rest.remove_prefix(head.size() == line.size() ? std::min(rest.size(), line.size() + 1) : head.size());
  }
  return lines;
}

/// Lines of text from the top down, none wider than the drawing.
class Block {
 public:
  Block(double top, double width)
      : y_(top), cells_(static_cast<std::size_t>((width - 2 * sheet_margin) / character_width)) {}
  void line(std::string_view classes, const std::string& text, double height, const std::string& url = "") {
    const std::size_t cells = classes == "subject" ? cells_ * 2 / 3 : cells_;
    for (const std::string& part : lines_of(text, cells)) {
      y_ += height;
      const std::string element = fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" class=\"{}\">{}</text>", sheet_margin,
                                              y_, classes, markup_text(part));
      svg_ += url.empty() ? element : fmt::format("<a href=\"{}\">{}</a>", markup_text(url), element);
      svg_ += "\n";
      height = 18;
    }
  }
  const std::string& svg() const { return svg_; }
  double bottom() const { return y_; }

 private:
  double y_;
  std::size_t cells_;
  std::string svg_;
};

std::string opening(double width, double height, const std::string& title) {
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"qt\" width=\"{0:.0f}\" height=\"{1:.0f}\" "
      "viewBox=\"0 0 {0:.0f} {1:.0f}\" role=\"img\" aria-label=\"{2}\">\n",
      width, height, markup_text(title));
}

}  // namespace

std::string timeline_svg(const TraceTree& tree, const TraceHeading& heading, const Redaction& redaction) {
  const TimelineRows rows(tree, heading.links, redaction);
  const double width = rows.width();
  Block head(12, width);
  head.line("subject", heading.subject, 24);
  head.line("soft", size_words(tree), 22);
  head.line("soft", span_words(tree), 18);
  if (heading.url) head.line("small", *heading.url, 18, *heading.url);
  for (const std::string& remark : heading.remarks) head.line("warn", remark, 18);
  const double chart = head.bottom() + 14;
  const double legend = chart + rows.height() + 8;
  Block foot(legend + 16, width);
  if (const std::string words = critical_words(tree); !words.empty()) foot.line("", "Critical path " + words, 24);
  foot.line("soft", totals_words(tree), 20);

  const double height = foot.bottom() + 20;
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + opening(width, height, heading.subject);
  out += "<title>" + markup_text(heading.subject) + "</title>\n<style>" + std::string(timeline_css()) + "</style>\n";
  out += "<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n";
  out += head.svg() + rows.svg(chart) + rows.legend(legend) + foot.svg();
  return out + "</svg>\n";
}

}  // namespace queuetrace
