// RQ (Python), in Redis.
#pragma once

#include "backends/engines/redis/system.hpp"

namespace queuetrace::rq {

extern const RedisSystem system;

}  // namespace queuetrace::rq
