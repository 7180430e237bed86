#include "formatters/padding.hpp"

#include "formatters/unicode.hpp"

namespace queuetrace {

std::string padded(std::string text, std::size_t cells, bool right) {
  const std::size_t width = unicode::display_width(text);
  if (width >= cells) return text;
  return right ? std::string(cells - width, ' ') + text : text + std::string(cells - width, ' ');
}

std::string cut_at_end(std::string_view text, std::size_t cells, std::string_view ellipsis) {
  if (unicode::display_width(text) <= cells) return std::string(text);
  const std::size_t mark = unicode::display_width(ellipsis);
  if (cells <= mark) return std::string(unicode::head_of_width(text, cells));
  return std::string(unicode::head_of_width(text, cells - mark)) + std::string(ellipsis);
}

}  // namespace queuetrace
