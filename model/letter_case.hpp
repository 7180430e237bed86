// ASCII letters without regard to case; other bytes are what they are.
#pragma once

#include <string>
#include <string_view>

namespace queuetrace {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lower_case(std::string_view text);

bool equal_ignoring_case(std::string_view a, std::string_view b);

/// Whether `part` stands anywhere in `text`. An empty part always does.
bool contains_ignoring_case(std::string_view text, std::string_view part);

}  // namespace queuetrace
