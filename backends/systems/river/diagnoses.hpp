// What goes wrong in River's tables and can be seen there (docs/systems/river.md sections 4, 5 and 9). Part of
// system.cpp, apart for its length.
#pragma once

#include <array>

#include "backends/engines/constant_text.hpp"
#include "backends/engines/sql/system.hpp"
#include "backends/systems/river/states.hpp"

namespace queuetrace::river {

/// The elected client rescues jobs that run for longer than an hour (Config.RescueStuckJobsAfter); 5 minutes for its
/// rounds.
inline constexpr std::string_view stuck =
    "j.state = 'running' AND j.attempted_at < now() - make_interval(secs => {=rescue_after_seconds} + 300)";
/// It also makes due jobs available, every 5 s.
inline constexpr std::string_view not_promoted =
    "j.state IN ('scheduled', 'retryable') AND j.scheduled_at < now() - interval '1 minute'";
inline constexpr std::string_view cancel_unheard =
    "j.state = 'running' AND j.metadata ? 'cancel_attempted_at' AND j.attempted_at < now() - interval '1 minute' AND "
    "CASE WHEN j.metadata ->> 'cancel_attempted_at' ~ '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}' THEN "
    "left(j.metadata ->> 'cancel_attempted_at', 19)::timestamp < (now() AT TIME ZONE 'UTC') - interval '1 minute' END";

inline constexpr std::array diagnoses{
    SqlDiagnosisRule{.code = "stuck-running",
                     .severity = Finding::Severity::warning,
                     .subject = "running jobs",
                     .text = stuck_running,
                     .predicate = stuck,
                     .remedy = "queuetrace job list -s <source> --state running",
                     .in_check = true},
    SqlDiagnosisRule{.code = "not-promoted",
                     .severity = Finding::Severity::problem,
                     .subject = "scheduled and retryable jobs",
                     .text = never_promoted,
                     .predicate = not_promoted,
                     .remedy = start_client,
                     .in_check = true},
    SqlDiagnosisRule{.code = "cancel-unheard",
                     .severity = Finding::Severity::warning,
                     .subject = "running jobs",
                     .text = unheard,
                     .predicate = cancel_unheard,
                     .remedy = "queuetrace job list -s <source> --state running"},
    SqlDiagnosisRule{.code = "not-taken",
                     .severity = Finding::Severity::warning,
                     .subject = "available jobs",
                     .text = never_taken,
                     .predicate = "j.state = 'available' AND j.scheduled_at < now() - interval '1 hour' AND NOT EXISTS "
                                  "(SELECT 1 FROM {river_queue} p WHERE p.name = j.queue AND p.paused_at IS NOT NULL)",
                     .remedy = "queuetrace peek -s <source> --why",
                     .needs = "river_queue.paused_at"},
    SqlDiagnosisRule{.code = "paused-queue",
                     .severity = Finding::Severity::warning,
                     .subject = "paused queues",
                     .text = paused_long,
                     .rows =
                         "SELECT p.name AS found FROM {river_queue} p WHERE p.paused_at < now() - interval '1 hour' "
                         "AND EXISTS (SELECT 1 FROM {river_job} j WHERE j.queue = p.name AND j.state = 'available' "
                         "AND j.scheduled_at <= now())",
                     .of_jobs = false,
                     .remedy = "queuetrace queue resume -s <source> NAME",
                     .needs = "river_queue.paused_at"},
};

}  // namespace queuetrace::river
