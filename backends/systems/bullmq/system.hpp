// BullMQ and Bull (Node.js), in Redis.
#pragma once

#include "backends/engines/redis/system.hpp"

namespace queuetrace::bullmq {

extern const RedisSystem system;

}  // namespace queuetrace::bullmq
