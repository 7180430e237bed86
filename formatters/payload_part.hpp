// A part of a value that is reached by names and numbers: `payload.items.0.sku`.
#pragma once

#include <string_view>

#include "formatters/redaction.hpp"
#include "model/value.hpp"

namespace queuetrace {

/// The value that the dotted names lead to from `whole`: members of objects, numbers for elements of lists, inside JSON
/// of a store as well. Names may hold dots themselves: the longest that fits is taken. `***` where a member is a key to
/// be hidden, which sets `hides`; unknown where nothing is there. Memory: a copy of the JSON.
Value part_of(const Value& whole, std::string_view names, const Redaction& redaction, bool& hides);

}  // namespace queuetrace
