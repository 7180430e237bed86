// Which members of an application's document may hold trace context. Where a document is short, the server sends it
// whole and they are chosen here: taking a jsonb value apart costs it many times what writing it as text does.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace queuetrace {

/// Documents up to this size (bytes as the server stores them) are sent whole.
inline constexpr std::size_t most_whole_document = 2048;

/// Values larger than this (bytes) hold no context.
inline constexpr std::size_t most_member = 16384;

/// The names in lower case, as a list of SQL's literals.
std::string carrier_member_list();

/// A JSON object of those members of `document` alone, as they are written there; empty where it has none, or is no
/// JSON object.
std::string carrier_members(std::string_view document);

}  // namespace queuetrace
