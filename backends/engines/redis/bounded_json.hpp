// Reads JSON that a queue holds, however it is nested.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

namespace queuetrace {

/// A discarded value where the text is no JSON, or nests deeper than 256 levels (docs/threats.md T22). A number that no
/// double holds is the largest one that does.
nlohmann::json parse_bounded(std::string_view text);

/// Whether the text is JSON, however large its numbers are.
bool is_json(std::string_view text);

}  // namespace queuetrace
