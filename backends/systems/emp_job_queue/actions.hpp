// What can be done to jobs of emp-job-queue (docs/systems/emp-job-queue.md section 5).
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "backends/engines/redis/system.hpp"

namespace queuetrace::emp_job_queue {

extern const std::array<RedisActionRule, 3> actions;
extern const std::array<RedisRefusal, 2> refusals;
std::optional<std::string> standing(const Entry& entry);
std::vector<std::string> worker_names(RedisConnection& connection);
Belongings belongings(const Locator& locator, std::span<const std::string> workers);

}  // namespace queuetrace::emp_job_queue
