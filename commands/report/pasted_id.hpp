// Ids that were copied with what stood around them.
#pragma once

#include <string>
#include <string_view>

namespace queuetrace {

/// The text without blanks, quotes and commas around it, as an id comes out of a log in JSON: `"7c1e...",`. The text
/// itself when nothing is left.
std::string as_pasted(std::string_view text);

}  // namespace queuetrace
