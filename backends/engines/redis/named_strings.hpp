// Strings by their names in values that Python serialised, as JSON, as a pickle or for people, however they are nested.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace queuetrace {

using NamedStrings = std::vector<std::pair<std::string, std::string>>;

/// Each wanted name in lower case, with the first string that stands behind it. Nothing where the bytes are neither
/// JSON nor a pickle nor what repr() writes of a list, tuple or dict, which may be cut. Bounded; a pickle is never
/// unpickled (pickle.hpp).
NamedStrings named_strings(std::string_view serialised, bool (*is_wanted)(std::string_view name));

/// What of it can be trace context, as a JSON object; empty: nothing.
std::string carrier_in(std::string_view serialised);

}  // namespace queuetrace
