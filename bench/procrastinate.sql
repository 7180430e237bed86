-- Procrastinate's tables of schema 3.4 (docs/systems/procrastinate.md section 2) with :jobs rows, one of them of trace :trace, and three events each.
CREATE TYPE procrastinate_job_status AS ENUM ('todo', 'doing', 'succeeded', 'failed', 'cancelled', 'aborted');
CREATE TYPE procrastinate_job_event_type AS ENUM ('deferred', 'started', 'deferred_for_retry', 'failed', 'succeeded', 'cancelled',
  'abort_requested', 'aborted', 'scheduled', 'retried');
CREATE TABLE procrastinate_workers (id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, last_heartbeat timestamptz NOT NULL DEFAULT now());
CREATE TABLE procrastinate_jobs (
  id bigserial PRIMARY KEY, queue_name varchar(128) NOT NULL, task_name varchar(128) NOT NULL, priority integer NOT NULL DEFAULT 0, lock text,
  queueing_lock text, args jsonb NOT NULL DEFAULT '{}', status procrastinate_job_status NOT NULL DEFAULT 'todo', scheduled_at timestamptz,
  attempts integer NOT NULL DEFAULT 0, abort_requested boolean NOT NULL DEFAULT false, worker_id bigint
  REFERENCES procrastinate_workers (id) ON DELETE SET NULL);
CREATE TABLE procrastinate_events (
  id bigserial PRIMARY KEY, job_id bigint NOT NULL, type procrastinate_job_event_type, at timestamptz DEFAULT now());
CREATE TABLE procrastinate_periodic_defers (
  id bigserial PRIMARY KEY, task_name varchar(128) NOT NULL, defer_timestamp bigint, job_id bigint, periodic_id varchar(128) NOT NULL DEFAULT '');
INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, attempts)
SELECT 'queue-' || i % 8, 'app.tasks.send', jsonb_build_object('order', i, 'customer', 'customer-' || i % 1000, 'trace_context', jsonb_build_object(
         'traceparent', '00-' || CASE WHEN i = :jobs / 2 THEN :'trace' ELSE md5('trace' || i) END || '-' || left(md5('span' || i), 16) || '-01')),
       (CASE WHEN i % 10 = 0 THEN 'todo' ELSE 'succeeded' END)::procrastinate_job_status, CASE WHEN i % 10 = 0 THEN 0 ELSE 1 END
FROM generate_series(1, :jobs) i;
INSERT INTO procrastinate_events (job_id, type, at)
SELECT i, e.type::procrastinate_job_event_type, timestamptz '2026-01-01' + i * interval '1 second' + e.later
FROM generate_series(1, :jobs) i CROSS JOIN (VALUES ('deferred', interval '0'), ('started', interval '3 s'), ('succeeded', interval '5 s')) e(type, later)
WHERE e.type = 'deferred' OR i % 10 <> 0 ORDER BY i, e.later;
ALTER TABLE procrastinate_events ADD FOREIGN KEY (job_id) REFERENCES procrastinate_jobs (id) ON DELETE CASCADE;
CREATE INDEX procrastinate_jobs_queue_name_idx_v1 ON procrastinate_jobs (queue_name);
CREATE UNIQUE INDEX procrastinate_jobs_lock_idx_v1 ON procrastinate_jobs (lock) WHERE status = 'doing';
CREATE INDEX procrastinate_jobs_id_lock_idx_v1 ON procrastinate_jobs (id, lock) WHERE status IN ('todo', 'doing');
CREATE INDEX procrastinate_jobs_priority_idx_v1 ON procrastinate_jobs (priority DESC, id) WHERE status = 'todo';
CREATE INDEX procrastinate_events_job_id_fkey_v1 ON procrastinate_events (job_id);
CREATE INDEX procrastinate_jobs_trace_id_idx ON procrastinate_jobs (substr((args #>> '{trace_context,traceparent}'), 4, 32));
VACUUM ANALYZE procrastinate_jobs;
VACUUM ANALYZE procrastinate_events;
