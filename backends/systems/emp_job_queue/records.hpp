// Keys of emp-job-queue, and what the texts in the hash of a job mean (docs/systems/emp-job-queue.md sections 2.1, 2.2
// and 3).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "model/time.hpp"

namespace queuetrace::emp_job_queue {

inline constexpr std::string_view pending_key = "jobs:pending";
inline constexpr std::string_view completed_key = "jobs:completed";
inline constexpr std::string_view failed_key = "jobs:failed";
inline constexpr std::string_view active_prefix = "jobs:active:";
inline constexpr std::string_view job_prefix = "job:";
/// An idle system has no jobs:pending, but its jobs stay for ever.
inline constexpr std::array<std::string_view, 1> record_patterns{"job:*"};
/// Fields of a job's hash that no other system has together.
inline constexpr std::array<std::string_view, 2> record_fields{"service_required", "max_retries"};
inline constexpr std::string_view checksum_key = "function:checksum:jobMatching";
inline constexpr std::string_view cancelled_by_user = "Job cancelled by user";

/// What the stored status says; absent for a word that is none of the system's.
enum class Phase { waiting, claimed, started, completed, failed, cancelled, unknown };
Phase phase_of(std::string_view status);

/// ISO 8601, or Unix seconds with decimals as the claim function writes them (docs/systems/emp-job-queue.md
/// section 2.2).
std::optional<Timestamp> parse_time(std::string_view text);
std::optional<std::int64_t> parse_number(std::string_view text);

/// Fields that a job must still have when something is done to it; all that its actions need to know of it.
inline constexpr std::array<std::string_view, 10> guard_fields{
    "status",      "retry_count", "max_retries",       "worker_id",         "last_failed_worker",
    "assigned_at", "priority",    "workflow_priority", "workflow_datetime", "created_at"};

}  // namespace queuetrace::emp_job_queue
