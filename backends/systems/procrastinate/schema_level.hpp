// The schema level of a Procrastinate database, by the newest feature present (docs/systems/procrastinate.md
// section 2.7). Part of system.cpp, apart for its length.
#pragma once

#include "backends/engines/constant_text.hpp"
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

}  // namespace queuetrace::procrastinate
