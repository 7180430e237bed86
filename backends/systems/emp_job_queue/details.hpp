// What other keys say about one job of emp-job-queue (docs/systems/emp-job-queue.md sections 2.1 and 3).
#pragma once

#include <vector>

#include "backends/engines/redis/system.hpp"
#include "backends/systems/emp_job_queue/records.hpp"

namespace queuetrace::emp_job_queue {

/// Reads that belong to one job, by its status, and what their answers add to it.
std::vector<RedisCommand> details(const Entry& entry, const Deployment& deployment, bool whole);
void read_details(Job& job, const Entry& entry, Phase phase, bool whole);

}  // namespace queuetrace::emp_job_queue
