// Ids in tables: as much of their start as tells them apart.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace queuetrace {

/// Whether tables may show a part of the id: UUIDs, and hex digits of 16 and more.
bool is_long_id(std::string_view id);

/// For each printable id the start of it to show: 8 characters of long ones, more where another of the ids begins
/// alike, and all others whole. Equal ids stay equal. Costs a sort.
std::vector<std::string> short_ids(std::span<const std::string> ids);

}  // namespace queuetrace
