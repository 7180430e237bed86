// What `doctor` looks for in emp-job-queue: the rules (diagnosis.cpp), and what no single job tells (look.cpp).
#pragma once

#include <array>
#include <memory>

#include "backends/engines/redis/system.hpp"

namespace queuetrace::emp_job_queue {

extern const std::array<RedisDiagnosisRule, 22> diagnoses;
std::unique_ptr<JobWatcher> watch();
void look(RedisConnection& connection, const Deployment& deployment, const ReadLimits& limits, DiagnosisReport& report);

}  // namespace queuetrace::emp_job_queue
