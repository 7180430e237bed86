// One text for all spellings of a JSON value, so that values of different stores can be compared.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace queuetrace {

/// The value without blanks, members by name and of one name the last, strings and numbers in their shortest exact
/// spelling: `{"b":1.0, "a":"\u0041"}` is `{"a":"A","b":1}`. Every digit counts; nothing is rounded. Absent when the
/// text is no JSON, nests deeper than 200 levels, holds half of a character (`\ud800`), or a number of more than 1,000
/// places. Takes time in proportion to the text and its depth.
std::optional<std::string> canonical_json(std::string_view text);

}  // namespace queuetrace
