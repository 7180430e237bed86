// Finds the systems that keep jobs in a Redis database and opens their stores.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "backends/engines/redis/foreign.hpp"
#include "backends/engines/redis/outcome_rule.hpp"
#include "backends/engines/redis/system.hpp"
#include "backends/job_store.hpp"

namespace queuetrace {

/// One store a system found, sharing the connection; exactly the named one when Source::system is set (its keys need
/// not exist then), with their addresses: the source's name, or `name/system` where several are found. Throws Error:
/// not_found (nothing we know; the hint says what was looked for, or the name of one of `foreign`), usage,
/// authentication, unreachable. Where the source names results that one of `outcomes` is about, the store of the system
/// has them, too (joined_store.hpp).
std::vector<std::unique_ptr<JobStore>> open_redis_stores(const std::shared_ptr<RedisConnection>& connection,
                                                         const Source& source,
                                                         std::span<const RedisSystem* const> systems,
                                                         std::span<const ForeignRedisSystem> foreign = {},
                                                         std::span<const RedisOutcomes> outcomes = {});

}  // namespace queuetrace
