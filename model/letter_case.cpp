#include "model/letter_case.hpp"

#include <algorithm>

namespace queuetrace {

bool equal_ignoring_case(std::string_view a, std::string_view b) { return std::ranges::equal(a, b, {}, lower, lower); }

bool contains_ignoring_case(std::string_view text, std::string_view part) {
  return part.empty() || !std::ranges::search(text, part, {}, lower, lower).empty();
}

}  // namespace queuetrace
