// What goes wrong in Solid Queue's tables and can be seen there (docs/systems/solid-queue.md sections 3, 5 and 9). Part
// of system.cpp, apart for its length.
#pragma once

#include <array>

#include "backends/systems/solid_queue/databases.hpp"

namespace queuetrace::solid_queue {

/// The library takes a process for dead after five minutes without a heartbeat (process_alive_threshold).
template <typename Database>
inline constexpr Text silent =
    "NOT EXISTS (SELECT 1 FROM {solid_queue_processes} p WHERE p.id = c.process_id AND "
    "p.last_heartbeat_at > " +
    Database::before("5 minutes") + ")";
template <typename Database>
inline constexpr Text abandoned =
    "EXISTS (SELECT 1 FROM {solid_queue_claimed_executions} c WHERE c.job_id = j.id AND " + silent<Database> + ")";
template <typename Database>
inline constexpr Text not_dispatched =
    "EXISTS (SELECT 1 FROM {solid_queue_scheduled_executions} s WHERE s.job_id = "
    "j.id AND s.scheduled_at < " +
    Database::before("1 minute") + ")";

template <typename Database>
inline constexpr std::array diagnoses{
    SqlDiagnosisRule{
        .code = "abandoned",
        .severity = Finding::Severity::warning,
        .subject = "claimed jobs",
        .text = "belong to a process that is gone or silent for over five minutes: a supervisor that runs "
                "would fail them",
        .rows = constant<"SELECT c.job_id AS found FROM {solid_queue_claimed_executions} c WHERE " + silent<Database>>,
        .remedy = "bin/jobs start"},
    SqlDiagnosisRule{.code = "not-dispatched",
                     .severity = Finding::Severity::problem,
                     .subject = "scheduled jobs",
                     .text = "are due for over a minute and were not made ready: no dispatcher runs",
                     .rows = constant<"SELECT s.job_id AS found FROM {solid_queue_scheduled_executions} s WHERE "
                                      "s.scheduled_at < " +
                                      Database::before("1 minute")>,
                     .remedy = "bin/jobs start",
                     .in_check = true},
    SqlDiagnosisRule{
        .code = "blocked-too-long",
        .severity = Finding::Severity::warning,
        .subject = "blocked jobs",
        .text = "have outlived their semaphore by over ten minutes: no dispatcher does the maintenance of "
                "concurrency",
        .rows = constant<"SELECT b.job_id AS found FROM {solid_queue_blocked_executions} b WHERE b.expires_at "
                         "< " +
                         Database::before("10 minutes")>,
        .remedy = "bin/jobs start"},
    SqlDiagnosisRule{
        .code = "not-taken",
        .severity = Finding::Severity::warning,
        .subject = "ready jobs",
        .text = "have been ready for over {~alert_age}, in queues that are not paused: no worker takes from them, "
                "or too few",
        .rows = constant<"SELECT r.job_id AS found FROM {solid_queue_ready_executions} r WHERE r.created_at < " +
                         Database::before("{=alert_age} seconds") +
                         " AND NOT EXISTS (SELECT 1 FROM {solid_queue_pauses} p WHERE "
                         "p.queue_name = r.queue_name)">,
        .remedy = "queuetrace peek -s <source> --why",
        .needs = "solid_queue_pauses.queue_name"},
    SqlDiagnosisRule{
        .code = "dead-process",
        .severity = Finding::Severity::note,
        .subject = "processes",
        .text = "have been silent for over five minutes: they were killed, and no supervisor has pruned them",
        .rows = constant<"SELECT coalesce(p.hostname, '?') || ':' || p.pid AS found FROM "
                         "{solid_queue_processes} p WHERE p.last_heartbeat_at < " +
                         Database::before("5 minutes")>,
        .of_jobs = false},
    SqlDiagnosisRule{.code = "no-execution",
                     .severity = Finding::Severity::problem,
                     .subject = "unfinished jobs",
                     .text = "are named by no table of executions, so that no worker ever sees them: they were made or "
                             "changed half",
                     .predicate = constant<no_execution + " AND j.created_at < " + Database::before("1 minute")>,
                     .remedy = "enqueue them anew from the application, then queuetrace job delete -s <source> ID"},
};

}  // namespace queuetrace::solid_queue
