-- River's tables of schema version 6 (docs/systems/river.md section 2) with :jobs rows, one of them of trace :trace.
CREATE TYPE river_job_state AS ENUM ('available', 'cancelled', 'completed', 'discarded', 'pending', 'retryable', 'running', 'scheduled');
CREATE TABLE river_job (
  id bigserial PRIMARY KEY, state river_job_state NOT NULL DEFAULT 'available', attempt smallint NOT NULL DEFAULT 0,
  max_attempts smallint NOT NULL DEFAULT 25, attempted_at timestamptz, created_at timestamptz NOT NULL DEFAULT now(), finalized_at timestamptz,
  scheduled_at timestamptz NOT NULL DEFAULT now(), priority smallint NOT NULL DEFAULT 1, args jsonb NOT NULL, attempted_by text[], errors jsonb[],
  kind text NOT NULL, metadata jsonb NOT NULL DEFAULT '{}', queue text NOT NULL DEFAULT 'default', tags varchar(255)[] NOT NULL DEFAULT '{}',
  unique_key bytea, unique_states bit(8));
CREATE TABLE river_queue (
  name text PRIMARY KEY NOT NULL, created_at timestamptz NOT NULL DEFAULT now(), metadata jsonb NOT NULL DEFAULT '{}', paused_at timestamptz,
  updated_at timestamptz NOT NULL);
CREATE UNLOGGED TABLE river_leader (
  elected_at timestamptz NOT NULL, expires_at timestamptz NOT NULL, leader_id text NOT NULL, name text PRIMARY KEY);
CREATE TABLE river_migration (line text NOT NULL, version bigint NOT NULL, created_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (line, version));
INSERT INTO river_migration (line, version) SELECT 'main', n FROM generate_series(1, 6) n;
INSERT INTO river_job (state, attempt, attempted_at, created_at, finalized_at, scheduled_at, args, attempted_by, kind, metadata, queue)
SELECT CASE WHEN i % 10 = 0 THEN 'available' ELSE 'completed' END::river_job_state, CASE WHEN i % 10 = 0 THEN 0 ELSE 1 END,
       CASE WHEN i % 10 <> 0 THEN t.at + interval '3 s' END, t.at, CASE WHEN i % 10 <> 0 THEN t.at + interval '5 s' END, t.at,
       jsonb_build_object('order', i, 'customer', 'customer-' || i % 1000), CASE WHEN i % 10 <> 0 THEN ARRAY['host-' || i % 4] END, 'send',
       jsonb_build_object('traceparent', '00-' || CASE WHEN i = :jobs / 2 THEN :'trace' ELSE md5('trace' || i) END || '-' || left(md5('span' || i), 16) || '-01'),
       'queue-' || i % 8
FROM generate_series(1, :jobs) i CROSS JOIN LATERAL (SELECT timestamptz '2026-01-01' + i * interval '1 second') t(at);
CREATE INDEX river_job_kind ON river_job (kind);
CREATE INDEX river_job_state_and_finalized_at_index ON river_job (state, finalized_at) WHERE finalized_at IS NOT NULL;
CREATE INDEX river_job_prioritized_fetching_index ON river_job (state, queue, priority, scheduled_at, id);
CREATE INDEX river_job_args_index ON river_job USING gin (args);
CREATE INDEX river_job_metadata_index ON river_job USING gin (metadata);
CREATE INDEX river_job_trace_id_index ON river_job (substr((metadata ->> 'traceparent'), 4, 32));
VACUUM ANALYZE river_job;
