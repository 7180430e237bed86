// Sidekiq (Ruby), in Redis.
#pragma once

#include "backends/engines/redis/system.hpp"

namespace queuetrace::sidekiq {

extern const RedisSystem system;

}  // namespace queuetrace::sidekiq
