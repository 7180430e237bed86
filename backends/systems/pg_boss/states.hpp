// pg-boss's states and what they mean (docs/systems/pg-boss.md section 3), and what is told of it, of every release.
// Part of system.cpp and early.cpp.
#pragma once

#include <array>

#include "backends/engines/constant_text.hpp"
#include "backends/engines/sql/system.hpp"

namespace queuetrace::pg_boss {

inline constexpr std::array state_words{
    StateMapping{"created", JobState::blocked, "the jobs it depends on have not completed"},
    StateMapping{"created", JobState::scheduled, "its time has not come"},
    StateMapping{"created", JobState::pending},
    StateMapping{"retry", JobState::retrying},
    StateMapping{"active", JobState::running},
    StateMapping{"completed", JobState::completed},
    StateMapping{"expired", JobState::failed, "9: it ran for too long"},
    StateMapping{"cancelled", JobState::cancelled},
    StateMapping{"failed", JobState::failed},
};

/// Errors are objects of the application, texts in a member `value`, or, for what ran too long, both.
inline constexpr std::string_view error =
    "CASE WHEN j.state::text IN ('failed', 'retry', 'expired') THEN coalesce(j.output ->> 'message', j.output -> "
    "'value' "
    "->> 'message', j.output ->> 'value', j.output::text) END";
inline constexpr std::string_view result = "CASE WHEN j.state = 'completed' THEN j.output::text END";

inline constexpr SystemInfo info{
    .name = "pg-boss",
    .title = "pg-boss",
    .family = StorageFamily::postgresql,
    .summary = "job queue for Node.js, in PostgreSQL tables",
    .versions = "9 to 12 (schemas 20 to 46)",
    .storage = "tables job (partitioned from 10 on), archive (9 and 10), queue, schedule, version",
    .order =
        "in each queue: not active and due, highest priority first, then creation; policies of queues hold jobs back",
    .trace =
        "column trace_context (12.36 and later, where contexts are propagated), else inside the data under keys of the "
        "application's choice",
    .limits =
        "which worker runs a job is not stored; an id finds a job by its queue's index only together with the queue; "
        "jobs are deleted some time after their end",
    .states = state_words};

}  // namespace queuetrace::pg_boss
