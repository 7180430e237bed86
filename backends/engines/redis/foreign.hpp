// Queue systems that are known and not supported: their name says more than that nothing was found.
#pragma once

#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "backends/drivers/redis/connection.hpp"

namespace queuetrace {

struct ForeignRedisSystem {
  std::string_view name;
  /// Globs of keys that no other system has; one that is there is enough.
  std::array<std::string_view, 3> keys;
};

/// The names of those that are there, in the order of the table; looks at 20,000 keys and for 5 s at most. Throws
/// Error.
std::vector<std::string_view> find_foreign(RedisConnection& connection, std::span<const ForeignRedisSystem> known);

}  // namespace queuetrace
