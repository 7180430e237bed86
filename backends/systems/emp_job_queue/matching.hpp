// Which jobs a worker of emp-job-queue takes (docs/systems/emp-job-queue.md section 4).
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "backends/engines/redis/system.hpp"

namespace queuetrace::emp_job_queue {

/// Why a worker does not take a job (docs/systems/emp-job-queue.md section 4); absent: it takes it.
struct Refusal {
  enum class Depth { none, workflow, service, requirement, error };
  Depth depth = Depth::none;
  std::string reason;       ///< stable code
  std::string explanation;  ///< one sentence
};
std::optional<Refusal> refusal_of(const nlohmann::json& capabilities, const JobHash& job);

}  // namespace queuetrace::emp_job_queue
