// The tables of a capture file, format 2 (format 1 has no `stale`, `counts` and `ties`, and fewer indexes). Times are
// whole microseconds since 1970 UTC; the two ends of 64 bits are infinity. backends/systems/captures/system.cpp reads
// what this describes.
#pragma once

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
  trace_id TEXT, trace_canonical TEXT,  -- as stored; as 32 hex digits where it is an id
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

/// Run once all jobs are there. Pending jobs of sources whose order was not recorded stand behind all others, as they
/// were captured; `counts` is what counting all rows finds (SqlRelation::summary;
/// of times those that can be true now, model/plausible_time.hpp), `ties` a row for each parent and
/// cause that a job names.
inline constexpr const char* summaries = R"sql(
UPDATE jobs SET peek_position = (1 << 62) + position WHERE state = 'pending' AND peek_position IS NULL AND source NOT IN
  (SELECT source FROM jobs WHERE peek_position IS NOT NULL);
CREATE TABLE counts (queue TEXT, state TEXT, stale INTEGER, number INTEGER, oldest INTEGER, newest INTEGER,
  timed INTEGER, due INTEGER, due_again INTEGER, untimed INTEGER, untimed_again INTEGER);
INSERT INTO counts SELECT queue, state, stale, count(*), min(past), max(past), count(finished_at),
  min(max(coalesce(past, planned), coalesce(planned, past))), min(planned),
  count(coalesce(created_at, scheduled_at)) - count(coalesce(past, planned)), count(scheduled_at) - count(planned)
  FROM (SELECT *, CASE WHEN created_at BETWEEN 946684800000000
          AND (CAST(strftime('%s', 'now') AS INTEGER) + 300) * 1000000 THEN created_at END AS past,
          CASE WHEN scheduled_at >= 946684800000000 THEN scheduled_at END AS planned FROM jobs)
  GROUP BY queue, state, stale;
CREATE TABLE ties (parent TEXT, position INTEGER, PRIMARY KEY (parent, position)) WITHOUT ROWID;
INSERT OR IGNORE INTO ties SELECT p.value, j.position FROM jobs j, json_each(j.parents) p
  WHERE j.parents IS NOT NULL AND p.type = 'text';
INSERT OR IGNORE INTO ties SELECT causation_id, position FROM jobs WHERE causation_id IS NOT NULL;
)sql";

inline constexpr const char* indexes = R"sql(
CREATE INDEX jobs_newest ON jobs (created_order DESC, id, position);
CREATE INDEX jobs_id ON jobs (id);
CREATE INDEX jobs_trace_id ON jobs (trace_id) WHERE trace_id IS NOT NULL;
CREATE INDEX jobs_trace_canonical ON jobs (trace_canonical) WHERE trace_canonical IS NOT NULL;
CREATE INDEX jobs_correlation_id ON jobs (correlation_id) WHERE correlation_id IS NOT NULL;
CREATE INDEX jobs_span_id ON jobs (span_id) WHERE span_id IS NOT NULL;
CREATE INDEX jobs_parent_span_id ON jobs (parent_span_id) WHERE parent_span_id IS NOT NULL;
CREATE INDEX jobs_queue_state ON jobs (queue, state);
CREATE INDEX jobs_next ON jobs (queue, peek_position, position) WHERE peek_position IS NOT NULL;
CREATE INDEX jobs_started_at ON jobs (started_at) WHERE started_at IS NOT NULL;
CREATE INDEX jobs_finished_at ON jobs (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX jobs_stale ON jobs (queue, id) WHERE stale;
CREATE INDEX jobs_workflow_id ON jobs (workflow_id) WHERE workflow_id IS NOT NULL;
CREATE INDEX jobs_batch_id ON jobs (batch_id) WHERE batch_id IS NOT NULL;
)sql";

}  // namespace queuetrace::capture_schema
