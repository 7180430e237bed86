// What holds jobs of go-redis-work-queue back, and what is good to know of a deployment.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "backends/engines/redis/system.hpp"

namespace queuetrace::go_redis_work_queue {

void explain_waiting(RedisConnection& connection, const Deployment& deployment, std::span<const Job> running,
                     PeekResult& result);
void find_facts(RedisConnection& connection, const Deployment& deployment, std::vector<Finding>& findings);

/// Whether the producer's rate key lost its expiry; absent when that cannot be seen.
std::optional<bool> rate_key_is_stuck(RedisConnection& connection, const Deployment& deployment);

}  // namespace queuetrace::go_redis_work_queue
