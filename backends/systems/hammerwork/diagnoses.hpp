// What `doctor` and `source check` look for in a Hammerwork database (docs/systems/hammerwork.md sections 2 to 5 and
// 11). What is wrong with waiting jobs and their parents: stuck_dependents.hpp. Plain `Pending` in a literal lets the
// partial index of the workers serve.
#pragma once

#include <array>

#include "backends/engines/constant_text.hpp"
#include "backends/engines/joined.hpp"
#include "backends/engines/sql/system.hpp"
#include "backends/systems/hammerwork/stuck_dependents.hpp"

namespace queuetrace::hammerwork {

inline constexpr Text overdue = "j.status = 'Pending' AND j.scheduled_at < now() - interval '{=alert_age} seconds'";

inline constexpr std::array state_diagnoses{
    // The schema.
    SqlDiagnosisRule{.code = "no-trace-columns",
                     .severity = Severity::warning,
                     .subject = "trace columns",
                     .text = "missing (schema before 009): no trace, correlation or span id is stored",
                     .remedy = "cargo hammerwork migration run",
                     .needs = "!trace_id",
                     .in_check = true},
    SqlDiagnosisRule{.code = "no-queue-pause",
                     .severity = Severity::note,
                     .subject = "queue pauses",
                     .text = "hammerwork_queue_pause is missing (schema before 014): queues cannot be paused",
                     .remedy = "cargo hammerwork migration run",
                     .needs = "!hammerwork_queue_pause.",
                     .in_check = true},
    SqlDiagnosisRule{.code = "half-migrated",
                     .severity = Severity::warning,
                     .subject = "migrations",
                     .text = "depends_on is still jsonb, so 012 has not run; the runner of 1.8.0 to 1.15.x fails on it",
                     .remedy = "run migration 012 with psql, or with the CLI of release 2.0 or later",
                     .needs = "depends_on=jsonb encrypted_payload",
                     .in_check = true},
    SqlDiagnosisRule{
        .code = "migration-record",
        .severity = Severity::note,
        .subject = "migrations",
        .text = "hammerwork_migrations and the columns disagree about these: the runner will skip or repeat "
                "them",
        .rows = "SELECT m.id AS found FROM (VALUES ('007_add_dependencies', 'depends_on'), "
                "('009_add_tracing', 'trace_id'), ('011_add_encryption', 'is_encrypted'), "
                "('015_add_job_leases', 'lease_expires_at'), ('018_add_job_retry_strategy', "
                "'retry_strategy')) m(id, name) WHERE EXISTS (SELECT 1 FROM {hammerwork_migrations} r WHERE "
                "r.migration_id = m.id) <> EXISTS (SELECT 1 FROM pg_catalog.pg_attribute a WHERE a.attrelid "
                "= (SELECT t.typrelid FROM pg_catalog.pg_type t WHERE t.oid = pg_typeof(NULL::{hammerwork_jobs})) AND "
                "a.attname = m.name AND NOT a.attisdropped)",
        .of_jobs = false,
        .remedy = "compare SELECT * FROM {hammerwork_migrations} with the columns before the next "
                  "migration run",
        .needs = "hammerwork_migrations.migration_id"},
    SqlDiagnosisRule{
        .code = "clear-payloads",
        .severity = Severity::note,
        .subject = "encryption",
        .text = "releases before 2.0 store payloads in clear text even where the application asked for encryption",
        .needs = "encrypted_payload !lease_expires_at",
        .in_check = true},

    // States that no worker takes.
    SqlDiagnosisRule{.code = "quoted-state",
                     .severity = Severity::problem,
                     .subject = "quoted states",
                     .text =
                         "waiting jobs whose state is stored with quotes (written before 1.7.4): this release shows "
                         "them as pending and never runs them",
                     .predicate = "j.status IN ('\"Pending\"', '\"Retrying\"')",
                     .scanned = true,
                     .remedy = "UPDATE {hammerwork_jobs} SET status = 'Pending' WHERE status IN ('\"Pending\"', "
                               "'\"Retrying\"')",
                     .needs = "depends_on=_uuid",
                     .in_check = true},
    SqlDiagnosisRule{.code = "quoted-ended",
                     .severity = Severity::note,
                     .subject = "quoted states",
                     .text = "ended jobs whose state is stored with quotes (written before 1.7.4): the library's own "
                             "statistics, purges and archive pass them over",
                     .predicate = "j.status IN ('\"Completed\"', '\"Failed\"', '\"Dead\"', '\"TimedOut\"')",
                     .scanned = true,
                     .remedy = "UPDATE {hammerwork_jobs} SET status = btrim(status, '\"') WHERE status IN "
                               "('\"Completed\"', '\"Failed\"', '\"Dead\"', '\"TimedOut\"')",
                     .needs = "depends_on=_uuid",
                     .in_check = true},
    SqlDiagnosisRule{.code = "mixed-states",
                     .severity = Severity::problem,
                     .subject = "quoted states",
                     .text =
                         "waiting jobs with quoted states beside jobs with plain ones: workers up to 1.7.3 take only "
                         "the quoted, later ones only the plain",
                     .predicate = "j.status IN ('\"Pending\"', '\"Retrying\"')",
                     .scanned = true,
                     .remedy = "find out which release the workers run; from 1.15.5 on: UPDATE {hammerwork_jobs} SET "
                               "status = btrim(status, '\"') WHERE status LIKE '\"%'",
                     .needs = "@dialect_AB",
                     .in_check = true},
    SqlDiagnosisRule{.code = "unknown-state",
                     .severity = Severity::problem,
                     .subject = "unknown states",
                     .text = "no release writes these states (case counts): workers do not take such a job, and one of "
                             "them makes the library's own listings fail",
                     .predicate = "btrim(j.status, '\"') NOT IN ('Pending', 'Running', 'Completed', 'Failed', 'Dead', "
                                  "'TimedOut', 'Retrying', 'Archived')",
                     .scanned = true,
                     .remedy = "queuetrace job show -s <source> ID; then UPDATE {hammerwork_jobs} SET status = "
                               "'Pending' (to run it) or 'Failed', failed_at = now() (to end it) WHERE id = ..."},
    SqlDiagnosisRule{.code = "retrying-state",
                     .severity = Severity::problem,
                     .subject = "state Retrying",
                     .text = "no release takes jobs in this state, and none writes it",
                     .predicate = "j.status = 'Retrying'",
                     .remedy = "UPDATE {hammerwork_jobs} SET status = 'Pending' WHERE status = 'Retrying'"},
    SqlDiagnosisRule{.code = "dependency-unknown",
                     .severity = Severity::problem,
                     .subject = "dependency status",
                     .text = "waiting jobs without a dependency status: workers never take them",
                     .predicate = "j.status = 'Pending' AND j.dependency_status IS NULL",
                     .remedy = "those without parents: UPDATE {hammerwork_jobs} SET dependency_status = 'none', "
                               "depends_on = DEFAULT WHERE status = 'Pending' AND dependency_status IS NULL AND "
                               "depends_on IS NULL",
                     .needs = "dependency_status"},
    SqlDiagnosisRule{.code = "dependency-failed",
                     .severity = Severity::warning,
                     .subject = "failed dependencies",
                     .text = "still waiting although a parent of theirs failed: no worker takes them",
                     .predicate = "j.status IN ('Pending', '\"Pending\"') AND j.dependency_status = 'failed'",
                     .remedy = "queuetrace job cancel -s <source> ID...; or retry the parent first, then them: "
                               "queuetrace job retry -s <source> ID...",
                     .needs = "dependency_status"},
};

inline constexpr std::array work_diagnoses{
    // Workers.
    SqlDiagnosisRule{.code = "stale-running",
                     .severity = Severity::problem,
                     .subject = "running jobs",
                     .text = "their lease expired more than a minute ago: the worker is gone, and no worker pool is "
                             "taking them back",
                     .predicate = "j.status = 'Running' AND j.lease_expires_at < now() - interval '1 minute'",
                     .remedy = "start a worker pool, or cargo hammerwork job requeue-stale",
                     .needs = "lease_expires_at"},
    SqlDiagnosisRule{.code = "running-without-lease",
                     .severity = Severity::warning,
                     .subject = "running jobs",
                     .text = "claimed by workers of 1.x, without a lease: when that worker is gone nothing takes them "
                             "back",
                     .predicate = "j.status = 'Running' AND j.lease_expires_at IS NULL",
                     .remedy = "when no 1.x worker is left: cargo hammerwork job requeue-stale, or queuetrace job "
                               "retry -s <source> ID...",
                     .needs = "lease_expires_at",
                     .in_check = true},
    SqlDiagnosisRule{.code = "stale-running",
                     .severity = Severity::problem,
                     .subject = "running jobs",
                     .text = "running for longer than their time-out, or for over a day without one: 1.x never takes "
                             "back the jobs of a worker that is gone",
                     .predicate = "j.status IN ('Running', '\"Running\"') AND j.started_at < now() - CASE WHEN "
                                  "j.timeout_seconds > 0 THEN make_interval(secs => j.timeout_seconds + 60) ELSE "
                                  "interval '1 day' END",
                     .scanned = true,
                     .remedy = "when its worker is gone: queuetrace job retry -s <source> ID...",
                     .needs = "!lease_expires_at timeout_seconds started_at"},
    SqlDiagnosisRule{
        .code = "overdue",
        .severity = Severity::warning,
        .subject = "waiting jobs",
        .text = "could have run for over {~alert_age}, in queues that are not paused: no worker takes from "
                "them, or they fall behind",
        .predicate = constant<
            overdue +
            " AND j.dependency_status IN ('none', 'satisfied') AND (j.recurring OR j.cron_schedule IS NULL) AND NOT "
            "EXISTS (SELECT 1 FROM {hammerwork_queue_pause} p WHERE p.queue_name = j.queue_name)">,
        .remedy = "queuetrace stats -s <source>, and look at the workers of these queues",
        .needs = "hammerwork_queue_pause. dependency_status cron_schedule recurring"},
    SqlDiagnosisRule{
        .code = "overdue",
        .severity = Severity::warning,
        .subject = "waiting jobs",
        .text = "could have run for over {~alert_age}: no worker takes from their queues, or they fall behind",
        .predicate = "j.status = '\"Pending\"' AND j.scheduled_at < now() - interval '{=alert_age} seconds' AND "
                     "j.dependency_status IN ('none', 'satisfied')",
        .scanned = true,
        .remedy = "queuetrace stats -s <source>, and look at the workers of these queues",
        .needs = "!hammerwork_queue_pause. @dialect_A dependency_status"},
    SqlDiagnosisRule{
        .code = "overdue",
        .severity = Severity::warning,
        .subject = "waiting jobs",
        .text = "could have run for over {~alert_age}: no worker takes from their queues, or they fall behind",
        .predicate = constant<overdue + " AND j.dependency_status IN ('none', 'satisfied')">,
        .remedy = "queuetrace stats -s <source>, and look at the workers of these queues",
        .needs = "!hammerwork_queue_pause. !@dialect_A dependency_status"},
    SqlDiagnosisRule{
        .code = "paused-queue",
        .severity = Severity::warning,
        .subject = "paused queues",
        .text = "paused for over {~alert_age} while jobs in them are due",
        .rows = "SELECT p.queue_name AS found FROM {hammerwork_queue_pause} p WHERE p.paused_at < now() - "
                "interval '{=alert_age} seconds' AND EXISTS (SELECT 1 FROM {hammerwork_jobs} j WHERE j.queue_name = "
                "p.queue_name AND j.status = 'Pending' AND j.scheduled_at <= now())",
        .of_jobs = false,
        .remedy = "queuetrace queue resume -s <source> NAME",
        .needs = "hammerwork_queue_pause.paused_at"},
    SqlDiagnosisRule{.code = "far-future",
                     .severity = Severity::note,
                     .subject = "scheduled jobs",
                     .text = "are not due for a year or more: a wrong unit or date where they were made, most likely",
                     .predicate = "j.status = 'Pending' AND j.scheduled_at > now() + interval '1 year'",
                     .remedy = "queuetrace job cancel -s <source> ID..."},
    SqlDiagnosisRule{.code = "odd-priority",
                     .severity = Severity::note,
                     .subject = "priorities",
                     .text = "priorities outside 0 to 4 are shown as normal by the library, but sort by their number",
                     .predicate = "j.status = 'Pending' AND j.priority NOT BETWEEN 0 AND 4",
                     .needs = "priority"},

    // Recurring jobs.
    SqlDiagnosisRule{.code = "recurring-ended",
                     .severity = Severity::problem,
                     .subject = "recurring jobs",
                     .text = "ended for good: 1.x never schedules a recurring job again once it has failed",
                     .predicate = "j.recurring AND btrim(j.status, '\"') IN ('Dead', 'Failed', 'TimedOut')",
                     .scanned = true,
                     .remedy = "queuetrace job retry -s <source> ID...",
                     .needs = "recurring"},
    SqlDiagnosisRule{
        .code = "recurring-overdue",
        .severity = Severity::warning,
        .subject = "recurring jobs",
        .text = "their next run was due more than {~alert_age} ago",
        .predicate = "j.recurring AND j.status = 'Pending' AND j.next_run_at < now() - interval '{=alert_age} seconds'",
        .remedy = "queuetrace peek -s <source> --why",
        .needs = "recurring next_run_at"},
    SqlDiagnosisRule{.code = "disabled-cron",
                     .severity = Severity::note,
                     .subject = "recurring jobs",
                     .text = "their schedule is disabled: 2.x holds them, 1.x runs them once more when due",
                     .predicate = "j.status = 'Pending' AND j.cron_schedule IS NOT NULL AND NOT j.recurring",
                     .remedy = "cargo hammerwork cron enable ID",
                     .needs = "cron_schedule recurring"},

    // What is left behind.
    SqlDiagnosisRule{.code = "dead-without-time",
                     .severity = Severity::note,
                     .subject = "dead jobs",
                     .text = "no time of failure: the library's own purge and lists pass them over forever",
                     .predicate = "j.status IN ('Dead', '\"Dead\"') AND j.failed_at IS NULL",
                     .scanned = true,
                     .remedy = "queuetrace purge -s <source> --state dead --dry-run",
                     .needs = "failed_at"},
    SqlDiagnosisRule{.code = "archived-but-live",
                     .severity = Severity::note,
                     .subject = "archive",
                     .text = "archived, but still in the live table (1.x copies): they can be retried, are counted "
                             "twice, and cannot be restored",
                     .predicate = "j.archived_at IS NOT NULL",
                     .scanned = true,
                     .remedy = "where nothing waits for them: DELETE FROM {hammerwork_jobs} j USING "
                               "{hammerwork_jobs_archive} a WHERE a.id = j.id AND j.archived_at IS NOT NULL AND NOT "
                               "EXISTS (SELECT 1 FROM {hammerwork_jobs} c WHERE c.depends_on @> ARRAY[j.id])",
                     .needs = "archived_at depends_on=_uuid hammerwork_jobs_archive."},

    // Traces and clocks.
    SqlDiagnosisRule{.code = "unusable-trace-id",
                     .severity = Severity::note,
                     .subject = "trace ids",
                     .text = "empty or a constant: nothing links these jobs, and every search for it finds all of them",
                     .predicate = "j.trace_id IN ('', '0', '0000000000000000', '00000000000000000000000000000000', "
                                  "'00000000-0000-0000-0000-000000000000', 'trace-00000000-0000-0000-0000-"
                                  "000000000000', 'null', 'none', 'None', 'nil', 'undefined', 'unknown', 'default')",
                     .remedy = "store NULL where there is no trace, and turn tracing on where these jobs are enqueued",
                     .needs = "trace_id"},
    SqlDiagnosisRule{.code = "future-times",
                     .severity = Severity::warning,
                     .subject = "clocks",
                     .text = "made or started more than a minute in the future: the clock of a producer or worker of "
                             "1.x is ahead, so its jobs are due too late and its waits are wrong",
                     .predicate = "j.created_at > now() + interval '1 minute' OR j.started_at > now() + interval '1 "
                                  "minute'",
                     .scanned = true,
                     .remedy = "synchronise the clocks of the application's machines",
                     .needs = "created_at started_at"},
};

inline constexpr auto diagnoses = joined(state_diagnoses, dependent_diagnoses, work_diagnoses);

}  // namespace queuetrace::hammerwork
