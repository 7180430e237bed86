// What `doctor` and `source check` look for in a Procrastinate database (docs/systems/procrastinate.md sections 2.7, 4,
// 5 and 11). Part of system.cpp, apart for its length. `todo` and `doing` jobs are found through partial indexes.
#pragma once

#include <array>

#include "backends/engines/constant_text.hpp"
#include "backends/engines/sql/system.hpp"
#include "backends/systems/procrastinate/conditions.hpp"

namespace queuetrace::procrastinate {

using Severity = Finding::Severity;

inline constexpr std::array diagnoses{
    // The schema.
    SqlDiagnosisRule{.code = "half-migrated",
                     .severity = Severity::warning,
                     .subject = "migrations",
                     .text = "the pre-migration of 3.0 has run, its post-migration has not: workers of 2.x and 3.x may "
                             "both run, and an abort reaches only those of the family that asked for it",
                     .rows = constant<"SELECT 'procrastinate_jobs' AS found WHERE " + half_migrated_to_3_0>,
                     .of_jobs = false,
                     .remedy = "when no 2.x worker is left, apply the post-migration of 3.0 (procrastinate schema "
                               "--migrations-path shows where it is)",
                     .needs = "abort_requested",
                     .in_check = true},
    SqlDiagnosisRule{
        .code = "post-migration-missing",
        .severity = Severity::note,
        .subject = "migrations",
        .text = "the post-migration of 3.4 has not run: retrying a failed job leaves no `retried` event",
        .rows = constant<"SELECT 'procrastinate_jobs' AS found WHERE " + half_migrated_to_3_4>,
        .of_jobs = false,
        .remedy = "apply the post-migration of 3.4 (procrastinate schema --migrations-path shows where it is)",
        .in_check = true},
    SqlDiagnosisRule{.code = "no-heartbeats",
                     .severity = Severity::note,
                     .subject = "heartbeats",
                     .text = "none before 3.1: a job of a dead worker cannot be distinguished from a slow one",
                     .needs = "!worker_id",
                     .in_check = true},
    SqlDiagnosisRule{.code = "events-not-recorded",
                     .severity = Severity::warning,
                     .subject = "events",
                     .text = "a trigger that records events is disabled or missing: times and runs of newer jobs are "
                             "unknown",
                     .rows = constant<"SELECT 'procrastinate_jobs' AS found WHERE " + events_off>,
                     .of_jobs = false,
                     .remedy = "ALTER TABLE {procrastinate_jobs} ENABLE TRIGGER USER; where they are missing, restore "
                               "them from procrastinate schema --read",
                     .in_check = true},
    SqlDiagnosisRule{.code = "no-worker-key",
                     .severity = Severity::note,
                     .subject = "customised schema",
                     .text = "the foreign key from jobs to workers is missing: jobs may name workers that are gone",
                     .rows = constant<"SELECT 'procrastinate_jobs' AS found WHERE " + no_worker_key>,
                     .of_jobs = false,
                     .needs = "worker_id procrastinate_workers.",
                     .in_check = true},
    SqlDiagnosisRule{.code = "other-installations",
                     .severity = Severity::note,
                     .subject = "other installations",
                     .text = "further schemas of this database hold Procrastinate too",
                     .rows = other_installations,
                     .of_jobs = false,
                     .remedy = "name each with `schema` in a source of its own",
                     .in_check = true},

    // Workers.
    SqlDiagnosisRule{
        .code = "no-live-worker",
        .severity = Severity::problem,
        .subject = "workers",
        .text = "jobs are due, and no worker has written a heartbeat for {=stalled_seconds} seconds",
        .predicate = constant<"j.status = 'todo' AND (j.scheduled_at IS NULL OR j.scheduled_at <= now()) AND NOT "
                              "EXISTS (SELECT 1 FROM {procrastinate_workers} b WHERE " +
                              fresh + ")">,
        .remedy = "start a worker: procrastinate --app=APP worker",
        .needs = heartbeats},
    SqlDiagnosisRule{.code = "doing-without-worker",
                     .severity = Severity::problem,
                     .subject = "running jobs",
                     .text = "no worker is recorded for them: it was stopped or pruned, and they stay `doing` forever",
                     .predicate = "j.status = 'doing' AND NOT EXISTS (SELECT 1 FROM {procrastinate_workers} b WHERE "
                                  "b.id = j.worker_id)",
                     .remedy = "queuetrace job retry -s <source> ID... (or job cancel, where a second run does harm)",
                     .needs = heartbeats,
                     .in_check = true},
    SqlDiagnosisRule{.code = "stalled",
                     .severity = Severity::warning,
                     .subject = "running jobs",
                     .text = "their worker has been silent for over {=stalled_seconds} seconds: dead, or shutting down "
                             "while it finishes them",
                     .predicate = constant<stalled + " AND EXISTS (SELECT 1 FROM "
                                                     "{procrastinate_workers} b WHERE b.id = j.worker_id)">,
                     .remedy = "when the worker is dead: queuetrace job retry -s <source> ID...",
                     .needs = heartbeats,
                     .in_check = true},
    SqlDiagnosisRule{.code = "dead-workers",
                     .severity = Severity::note,
                     .subject = "workers",
                     .text = "without a heartbeat for over an hour; the next worker that starts removes them. Do not "
                             "delete them: that rewrites every job they ran",
                     .rows = "SELECT b.id AS found FROM {procrastinate_workers} b WHERE b.last_heartbeat < now() - "
                             "interval '1 hour'",
                     .of_jobs = false,
                     .needs = "procrastinate_workers.last_heartbeat"},
    SqlDiagnosisRule{.code = "running-long",
                     .severity = Severity::warning,
                     .subject = "running jobs",
                     .text = "started over a day ago: slow, or forgotten by their worker",
                     .predicate = "j.status = 'doing' AND e.started_at < now() - interval '1 day'",
                     .remedy = "when the worker no longer runs them: queuetrace job retry -s <source> ID..."},
    SqlDiagnosisRule{.code = "abort-not-heeded",
                     .severity = Severity::warning,
                     .subject = "running jobs",
                     .text = "asked to abort over ten minutes ago and still running: a synchronous task that does not "
                             "ask, or a worker that is shutting down",
                     .predicate =
                         "j.status = 'doing' AND j.abort_requested AND e.abort_requested_at < now() - interval "
                         "'10 minutes'",
                     .remedy = "restart the worker of these jobs",
                     .needs = "abort_requested"},
    SqlDiagnosisRule{.code = "aborting-left-over",
                     .severity = Severity::problem,
                     .subject = "running jobs",
                     .text = "in state `aborting` of 2.x, which no worker of 3.x looks at: they never end",
                     .predicate = "j.status::text = 'aborting'",
                     .scanned = true,
                     .remedy = "when no 2.x worker is left: UPDATE {procrastinate_jobs} SET status = 'aborted' WHERE "
                               "status = 'aborting'",
                     .needs = "abort_requested"},

    // What holds waiting jobs back.
    SqlDiagnosisRule{.code = "queueing-lock-taken",
                     .severity = Severity::warning,
                     .subject = "queueing locks",
                     .text = "running while a waiting job has their queueing lock: when their retry ran into it, the "
                             "worker has forgotten them and they stay `doing`",
                     .predicate = queueing_lock_taken,
                     .remedy = "queuetrace job show -s <source> ID; when no worker runs it: SELECT "
                               "procrastinate_finish_job_v1(ID, 'failed', false)",
                     .needs = "queueing_lock",
                     .in_check = true},
    SqlDiagnosisRule{.code = "lock-held-by-gone-worker",
                     .severity = Severity::problem,
                     .subject = "locks",
                     .text = "held back by a running job with their lock whose worker is gone or silent, for as long "
                             "as that job stays `doing`",
                     .predicate = behind_stalled,
                     .remedy = "queuetrace peek -s <source> --why names the holder; queuetrace job retry -s <source> "
                               "HOLDER",
                     .needs = heartbeats,
                     .in_check = true},
    SqlDiagnosisRule{.code = "lock-across-queues",
                     .severity = Severity::note,
                     .subject = "locks",
                     .text = "share a lock with waiting jobs of another queue: when no worker listens to one of the "
                             "queues, the others wait forever",
                     .predicate = across_queues,
                     .remedy = "queuetrace peek -s <source> --why",
                     .in_check = true},
    SqlDiagnosisRule{.code = "lock-held-by-later-job",
                     .severity = Severity::warning,
                     .subject = "locks",
                     .text =
                         "due, but held back by an earlier job with their lock that is not due yet (a long back-off "
                         "does this)",
                     .predicate = behind_later,
                     .remedy = "queuetrace peek -s <source> --why names the holder; queuetrace job cancel -s <source> "
                               "HOLDER",
                     .in_check = true},
    SqlDiagnosisRule{
        .code = "overdue",
        .severity = Severity::warning,
        .subject = "waiting jobs",
        .text = "have been due for over {~alert_age}: no worker listens to their queue, they fall behind, or a "
                "lock holds them",
        .predicate = "j.status = 'todo' AND (j.scheduled_at IS NULL OR j.scheduled_at < now() - interval "
                     "'{=alert_age} seconds') AND EXISTS (SELECT 1 FROM {procrastinate_events} v WHERE v.job_id = j.id "
                     "AND v.type = 'deferred' AND v.at < now() - interval '{=alert_age} seconds')",
        .remedy = "queuetrace peek -s <source> --why"},
    SqlDiagnosisRule{
        .code = "far-future",
        .severity = Severity::note,
        .subject = "scheduled jobs",
        .text = "are not due for a year or more: a wrong unit or date where they were deferred, most likely",
        .predicate = "j.status = 'todo' AND j.scheduled_at > now() + interval '1 year'",
        .remedy = "queuetrace job cancel -s <source> ID..."},

    // What is left behind.
    SqlDiagnosisRule{.code = "abort-flag-kept",
                     .severity = Severity::note,
                     .subject = "failed jobs",
                     .text = "their abort request is still set: a retry by the library is refused "
                             "(check_not_todo_abort_requested)",
                     .predicate = abort_flag_kept,
                     .scanned = true,
                     .remedy = "UPDATE {procrastinate_jobs} SET abort_requested = false WHERE status = 'failed' AND "
                               "abort_requested",
                     .needs = "abort_requested",
                     .in_check = true},
    SqlDiagnosisRule{.code = "no-events",
                     .severity = Severity::note,
                     .subject = "events",
                     .text = "nothing is recorded about them (checked: the newest 10,000 jobs): their times are "
                             "unknown, and the library's own clean-up never removes them",
                     .rows = "SELECT n.id AS found FROM (SELECT j.id FROM {procrastinate_jobs} j ORDER BY j.id DESC "
                             "LIMIT 10000) n WHERE NOT EXISTS (SELECT 1 FROM {procrastinate_events} v WHERE v.job_id = "
                             "n.id)",
                     .remedy = "queuetrace purge -s <source> --id ID --dry-run"},
};

}  // namespace queuetrace::procrastinate
