// The tables of a capture file, format 2 (format 1 has no `stale`, `counts` and `ties`, and fewer indexes). Times are
// whole microseconds since 1970 UTC; the two ends of 64 bits are infinity. backends/systems/captures/system.cpp reads
// what this describes.
#pragma once

#include <array>
#include <cstddef>

namespace queuetrace::capture_schema {

/// `application_id` is "QTrc". The order of the columns is the order of the values in the insert statement.
inline constexpr const char* tables = R"sql(
PRAGMA application_id = 1364488803;
PRAGMA user_version = 2;
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE sources (address TEXT, system TEXT, jobs INTEGER, truncated TEXT, error TEXT);
CREATE TABLE jobs (
  position INTEGER PRIMARY KEY,  -- in the order they were captured
  source TEXT NOT NULL,          -- where the job was captured from
  system TEXT NOT NULL,
  id TEXT NOT NULL,
  queue TEXT, kind TEXT,
  state TEXT NOT NULL,           -- queuetrace's word
  native_state TEXT,             -- the system's own
  priority TEXT, attempts INTEGER, max_attempts INTEGER,
  created_at INTEGER, scheduled_at INTEGER, started_at INTEGER, finished_at INTEGER,
  created_order INTEGER NOT NULL,  -- created_at, or the far past where unknown
  wait_ms INTEGER, run_ms INTEGER,
  worker TEXT, error TEXT,
  payload TEXT, payload_form TEXT, payload_size INTEGER,
  result TEXT, result_form TEXT, result_size INTEGER,
  trace_id TEXT, trace_canonical TEXT,  -- as stored; as 32 hex digits where it is an id that is stored otherwise
  span_id TEXT, parent_span_id TEXT, correlation_id TEXT, causation_id TEXT,
  trace_status TEXT NOT NULL,
  tenant TEXT, workflow_id TEXT, batch_id TEXT,
  parents TEXT, notes TEXT, extra TEXT,  -- JSON
  peek_position INTEGER,         -- its place among those of its queue that workers would have taken next
  stale INTEGER NOT NULL);       -- 1: it ran, but its worker was gone or too late
)sql";

inline constexpr const char* insert_job =
    "INSERT INTO jobs VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";
inline constexpr std::size_t job_columns = 41;

inline constexpr const char* insert_meta = "INSERT INTO meta VALUES (?,?)";
inline constexpr const char* insert_source = "INSERT INTO sources VALUES (?,?,?,?,?)";

/// Filled once all jobs are there: `counts` (capture_counts.hpp) is what counting all rows finds
/// (SqlRelation::summary), `ties` has a row for each parent and cause that a job names.
inline constexpr const char* summaries = R"sql(
CREATE TABLE counts (queue TEXT, state TEXT, stale INTEGER, number INTEGER, oldest INTEGER, newest INTEGER,
  timed INTEGER, due INTEGER, due_again INTEGER, untimed INTEGER, untimed_again INTEGER);
CREATE TABLE ties (parent TEXT, position INTEGER, PRIMARY KEY (parent, position)) WITHOUT ROWID;
)sql";
inline constexpr const char* fill_ties_of_parents =
    "INSERT OR IGNORE INTO ties SELECT p.value, j.position FROM jobs j, json_each(j.parents) p WHERE j.parents IS NOT "
    "NULL AND p.type = 'text'";
inline constexpr const char* fill_ties_of_causes =
    "INSERT OR IGNORE INTO ties SELECT causation_id, position FROM jobs WHERE causation_id IS NOT NULL";

/// Pending jobs of sources whose order was not recorded stand behind all others, as they were captured.
inline constexpr const char* place_pending =
    "UPDATE jobs SET peek_position = (1 << 62) + position WHERE state = 'pending' AND peek_position IS NULL AND source "
    "NOT IN (SELECT source FROM jobs WHERE peek_position IS NOT NULL)";

inline constexpr const char* indexes = R"sql(
CREATE INDEX jobs_newest ON jobs (created_order DESC, id, position);
CREATE INDEX jobs_id ON jobs (id);
CREATE INDEX jobs_queue_state ON jobs (queue, state);
)sql";

/// An index of the rows that have a value in one column, by its number.
struct PartialIndex {
  std::size_t column;
  const char* create;
  const char* drop;
};
inline constexpr std::size_t peek_position = 39;
inline constexpr std::array partial_indexes{
    PartialIndex{13, "CREATE INDEX jobs_started_at ON jobs (started_at) WHERE started_at IS NOT NULL",
                 "DROP INDEX jobs_started_at"},
    PartialIndex{14, "CREATE INDEX jobs_finished_at ON jobs (finished_at) WHERE finished_at IS NOT NULL",
                 "DROP INDEX jobs_finished_at"},
    PartialIndex{19, "CREATE INDEX jobs_error ON jobs (created_order DESC, id, position) WHERE error IS NOT NULL",
                 "DROP INDEX jobs_error"},
    PartialIndex{26, "CREATE INDEX jobs_trace_id ON jobs (trace_id) WHERE trace_id IS NOT NULL",
                 "DROP INDEX jobs_trace_id"},
    PartialIndex{27, "CREATE INDEX jobs_trace_canonical ON jobs (trace_canonical) WHERE trace_canonical IS NOT NULL",
                 "DROP INDEX jobs_trace_canonical"},
    PartialIndex{28, "CREATE INDEX jobs_span_id ON jobs (span_id) WHERE span_id IS NOT NULL",
                 "DROP INDEX jobs_span_id"},
    PartialIndex{29, "CREATE INDEX jobs_parent_span_id ON jobs (parent_span_id) WHERE parent_span_id IS NOT NULL",
                 "DROP INDEX jobs_parent_span_id"},
    PartialIndex{30, "CREATE INDEX jobs_correlation_id ON jobs (correlation_id) WHERE correlation_id IS NOT NULL",
                 "DROP INDEX jobs_correlation_id"},
    PartialIndex{34, "CREATE INDEX jobs_workflow_id ON jobs (workflow_id) WHERE workflow_id IS NOT NULL",
                 "DROP INDEX jobs_workflow_id"},
    PartialIndex{35, "CREATE INDEX jobs_batch_id ON jobs (batch_id) WHERE batch_id IS NOT NULL",
                 "DROP INDEX jobs_batch_id"},
    PartialIndex{peek_position,
                 "CREATE INDEX jobs_next ON jobs (queue, peek_position, position) WHERE peek_position IS NOT NULL",
                 "DROP INDEX jobs_next"},
    PartialIndex{40, "CREATE INDEX jobs_stale ON jobs (queue, id) WHERE stale", "DROP INDEX jobs_stale"},
};

}  // namespace queuetrace::capture_schema
