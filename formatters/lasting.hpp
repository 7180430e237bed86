// How long a pause lasts, in the style in which a table shows times.
#pragma once

#include <string>

#include "formatters/cell.hpp"

namespace queuetrace {

/// CellText::age() of the beginning; the time itself, as lasting_since() (model/lasting.hpp) has it, where that is
/// ahead of the clock. Empty for a time that cannot be true.
std::string lasting_text(Timestamp since, const CellText& cells);

}  // namespace queuetrace
