// Cursors of SQL listings as text: a JSON array, the relation's number and the order keys of the last row.
#pragma once

#include <string>

#include "backends/engines/sql/select_builder.hpp"

namespace queuetrace {

std::string write_cursor(const Position& position);

/// Throws Error{usage} when `text` is not a cursor with `keys` keys (or none) for one of `relations` relations.
Position read_cursor(const std::string& text, std::size_t keys, std::size_t relations);

}  // namespace queuetrace
