// Keys that betray a system, an installation or a queue by their name and type.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "backends/drivers/redis/connection.hpp"
#include "backends/engines/redis/key_template.hpp"

namespace queuetrace {

/// A key that betrays something when it is of this type (`list`, `zset`, `hash`, `set`, `string`, `stream`). The key
/// may have names in braces (key_template.hpp).
struct KeySign {
  std::string_view key;
  std::string_view type;
};

/// How many of the signs are there for each of `names`. Asks TYPE, some hundred keys a round trip. Throws Error.
std::vector<std::size_t> count_signs(RedisConnection& connection, std::span<const KeySign> signs,
                                     std::span<const KeyNames> names);

}  // namespace queuetrace
