// Who takes what of jobs:pending, and why not (docs/systems/emp-job-queue.md section 4).
#pragma once

#include <vector>

#include "backends/engines/redis/system.hpp"

namespace queuetrace::emp_job_queue {

std::vector<std::size_t> replay(RedisConnection& connection, const Deployment& deployment, const PeekQuery& query,
                                const QueuedWindow& window, PeekQueue& queue);

}  // namespace queuetrace::emp_job_queue
