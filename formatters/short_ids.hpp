// Ids in tables: as much of their start as tells them apart.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace queuetrace {

/// For each printable id the start of it to show: 8 characters of the long part (model/long_id.hpp), more where another
/// of the ids begins alike, and all others whole. Equal ids stay equal. Costs a sort.
std::vector<std::string> short_ids(std::span<const std::string> ids);

}  // namespace queuetrace
