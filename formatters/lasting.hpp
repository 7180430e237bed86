// How long a pause lasts, in the style in which a table shows times.
#pragma once

#include <string>

#include "formatters/cell.hpp"

namespace queuetrace {

/// CellText::age() of the beginning; the time itself, as lasting_since() (model/lasting.hpp) has it, where that is
/// ahead of the clock. Empty for a time that cannot be true.
std::string lasting_text(Timestamp since, const CellText& cells);

/// `paused 3h` of 3h49m, for a column that holds other words too; `paused` alone where the time is not known, or ahead
/// of the clock: there is no room to say what that means.
std::string short_pause_text(const Timestamp* since, const CellText& cells);

}  // namespace queuetrace
