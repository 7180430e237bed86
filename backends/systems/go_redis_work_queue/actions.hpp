// What can be done to jobs of go-redis-work-queue (docs/systems/go-redis-work-queue.md section 5).
#pragma once

#include <array>

#include "backends/engines/redis/system.hpp"

namespace queuetrace::go_redis_work_queue {

extern const std::array<RedisActionRule, 4> actions;
extern const std::array<RedisRefusal, 1> refusals;

}  // namespace queuetrace::go_redis_work_queue
