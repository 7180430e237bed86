// Objects and arrays inside documents, compared by their value and not by their text, in either flavour.
#pragma once

#include <string>
#include <string_view>

#include "backends/engines/sql/connection.hpp"

namespace queuetrace {

/// SQL that is true where what stands at the bound path (path_value()) of the document is the bound JSON value, in
/// whatever spelling, and false everywhere else. The value is bound as canonical_json() writes it, without `\u0000`.
std::string equals_json_at_path(SqlFlavour flavour, std::string_view document, std::string_view path,
                                std::string_view value);

}  // namespace queuetrace
