#include "commands/change/fact_lines.hpp"

#include "formatters/attention.hpp"
#include "formatters/wrapped_text.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t indent = 13;
constexpr std::size_t usual_width = 80;

}  // namespace

FactLines::FactLines(int width, std::string_view headline)
    : width_(width > 0 ? static_cast<std::size_t>(width) : usual_width) {
  if (headline.empty()) return;
  phrases_ = headline_phrases(wrapped_text(headline, {.width = width_, .inset = 4, .commands = false}));
  phrases_.push_back({"\n"});
}

void FactLines::add(std::string_view name, std::string_view value, std::string_view color) {
  append(name, value, true, color);
}

void FactLines::add_given(std::string_view name, std::string_view value) { append(name, value, false, {}); }

void FactLines::append(std::string_view name, std::string_view value, bool ours, std::string_view color) {
  std::string label = "  " + std::string(name) + ' ';
  if (label.size() < indent) label.resize(indent, ' ');
  phrases_.push_back({label, color});
  // What others have given goes on further in, so that no part of it looks like the next one.
  const std::size_t inset = ours ? 0 : 2;
  phrases_.push_back(
      {wrapped_text(value, {.width = width_, .indent = indent, .inset = inset, .commands = ours}) + '\n'});
}

}  // namespace queuetrace
