#include "model/finite_json.hpp"

#include <algorithm>
#include <charconv>

namespace queuetrace {
namespace {

constexpr std::string_view characters = "+-.0123456789Ee";

/// Whether the number is too large; one that is too small counts as 0.
bool is_too_large(std::string_view number) {
  double value = 0;
  if (std::from_chars(number.data(), number.data() + number.size(), value).ec != std::errc::result_out_of_range)
    return false;
  const std::size_t exponent = std::min(number.find_first_of("eE"), number.size());
  return !number.substr(exponent).substr(0, 2).ends_with('-');
}

}  // namespace

std::string with_finite_numbers(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at + 1;
    if (text[at] == '"') {
      while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
      end = std::min(end + 1, text.size());
    } else if (text[at] == '-' || (text[at] >= '0' && text[at] <= '9')) {
      end = std::min(text.find_first_not_of(characters, at), text.size());
      if (is_too_large(text.substr(at, end - at))) {
        out += text[at] == '-' ? "-1.7976931348623157e308" : "1.7976931348623157e308";
        at = end;
        continue;
      }
    }
    out += text.substr(at, end - at);
    at = end;
  }
  return out;
}

}  // namespace queuetrace
