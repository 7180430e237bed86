// What `top` says below the view of the row that is selected.
#pragma once

#include <string>

#include "commands/top/view.hpp"
#include "formatters/cell.hpp"
#include "formatters/record.hpp"

namespace queuetrace {

/// Lines of text that may go to a terminal, not yet cut to its width; empty where the view says all in its rows.
std::string selection_words(ViewKind view, const Record& row, CellText& cells);

/// `12:04:31` of a moment, in the zone that times are shown in.
std::string clock_of(Timestamp time, TimeStyle style);

}  // namespace queuetrace
