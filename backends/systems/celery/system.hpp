// Celery (Python), in Redis: messages that wait or are held, and results. The two have prefixes and often servers of
// their own, so each is a system.
#pragma once

#include "backends/engines/redis/system.hpp"

namespace queuetrace::celery {

extern const RedisSystem system;
extern const RedisSystem results_system;

}  // namespace queuetrace::celery
