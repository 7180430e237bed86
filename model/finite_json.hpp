// JSON allows numbers of any size; parsers that keep them as doubles refuse the whole text for one of them.
#pragma once

#include <string>
#include <string_view>

namespace queuetrace {

/// `text` with each number that no double holds (1e400) as the largest or least one that does, and every other byte as
/// it is. Numbers inside strings stay. The text need not be JSON. Linear.
std::string with_finite_numbers(std::string_view text);

}  // namespace queuetrace
