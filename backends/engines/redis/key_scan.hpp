// Keys by pattern: SCAN over all nodes, bounded, each key once. Never KEYS.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/drivers/redis/connection.hpp"
#include "model/page.hpp"

namespace queuetrace {

/// Keys looked at by one SCAN: about half a millisecond of the server's time, a microsecond each where they are jobs.
inline constexpr unsigned keys_per_call = 500;

/// Text that a Redis glob matches literally.
std::string quote_glob(std::string_view text);

struct FoundKeys {
  std::vector<std::string> keys;  ///< sorted, each once
  bool complete = true;           ///< false: a bound was reached first
};

/// Keys that match the glob, of them those that `is_wanted` where it is given; at most `most`, inside the limits'
/// deadline and stop. `type` (`list`, ...), where not empty, needs Redis 6.0. Throws Error.
FoundKeys scan_keys(RedisConnection& connection, const std::string& glob, std::size_t most, const ReadLimits& limits,
                    const std::string& type = {}, const std::function<bool(std::string_view)>& is_wanted = {});

}  // namespace queuetrace
