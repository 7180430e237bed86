// Celery (Python), in Redis: messages that wait or are held, and results. The two have prefixes and often servers of
// their own, so each is a system.
#pragma once

#include "backends/engines/redis/outcome_rule.hpp"
#include "backends/engines/redis/system.hpp"

namespace queuetrace::celery {

extern const RedisSystem system;
extern const RedisSystem results_system;
/// Results that a source of `system` names: results_url, and results_prefix where several applications have some there.
extern const RedisOutcomes outcomes;

}  // namespace queuetrace::celery
