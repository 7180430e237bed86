// What may be wrong with a Procrastinate database, and what its functions tell of its schema, as conditions that
// several parts of its description use (docs/systems/procrastinate.md sections 2.7, 4, 5 and 11).
#pragma once

#include "backends/engines/constant_text.hpp"

namespace queuetrace::procrastinate {

/// The schema's own oid, from the row type of the jobs table: function names are looked up there and nowhere else.
inline constexpr Text own_schema =
    "(SELECT t.typnamespace FROM pg_catalog.pg_type t WHERE t.oid = pg_typeof(NULL::{procrastinate_jobs}))";
consteval auto has_function(const auto& condition) {
  return "EXISTS (SELECT 1 FROM pg_catalog.pg_proc f WHERE f.pronamespace = " + own_schema + " AND " + condition + ")";
}
inline constexpr Text has_retry_v2 = has_function("f.proname = 'procrastinate_retry_job_v2'");
inline constexpr Text records_retries =
    has_function("f.proname LIKE 'procrastinate\\_trigger%status\\_events%' AND f.prosrc ~ 'retried'");
inline constexpr Text fetches_by_priority =
    has_function("f.proname = 'procrastinate_fetch_job_v2' AND f.prosrc ~ 'priority\\s*>'");

/// The pre-migration of 3.0 has run, its post-migration has not.
inline constexpr Text half_migrated_to_3_0 =
    "NOT EXISTS (SELECT 1 FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class r ON r.oid = k.conrelid WHERE "
    "k.conname = 'check_not_todo_abort_requested' AND r.relname = 'procrastinate_jobs' AND r.relnamespace = " +
    own_schema + ")";
/// The same of 3.4.
inline constexpr Text half_migrated_to_3_4 = has_retry_v2 + " AND NOT " + records_retries;
inline constexpr Text events_off =
    "(SELECT count(*) FILTER (WHERE g.tgenabled <> 'D') < 2 FROM pg_catalog.pg_trigger g JOIN pg_catalog.pg_class r ON "
    "r.oid = g.tgrelid WHERE r.relname = 'procrastinate_jobs' AND g.tgname LIKE "
    "'procrastinate\\_trigger\\_status\\_events%' AND r.relnamespace = " +
    own_schema + ")";
inline constexpr Text no_worker_key =
    "NOT EXISTS (SELECT 1 FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class r ON r.oid = k.conrelid JOIN "
    "pg_catalog.pg_class o ON o.oid = k.confrelid WHERE k.contype = 'f' AND r.relname = 'procrastinate_jobs' AND "
    "o.relname = 'procrastinate_workers' AND r.relnamespace = " +
    own_schema + ")";
/// The other schemas with an installation.
inline constexpr Text other_installations =
    "SELECT n.nspname AS found FROM pg_catalog.pg_class r JOIN pg_catalog.pg_class o ON o.relnamespace = "
    "r.relnamespace AND o.relname = 'procrastinate_events' JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace "
    "WHERE r.relname = 'procrastinate_jobs' AND r.relkind IN ('r', 'p') AND r.relnamespace <> " +
    own_schema;

/// Needs of what is told by heartbeats: 3.1 and later.
inline constexpr std::string_view heartbeats = "worker_id procrastinate_workers.last_heartbeat";
/// Workers write a heartbeat every 10 seconds; the library calls 30 seconds of silence stalled.
inline constexpr Text fresh = "b.last_heartbeat >= now() - interval '{=stalled_seconds} seconds'";
consteval auto is_stalled(const auto& job) {
  return Text(job) + ".status = 'doing' AND NOT EXISTS (SELECT 1 FROM {procrastinate_workers} b WHERE b.id = " + job +
         ".worker_id AND " + fresh + ")";
}
inline constexpr Text stalled = is_stalled("j");
inline constexpr Text queueing_lock_taken =
    "j.status = 'doing' AND j.queueing_lock IS NOT NULL AND EXISTS (SELECT 1 FROM {procrastinate_jobs} o WHERE "
    "o.status = 'todo' AND o.queueing_lock = j.queueing_lock)";
inline constexpr Text behind_stalled =
    "j.status = 'todo' AND j.lock IS NOT NULL AND EXISTS (SELECT 1 FROM {procrastinate_jobs} o WHERE o.lock = j.lock "
    "AND " +
    is_stalled("o") + ")";
/// Holds back another queue's jobs.
inline constexpr Text across_queues =
    "j.status = 'todo' AND j.lock IS NOT NULL AND EXISTS (SELECT 1 FROM {procrastinate_jobs} o WHERE o.status = 'todo' "
    "AND o.lock = j.lock AND o.queue_name <> j.queue_name)";
inline constexpr Text behind_later =
    "j.status = 'todo' AND j.lock IS NOT NULL AND (j.scheduled_at IS NULL OR j.scheduled_at <= now()) AND EXISTS "
    "(SELECT 1 FROM {procrastinate_jobs} o WHERE o.status = 'todo' AND o.lock = j.lock AND o.scheduled_at > now() AND "
    "o.id < j.id)";
inline constexpr Text abort_flag_kept = "j.status = 'failed' AND j.abort_requested";

}  // namespace queuetrace::procrastinate
