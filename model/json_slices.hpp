// The parts of a JSON text as they are written, unparsed: numbers keep every digit, and a part that no parser takes
// harms no other.
#pragma once

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace queuetrace {

/// Names (with their quotes, escapes unread) and values of an object, in its order; absent when the text is no object
/// or ends early. Does not check what lies inside a value. Linear in the text; the slices are views of it.
std::optional<std::vector<std::pair<std::string_view, std::string_view>>> json_members(std::string_view text);

/// The values of an array, likewise.
std::optional<std::vector<std::string_view>> json_elements(std::string_view text);

}  // namespace queuetrace
