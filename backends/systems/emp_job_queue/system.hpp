// emp-job-queue (TypeScript), in Redis.
#pragma once

#include "backends/engines/redis/system.hpp"

namespace queuetrace::emp_job_queue {

extern const RedisSystem system;

}  // namespace queuetrace::emp_job_queue
