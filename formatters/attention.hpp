// Which colour a cell of a table has, so that what needs attention is seen first.
#pragma once

#include <string_view>

#include "formatters/table_view.hpp"

namespace queuetrace {

/// SGR parameter for what is of less account: ids, zeros, empty cells.
inline constexpr std::string_view dim = "2";

/// SGR parameters for a printed value, empty for none. `age`: how old what an `oldest` cell tells of is; null where it
/// is unknown. `limits`: over which ages are yellow, and red.
std::string_view color_of_cell(Attention attention, std::string_view text, const Milliseconds* age,
                               const AgeLimits& limits);

}  // namespace queuetrace
