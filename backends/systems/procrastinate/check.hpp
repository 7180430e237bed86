// What a check of a Procrastinate database says: its schema level by the newest feature present
// (docs/systems/procrastinate.md section 2.7) and what is wrong with it (docs/systems/procrastinate.md sections 2.7, 5
// and 11). Part of system.cpp, apart for its length.
#pragma once

#include <array>

#include "backends/engines/constant_text.hpp"
#include "backends/engines/sql/system.hpp"
#include "backends/systems/procrastinate/conditions.hpp"

namespace queuetrace::procrastinate {

inline constexpr Text orders_locks_by_priority = "SELECT " + fetches_by_priority;

inline constexpr Text version =
    "SELECT CASE WHEN " + has_retry_v2 + " THEN CASE WHEN " + records_retries +
    " THEN 'schema of 3.4 to 3.10' ELSE 'schema of 3.4, post-migration missing' END WHEN " + fetches_by_priority +
    " THEN 'schema of 3.3' WHEN EXISTS (SELECT 1 FROM pg_catalog.pg_type d WHERE d.typnamespace = " + own_schema +
    " AND d.typname = 'procrastinate_job_to_defer_v1') THEN 'schema of 3.2' WHEN EXISTS (SELECT 1 FROM "
    "pg_catalog.pg_attribute a WHERE a.attrelid = r.oid AND a.attname = 'worker_id' AND NOT a.attisdropped) THEN "
    "'schema of 3.1' WHEN EXISTS (SELECT 1 FROM pg_catalog.pg_constraint k WHERE k.conrelid = r.oid AND k.conname = "
    "'check_not_todo_abort_requested') THEN 'schema of 3.0' WHEN EXISTS (SELECT 1 FROM pg_catalog.pg_attribute a WHERE "
    "a.attrelid = r.oid AND a.attname = 'abort_requested' AND NOT a.attisdropped) THEN 'schema of 3.0, post-migration "
    "missing' WHEN EXISTS (SELECT 1 FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid "
    "WHERE i.indrelid = r.oid AND x.relname LIKE 'procrastinate\\_jobs\\_priority\\_idx%') THEN 'schema of 2.15' "
    "WHEN " +
    has_function("f.proname = 'procrastinate_retry_job' AND f.pronargs = 5") +
    " THEN 'schema of 2.9 to 2.14' WHEN EXISTS (SELECT 1 FROM pg_catalog.pg_enum l JOIN pg_catalog.pg_attribute a ON "
    "a.atttypid = l.enumtypid WHERE a.attrelid = r.oid AND a.attname = 'status' AND l.enumlabel = 'cancelled') THEN "
    "'schema of 2.7 to 2.8' WHEN EXISTS (SELECT 1 FROM pg_catalog.pg_attribute a WHERE a.attrelid = r.oid AND "
    "a.attname = 'priority' AND NOT a.attisdropped) THEN CASE WHEN " +
    has_function("f.proname = 'procrastinate_defer_periodic_job' AND f.pronargs = 8") +
    " THEN 'schema of 2.6' ELSE 'schema of 2.5' END ELSE 'schema of 2.4 or earlier' END FROM pg_catalog.pg_class r "
    "WHERE r.relname = 'procrastinate_jobs' AND r.relnamespace = " +
    own_schema;

inline constexpr std::array findings{
    SqlFindingRule{.severity = Finding::Severity::warning,
                   .subject = "half-migrated schema",
                   .text =
                       "the pre-migration of 3.0 has run, its post-migration has not: workers of 2.x and 3.x may both "
                       "run, and an abort reaches only those of the family that asked for it",
                   .remedy = "when no 2.x worker is left, apply the post-migration of 3.0 (procrastinate schema "
                             "--migrations-path shows where it is)",
                   .query = constant<"SELECT " + half_migrated_to_3_0>,
                   .needs = "abort_requested"},
    SqlFindingRule{
        .severity = Finding::Severity::note,
        .subject = "half-migrated schema",
        .text = "the post-migration of 3.4 has not run: retrying a failed job leaves no `retried` event",
        .remedy = "apply the post-migration of 3.4 (procrastinate schema --migrations-path shows where it is)",
        .query = constant<"SELECT " + half_migrated_to_3_4>},
    SqlFindingRule{.severity = Finding::Severity::warning,
                   .subject = "events",
                   .text = "a trigger that records events is disabled or missing: times and runs of newer jobs are "
                           "unknown",
                   .query = constant<"SELECT " + events_off>},
    SqlFindingRule{.severity = Finding::Severity::note,
                   .subject = "customised schema",
                   .text = "the foreign key from jobs to workers is missing: jobs may name workers that are gone",
                   .query = constant<"SELECT " + no_worker_key>,
                   .needs = "worker_id procrastinate_workers."},
    SqlFindingRule{.severity = Finding::Severity::note,
                   .subject = "other installations",
                   .text = "another schema of this database holds Procrastinate too",
                   .remedy = "name it with `schema` in a source of its own",
                   .query = constant<"SELECT EXISTS (" + other_installations + ")">},
    SqlFindingRule{.severity = Finding::Severity::warning,
                   .subject = "stalled jobs",
                   .text = "jobs run although their worker is gone or silent for over {=stalled_seconds} seconds; a "
                           "worker that is shutting "
                           "down looks the same while it finishes its jobs",
                   .remedy = "queuetrace job list --state running",
                   .query = constant<"SELECT EXISTS (SELECT 1 FROM {procrastinate_jobs} j WHERE " + stalled + ")">,
                   .needs = "worker_id procrastinate_workers.last_heartbeat"},
    SqlFindingRule{
        .severity = Finding::Severity::warning,
        .subject = "jobs that may never end",
        .text = "a running job's queueing lock is held by a waiting job: when its retry ran into that lock, its "
                "worker has forgotten it and it stays `doing`",
        .remedy = "queuetrace job list --state running",
        .query = constant<"SELECT EXISTS (SELECT 1 FROM {procrastinate_jobs} j WHERE " + queueing_lock_taken + ")">,
        .needs = "queueing_lock"},
    SqlFindingRule{
        .severity = Finding::Severity::warning,
        .subject = "locks held by gone workers",
        .text = "waiting jobs share the lock of a running job whose worker is gone or silent: they wait for as "
                "long as it stays `doing`",
        .remedy = "queuetrace peek --why",
        .query = constant<"SELECT EXISTS (SELECT 1 FROM {procrastinate_jobs} j WHERE " + behind_stalled + ")">,
        .needs = "worker_id procrastinate_workers.last_heartbeat"},
    SqlFindingRule{
        .severity = Finding::Severity::note,
        .subject = "locks across queues",
        .text = "a waiting job holds back jobs of its lock in another queue: when no worker listens to its "
                "queue they wait for ever",
        .remedy = "queuetrace peek --why",
        .query = constant<"SELECT EXISTS (SELECT 1 FROM {procrastinate_jobs} j WHERE " + across_queues + ")">},
    SqlFindingRule{
        .severity = Finding::Severity::note,
        .subject = "locks held by later jobs",
        .text = "a job whose time has not come holds back jobs of its lock that are due",
        .remedy = "queuetrace peek --why",
        .query = constant<"SELECT EXISTS (SELECT 1 FROM {procrastinate_jobs} j WHERE " + behind_later + ")">},
    SqlFindingRule{
        .severity = Finding::Severity::note,
        .subject = "retries that will be refused",
        .text = "failed jobs still have their abort request: retrying one violates "
                "check_not_todo_abort_requested until the flag is cleared",
        .query = constant<"SELECT EXISTS (SELECT 1 FROM {procrastinate_jobs} j WHERE " + abort_flag_kept + ")">,
        .needs = "abort_requested"},
    SqlFindingRule{.severity = Finding::Severity::note,
                   .subject = "heartbeats",
                   .text = "none before 3.1: a job of a dead worker cannot be told from a slow one",
                   .needs = "!worker_id"},
};

}  // namespace queuetrace::procrastinate
