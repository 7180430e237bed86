// Keys by pattern: SCAN over all nodes, bounded, each key once. Never KEYS.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "backends/drivers/redis/connection.hpp"
#include "model/page.hpp"

namespace queuetrace {

/// Text that a Redis glob matches literally.
std::string quote_glob(std::string_view text);

struct FoundKeys {
  std::vector<std::string> keys;  ///< sorted, each once
  bool complete = true;           ///< false: a bound was reached first
};

/// Keys that match the glob; at most `most` of them, inside the limits' deadline and stop. `type` (`list`, ...), where
/// not empty, needs Redis 6.0. Throws Error.
FoundKeys scan_keys(RedisConnection& connection, const std::string& glob, std::size_t most, const ReadLimits& limits,
                    const std::string& type = {});

}  // namespace queuetrace
