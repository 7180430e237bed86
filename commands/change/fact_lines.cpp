#include "commands/change/fact_lines.hpp"

#include "formatters/wrapped_text.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t indent = 13;
constexpr std::size_t usual_width = 80;

}  // namespace

FactLines::FactLines(int width, std::string_view headline)
    : width_(width > 0 ? static_cast<std::size_t>(width) : usual_width) {
  if (!headline.empty()) text_ = wrapped_text(headline, {.width = width_, .inset = 4, .commands = false}) + '\n';
}

void FactLines::add(std::string_view name, std::string_view value) { append(name, value, true); }

void FactLines::add_given(std::string_view name, std::string_view value) { append(name, value, false); }

void FactLines::append(std::string_view name, std::string_view value, bool ours) {
  std::string label = "  " + std::string(name) + ' ';
  if (label.size() < indent) label.resize(indent, ' ');
  text_ += label;
  // What others have given goes on further in, so that no part of it looks like the next one.
  const std::size_t inset = ours ? 0 : 2;
  text_ += wrapped_text(value, {.width = width_, .indent = indent, .inset = inset, .commands = ours});
  text_ += '\n';
}

}  // namespace queuetrace
