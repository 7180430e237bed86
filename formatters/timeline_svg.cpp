#include "formatters/timeline_svg.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "formatters/markup.hpp"
#include "formatters/timeline_rows.hpp"
#include "formatters/timeline_style.hpp"
#include "formatters/unicode.hpp"

namespace queuetrace {
namespace {

constexpr double sheet_margin = 20;
constexpr double character_width = 7.0;  ///< about, for texts of the heading

/// Lines of text from the top down.
class Block {
 public:
  explicit Block(double top) : y_(top) {}
  void line(std::string_view classes, const std::string& text, double height, const std::string& url = "") {
    if (text.empty()) return;
    y_ += height;
    const std::string element = fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" class=\"{}\">{}</text>", sheet_margin, y_,
                                            classes, markup_text(text));
    svg_ += url.empty() ? element : fmt::format("<a href=\"{}\">{}</a>", markup_text(url), element);
    svg_ += "\n";
    widest_ = std::max(widest_, character_width * static_cast<double>(unicode::display_width(text)) + 2 * sheet_margin);
  }
  const std::string& svg() const { return svg_; }
  double bottom() const { return y_; }
  double widest() const { return widest_; }

 private:
  double y_;
  double widest_ = 0;
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
  const TimelineRows rows(tree, redaction);
  Block head(12);
  head.line("subject", heading.subject, 24);
  head.line("soft", size_words(tree), 22);
  head.line("soft", span_words(tree), 18);
  if (heading.url) head.line("small", *heading.url, 18, *heading.url);
  for (const std::string& remark : heading.remarks) head.line("warn", remark, 18);
  const double chart = head.bottom() + 14;
  const double legend = chart + rows.height() + 8;
  Block foot(legend + 16);
  if (const std::string words = critical_words(tree); !words.empty()) foot.line("", "Critical path " + words, 24);
  foot.line("soft", totals_words(tree), 20);

  const double width = std::max({rows.width(), head.widest(), foot.widest()});
  const double height = foot.bottom() + 20;
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + opening(width, height, heading.subject);
  out += "<title>" + markup_text(heading.subject) + "</title>\n<style>" + std::string(timeline_css()) + "</style>\n";
  out += "<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n";
  out += head.svg() + rows.svg(chart) + rows.legend(legend) + foot.svg();
  return out + "</svg>\n";
}

std::string timeline_chart(const TraceTree& tree, const Redaction& redaction) {
  const TimelineRows rows(tree, redaction);
  const double legend = rows.height() + 6;
  return opening(rows.width(), legend + 26, "timeline") + rows.svg(0) + rows.legend(legend) + "</svg>\n";
}

}  // namespace queuetrace
