// Where jobs of emp-job-queue carry trace context (docs/systems/emp-job-queue.md section 7).
#pragma once

#include <array>
#include <nlohmann/json.hpp>
#include <string_view>

#include "backends/engines/redis/system.hpp"

namespace queuetrace::emp_job_queue {

/// Constants written where a trace id belongs, and the beginning of ids that only its own logs know
/// (docs/systems/emp-job-queue.md section 7).
inline constexpr std::array<std::string_view, 4> placeholders{"temp-trace-id", "temp-span-id", "temp",
                                                              "collector_unavailable"};

/// Whether a text is one of the constants that stand in place of ids.
bool is_placeholder(std::string_view id);

/// Trace ids of a job in all the places of docs/systems/emp-job-queue.md section 7; `payload` may be discarded.
void read_trace(Job& job, const JobHash& hash, const nlohmann::json& payload);

}  // namespace queuetrace::emp_job_queue
