-- A table that a team wrote for itself, as own_table.toml describes it, with :jobs rows, one of them of trace :trace.
CREATE TABLE work_items (
  id bigserial PRIMARY KEY, topic text NOT NULL, task text NOT NULL, status text NOT NULL DEFAULT 'new', tries integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(), run_at timestamptz NOT NULL DEFAULT now(), picked_at timestamptz, done_at timestamptz,
  last_error text, body jsonb NOT NULL DEFAULT '{}', trace_id text);
INSERT INTO work_items (topic, task, status, tries, created_at, run_at, picked_at, done_at, body, trace_id)
SELECT 'topic-' || i % 8, 'send', CASE WHEN i % 10 = 0 THEN 'new' ELSE 'done' END, CASE WHEN i % 10 = 0 THEN 0 ELSE 1 END, t.at, t.at,
       CASE WHEN i % 10 <> 0 THEN t.at + interval '3 s' END, CASE WHEN i % 10 <> 0 THEN t.at + interval '5 s' END,
       jsonb_build_object('order', i, 'customer', 'customer-' || i % 1000), CASE WHEN i = :jobs / 2 THEN :'trace' ELSE md5('trace' || i) END
FROM generate_series(1, :jobs) i CROSS JOIN LATERAL (SELECT timestamptz '2026-01-01' + i * interval '1 second') t(at);
CREATE INDEX work_items_next ON work_items (topic, run_at, id) WHERE status = 'new';
CREATE INDEX work_items_trace_id ON work_items (trace_id);
VACUUM ANALYZE work_items;
