// What goes wrong in River's tables and can be seen there (docs/systems/river.md sections 4, 5 and 9). Part of
// system.cpp, apart for its length.
#pragma once

#include <array>

#include "backends/systems/river/databases.hpp"
#include "backends/systems/river/states.hpp"

namespace queuetrace::river {

template <typename Database>
inline constexpr Text is_due = "j.state = 'available' AND j.scheduled_at <= " + Database::now;
inline constexpr Text of_paused_queue =
    "EXISTS (SELECT 1 FROM {river_queue} p WHERE p.name = j.queue AND p.paused_at IS NOT NULL)";

/// The elected client rescues jobs that run for longer than an hour (Config.RescueStuckJobsAfter); 5 minutes for its
/// rounds.
template <typename Database>
inline constexpr Text stuck = "j.state = 'running' AND j.attempted_at < " + Database::before_rescue;
/// It also makes due jobs available, every 5 s.
template <typename Database>
inline constexpr Text not_promoted = "j.state IN ('scheduled', 'retryable') AND j.scheduled_at < " +
                                     Database::before("1 minute");
template <typename Database>
inline constexpr Text cancel_unheard = "j.state = 'running' AND " + Database::has("cancel_attempted_at") +
                                       " AND j.attempted_at < " + Database::before("1 minute") +
                                       " AND " + Database::asked_before;

template <typename Database>
inline constexpr std::array diagnoses{
    SqlDiagnosisRule{.code = "stuck-running",
                     .severity = Finding::Severity::warning,
                     .subject = "running jobs",
                     .text = stuck_running,
                     .predicate = constant<stuck<Database>>,
                     .remedy = "queuetrace job list -s <source> --state running",
                     .in_check = true},
    SqlDiagnosisRule{.code = "not-promoted",
                     .severity = Finding::Severity::problem,
                     .subject = "scheduled and retryable jobs",
                     .text = never_promoted,
                     .predicate = constant<not_promoted<Database>>,
                     .remedy = start_client,
                     .in_check = true},
    SqlDiagnosisRule{.code = "cancel-unheard",
                     .severity = Finding::Severity::warning,
                     .subject = "running jobs",
                     .text = unheard,
                     .predicate = constant<cancel_unheard<Database>>,
                     .remedy = "queuetrace job list -s <source> --state running"},
    SqlDiagnosisRule{.code = "not-taken",
                     .severity = Finding::Severity::warning,
                     .subject = "available jobs",
                     .text = never_taken,
                     .predicate = constant<"j.state = 'available' AND j.scheduled_at < " +
                                           Database::before("{=alert_age} seconds") + " AND NOT " + of_paused_queue>,
                     .remedy = "queuetrace peek -s <source> --why",
                     .needs = "river_queue.paused_at"},
    SqlDiagnosisRule{
        .code = "paused-queue",
        .severity = Finding::Severity::warning,
        .subject = "paused queues",
        .text = paused_long,
        .rows =
            constant<"SELECT p.name AS found FROM {river_queue} p WHERE p.paused_at < " +
                     Database::before("{=alert_age} seconds") +
                     " AND EXISTS (SELECT 1 FROM {river_job} j WHERE j.queue = p.name AND " + is_due<Database> + ")">,
        .of_jobs = false,
        .remedy = Database::resume,
        .needs = "river_queue.paused_at"},
};

}  // namespace queuetrace::river
