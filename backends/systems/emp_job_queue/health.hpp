// What shows emp-job-queue in a keyspace, and what is good to know of one.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "backends/engines/redis/system.hpp"

namespace queuetrace::emp_job_queue {

bool is_present(RedisConnection& connection, std::string_view prefix);
void find_facts(RedisConnection& connection, const Deployment& deployment, std::vector<Finding>& findings);

/// Whether the claim function is loaded; absent when that cannot be asked (no permission, Redis before 7).
std::optional<bool> has_function(RedisConnection& connection);

}  // namespace queuetrace::emp_job_queue
