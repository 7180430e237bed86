// Ids of which a beginning is enough: in tables, and where an id is typed.
#pragma once

#include <cstddef>
#include <string_view>

namespace queuetrace {

/// Characters of a long id that are shown or typed at least, where an id names its queue, too.
inline constexpr std::size_t shortest_part_of_long_id = 8;

/// Where the part of the id begins that may be cut: a UUID, or 16 and more hex digits, by itself or after a queue's
/// name or another word that ends in `:` or `/`. npos: the id is to be shown and typed whole.
std::size_t start_of_long_id(std::string_view id);

}  // namespace queuetrace
