-- A Hammerwork table of dialect B (docs/systems/hammerwork.md section 2.2) with :jobs rows, one of them of trace :trace.
CREATE TABLE hammerwork_jobs (
  id uuid PRIMARY KEY, queue_name varchar NOT NULL, payload jsonb NOT NULL, status varchar NOT NULL, attempts int NOT NULL DEFAULT 0,
  max_attempts int NOT NULL DEFAULT 3, created_at timestamptz NOT NULL, scheduled_at timestamptz NOT NULL, started_at timestamptz,
  completed_at timestamptz, failed_at timestamptz, error_message text, priority int NOT NULL DEFAULT 2, timeout_seconds int,
  timed_out_at timestamptz, cron_schedule varchar(100), next_run_at timestamptz, recurring bool NOT NULL DEFAULT false,
  timezone varchar(50), batch_id uuid, result_data jsonb, result_stored_at timestamptz, result_expires_at timestamptz,
  depends_on uuid[] DEFAULT '{}', dependents uuid[] DEFAULT '{}', dependency_status varchar DEFAULT 'none', workflow_id uuid,
  workflow_name varchar, result_storage_type varchar(20) DEFAULT 'none', result_ttl_seconds bigint, result_max_size_bytes bigint,
  trace_id varchar(128), correlation_id varchar(128), parent_span_id varchar(128), span_context text);
INSERT INTO hammerwork_jobs (id, queue_name, payload, status, attempts, created_at, scheduled_at, started_at, completed_at, priority,
                             trace_id, correlation_id)
SELECT md5(i::text)::uuid, 'queue-' || i % 8, jsonb_build_object('order', i, 'customer', 'customer-' || i % 1000, 'items', jsonb_build_array(1, 2, 3)),
       CASE WHEN i % 10 = 0 THEN 'Pending' ELSE 'Completed' END, CASE WHEN i % 10 = 0 THEN 0 ELSE 1 END,
       timestamptz '2026-01-01' + i * interval '1 second', timestamptz '2026-01-01' + i * interval '1 second',
       CASE WHEN i % 10 <> 0 THEN timestamptz '2026-01-01' + i * interval '1 second' + interval '3 seconds' END,
       CASE WHEN i % 10 <> 0 THEN timestamptz '2026-01-01' + i * interval '1 second' + interval '5 seconds' END, i % 5,
       CASE WHEN i = :jobs / 2 THEN :'trace' ELSE md5('trace' || i) END, 'order-' || i
FROM generate_series(1, :jobs) i;
CREATE INDEX idx_hammerwork_jobs_queue_status_priority_scheduled ON hammerwork_jobs (queue_name, status, priority DESC, scheduled_at)
  WHERE status IN ('Pending', 'Retrying');
CREATE INDEX idx_hammerwork_jobs_trace_id ON hammerwork_jobs (trace_id) WHERE trace_id IS NOT NULL;
CREATE INDEX idx_hammerwork_jobs_correlation_id ON hammerwork_jobs (correlation_id) WHERE correlation_id IS NOT NULL;
CREATE INDEX idx_hammerwork_jobs_depends_on ON hammerwork_jobs USING gin (depends_on);
CREATE INDEX idx_hammerwork_jobs_parent_span_id ON hammerwork_jobs (parent_span_id) WHERE parent_span_id IS NOT NULL;
VACUUM ANALYZE hammerwork_jobs;
