// What is wrong with a Procrastinate database, as conditions that `source check` and `doctor` share
// (docs/systems/procrastinate.md sections 2.7, 4, 5 and 11). Included by system.cpp only: these are macros, because
// constant text can be put together in no other way.
#pragma once

/// The schema's own oid, from the row type of the jobs table: function names are looked up there and nowhere else.
#define QUEUETRACE_PROCRASTINATE_SCHEMA \
  "(SELECT t.typnamespace FROM pg_catalog.pg_type t WHERE t.oid = pg_typeof(NULL::{procrastinate_jobs}))"
#define QUEUETRACE_PROCRASTINATE_FUNCTION(condition)                                                   \
  "EXISTS (SELECT 1 FROM pg_catalog.pg_proc f WHERE f.pronamespace = " QUEUETRACE_PROCRASTINATE_SCHEMA \
  " AND " condition ")"

/// The pre-migration of 3.0 has run, its post-migration has not.
#define QUEUETRACE_PROCRASTINATE_PRE_3_0                                                                         \
  "NOT EXISTS (SELECT 1 FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class r ON r.oid = k.conrelid WHERE " \
  "k.conname = 'check_not_todo_abort_requested' AND r.relname = 'procrastinate_jobs' AND r.relnamespace "        \
  "= " QUEUETRACE_PROCRASTINATE_SCHEMA ")"
/// The same of 3.4.
#define QUEUETRACE_PROCRASTINATE_PRE_3_4                                        \
  QUEUETRACE_PROCRASTINATE_FUNCTION("f.proname = 'procrastinate_retry_job_v2'") \
  " AND NOT " QUEUETRACE_PROCRASTINATE_FUNCTION(                                \
      "f.proname LIKE 'procrastinate\\_trigger%status\\_events%' AND f.prosrc ~ 'retried'")
#define QUEUETRACE_PROCRASTINATE_EVENTS_OFF                                                                            \
  "(SELECT count(*) FILTER (WHERE g.tgenabled <> 'D') < 2 FROM pg_catalog.pg_trigger g JOIN pg_catalog.pg_class r ON " \
  "r.oid = g.tgrelid WHERE r.relname = 'procrastinate_jobs' AND g.tgname LIKE "                                        \
  "'procrastinate\\_trigger\\_status\\_events%' AND r.relnamespace = " QUEUETRACE_PROCRASTINATE_SCHEMA ")"
#define QUEUETRACE_PROCRASTINATE_NO_WORKER_KEY                                                                   \
  "NOT EXISTS (SELECT 1 FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class r ON r.oid = k.conrelid JOIN "  \
  "pg_catalog.pg_class o ON o.oid = k.confrelid WHERE k.contype = 'f' AND r.relname = 'procrastinate_jobs' AND " \
  "o.relname = 'procrastinate_workers' AND r.relnamespace = " QUEUETRACE_PROCRASTINATE_SCHEMA ")"
/// The other schemas with an installation.
#define QUEUETRACE_PROCRASTINATE_OTHERS                                                                                \
  "SELECT n.nspname AS found FROM pg_catalog.pg_class r JOIN pg_catalog.pg_class o ON o.relnamespace = "               \
  "r.relnamespace "                                                                                                    \
  "AND o.relname = 'procrastinate_events' JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace WHERE r.relname = " \
  "'procrastinate_jobs' AND r.relkind IN ('r', 'p') AND r.relnamespace <> " QUEUETRACE_PROCRASTINATE_SCHEMA

/// 3.1 and later: workers write a heartbeat every 10 seconds; the library calls 30 seconds of silence stalled.
#define QUEUETRACE_PROCRASTINATE_FRESH "b.last_heartbeat >= now() - interval '{=stalled_seconds} seconds'"
#define QUEUETRACE_PROCRASTINATE_STALLED(job)                                                       \
  job ".status = 'doing' AND NOT EXISTS (SELECT 1 FROM {procrastinate_workers} b WHERE b.id = " job \
      ".worker_id AND " QUEUETRACE_PROCRASTINATE_FRESH ")"
#define QUEUETRACE_PROCRASTINATE_TWIN                                                                          \
  "j.status = 'doing' AND j.queueing_lock IS NOT NULL AND EXISTS (SELECT 1 FROM {procrastinate_jobs} o WHERE " \
  "o.status = "                                                                                                \
  "'todo' AND o.queueing_lock = j.queueing_lock)"
#define QUEUETRACE_PROCRASTINATE_BEHIND_STALLED                                                                      \
  "j.status = 'todo' AND j.lock IS NOT NULL AND EXISTS (SELECT 1 FROM {procrastinate_jobs} o WHERE o.lock = j.lock " \
  "AND " QUEUETRACE_PROCRASTINATE_STALLED("o") ")"
/// Holds back another queue's jobs.
#define QUEUETRACE_PROCRASTINATE_ACROSS_QUEUES                                                                         \
  "j.status = 'todo' AND j.lock IS NOT NULL AND EXISTS (SELECT 1 FROM {procrastinate_jobs} o WHERE o.status = 'todo' " \
  "AND o.lock = j.lock AND o.queue_name <> j.queue_name)"
#define QUEUETRACE_PROCRASTINATE_BEHIND_LATER                                                                        \
  "j.status = 'todo' AND j.lock IS NOT NULL AND (j.scheduled_at IS NULL OR j.scheduled_at <= now()) AND EXISTS "     \
  "(SELECT "                                                                                                         \
  "1 FROM {procrastinate_jobs} o WHERE o.status = 'todo' AND o.lock = j.lock AND o.scheduled_at > now() AND o.id < " \
  "j.id)"
#define QUEUETRACE_PROCRASTINATE_FLAG_KEPT "j.status = 'failed' AND j.abort_requested"
