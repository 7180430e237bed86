// Percent encoding for URLs: the only way for job data to get into a URL.
#pragma once

#include <string>
#include <string_view>

#include "model/untrusted.hpp"

namespace queuetrace {

/// Every byte outside the unreserved set of RFC 3986 (`A-Z a-z 0-9 - . _ ~`) becomes `%` and two upper-case hex digits.
/// Safe in a path segment, a query value and a fragment, except that `.` and `..` stay as they are: a path must refuse
/// them.
std::string percent_encode(std::string_view bytes);
std::string percent_encode(const Untrusted& text);

/// Decodes each `%HH` once; a `%` without two hex digits stays as it is. `+` is not a blank.
std::string percent_decode(std::string_view text);

}  // namespace queuetrace
