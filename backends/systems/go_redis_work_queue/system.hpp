// go-redis-work-queue (Go), in Redis.
#pragma once

#include "backends/engines/redis/system.hpp"

namespace queuetrace::go_redis_work_queue {

extern const RedisSystem system;

}  // namespace queuetrace::go_redis_work_queue
