// Elements of a waiting place in the order workers take them.
#pragma once

#include <cstdint>
#include <string>

#include "backends/engines/redis/keyspace.hpp"
#include "backends/engines/redis/walker.hpp"

namespace queuetrace {

/// Elements that are looked at where each costs its record.
inline constexpr std::uint64_t most_records_peeked = 10'000;

/// Entries `first` and following, counted from the one workers take first.
RedisCommand range_taken(const OpenList& list, std::uint64_t first, std::uint64_t count);

/// The answer in the order workers take.
Window window_taken(const OpenList& list, Reply answer, std::uint64_t first);

}  // namespace queuetrace
