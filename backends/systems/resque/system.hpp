// Resque (Ruby), in Redis.
#pragma once

#include "backends/engines/redis/system.hpp"

namespace queuetrace::resque {

extern const RedisSystem system;

}  // namespace queuetrace::resque
