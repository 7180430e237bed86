// Queue systems that are known and not supported: their name says more than that nothing was found.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace queuetrace {

struct ForeignRedisSystem {
  std::string_view name;
  /// Globs of keys that no other system has; one that is there is enough.
  std::array<std::string_view, 3> keys;
};

/// The names of those whose keys are among these, in the order of the table.
std::vector<std::string_view> find_foreign(std::span<const std::string> keys,
                                           std::span<const ForeignRedisSystem> known);

}  // namespace queuetrace
