// Queue systems that are known, but not read: a database that holds one is told so by name. One that gets a folder here
// leaves these lists. Facts: docs/systems/not-read.md.
#pragma once

#include <span>

#include "backends/engines/redis/foreign.hpp"
#include "backends/engines/sql/table_signs.hpp"

namespace queuetrace {

/// By their tables.
std::span<const SqlTableSign> foreign_table_signs();
/// By their keys.
std::span<const ForeignRedisSystem> foreign_redis_systems();

}  // namespace queuetrace
