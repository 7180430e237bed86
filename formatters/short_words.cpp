#include "formatters/short_words.hpp"

#include <algorithm>

#include "formatters/unicode.hpp"

namespace queuetrace {

std::string with_short_words(const std::string& text) {
  constexpr std::size_t longest = 50;
  std::string out;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const std::string_view word = std::string_view(text).substr(begin, end - begin);
    const bool fits = unicode::display_width(word) <= longest;
    out += fits ? word : unicode::head_of_width(word, longest - 3);
    if (!fits) out += "...";
    if (end < text.size()) out += ' ';
    begin = end + 1;
  }
  return out;
}

}  // namespace queuetrace
