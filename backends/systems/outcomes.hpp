// The systems that keep what became of their jobs apart.
#pragma once

#include <span>

#include "backends/engines/redis/outcome_rule.hpp"

namespace queuetrace {

/// One each, in Redis.
std::span<const RedisOutcomes> redis_outcomes();

}  // namespace queuetrace
