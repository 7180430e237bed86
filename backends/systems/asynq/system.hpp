// Asynq (Go), in Redis.
#pragma once

#include "backends/engines/redis/system.hpp"

namespace queuetrace::asynq {

extern const RedisSystem system;

}  // namespace queuetrace::asynq
