// What `doctor` looks for in go-redis-work-queue.
#pragma once

#include <array>

#include "backends/engines/redis/system.hpp"

namespace queuetrace::go_redis_work_queue {

extern const std::array<RedisDiagnosisRule, 18> diagnoses;
void look(RedisConnection& connection, const Deployment& deployment, const ReadLimits& limits, DiagnosisReport& report);

}  // namespace queuetrace::go_redis_work_queue
