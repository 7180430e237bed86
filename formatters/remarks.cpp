#include "formatters/remarks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "formatters/attention.hpp"
#include "formatters/cell.hpp"
#include "formatters/escape.hpp"
#include "formatters/wrapped_text.hpp"

namespace queuetrace {
namespace {

std::string printable(const std::string& text, const FormatterOptions& options) {
  const std::string safe = terminal_text(text, Profile::text);
  return options.ascii ? ascii_text(safe) : safe;
}

/// Line by line: line feeds of a hint are ours.
std::string printable_lines(const std::string& text, const FormatterOptions& options) {
  std::string out;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    out += (begin > 0 ? "\n" : "") + printable(text.substr(begin, end - begin), options);
    begin = end + 1;
  }
  return out;
}

std::string in_lines(const std::string& text, const FormatterOptions& options) {
  const int width = options.terminal ? std::max(0, options.width) : 0;
  return wrapped_text(text, {.width = static_cast<std::size_t>(width), .indent = 0, .inset = 2});
}

/// A colour for each byte of a text that was wrapped: blanks and line feeds may have changed, nothing else.
class Colors {
 public:
  void add(std::string_view text, std::string_view color) {
    for (const char c : text)
      if (c != ' ') colors_.push_back(color);
  }
  std::string_view next() { return at_ < colors_.size() ? colors_[at_++] : std::string_view(); }

 private:
  std::vector<std::string_view> colors_;
  std::size_t at_ = 0;
};

void set_color(std::string& out, std::string_view color) {
  fmt::format_to(std::back_inserter(out), "\x1b[0;{}{}{}m", bold, color.empty() ? "" : ";", color);
}

}  // namespace

void append_summary(std::string& out, std::span<const Phrase> phrases, const FormatterOptions& options) {
  std::string plain;
  Colors colors;
  for (const Phrase& phrase : phrases) {
    const std::string text = printable(phrase.text, options);
    colors.add(text, phrase.color);
    plain += text;
  }
  const std::string lines = in_lines(plain, options);
  if (!options.color) {
    out += lines + '\n';
    return;
  }
  std::string_view now;
  bool on = false;  // pagers forget colours at the end of a line
  for (const char c : lines) {
    if (c == '\n') {
      out += on ? "\x1b[0m\n" : "\n";
      on = false;
      continue;
    }
    if (c != ' ') {
      const std::string_view color = colors.next();
      if (!on || color != now) set_color(out, color);
      on = true;
      now = color;
    }
    out += c;
  }
  out += on ? "\x1b[0m\n" : "\n";
}

void append_hint(std::string& out, const std::string& hint, const FormatterOptions& options) {
  const std::string lines = in_lines(printable_lines(hint, options), options);
  out += (options.color ? painted(lines, "2") : lines) + '\n';
}

}  // namespace queuetrace
