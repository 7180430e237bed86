// The tables of a capture file, format 1. Times are whole microseconds since 1970 UTC; the two ends of 64 bits are
// infinity. backends/systems/captures/system.cpp reads what this describes.
#pragma once

#include <cstddef>

namespace queuetrace::capture_schema {

/// `application_id` is "QTrc". The order of the columns is the order of the values in the insert statement.
inline constexpr const char* tables = R"sql(
PRAGMA application_id = 1364488803;
PRAGMA user_version = 1;
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
  peek_position INTEGER);
)sql";

inline constexpr const char* insert_job =
    "INSERT INTO jobs VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";
inline constexpr std::size_t job_columns = 40;

inline constexpr const char* insert_meta = "INSERT INTO meta VALUES (?,?)";
inline constexpr const char* insert_source = "INSERT INTO sources VALUES (?,?,?,?,?)";

inline constexpr const char* indexes = R"sql(
CREATE INDEX jobs_newest ON jobs (created_order DESC, id, position);
CREATE INDEX jobs_id ON jobs (id);
CREATE INDEX jobs_trace_id ON jobs (trace_id) WHERE trace_id IS NOT NULL;
CREATE INDEX jobs_trace_canonical ON jobs (trace_canonical) WHERE trace_canonical IS NOT NULL;
CREATE INDEX jobs_correlation_id ON jobs (correlation_id) WHERE correlation_id IS NOT NULL;
CREATE INDEX jobs_span_id ON jobs (span_id) WHERE span_id IS NOT NULL;
CREATE INDEX jobs_parent_span_id ON jobs (parent_span_id) WHERE parent_span_id IS NOT NULL;
CREATE INDEX jobs_queue_state ON jobs (queue, state);
)sql";

}  // namespace queuetrace::capture_schema
