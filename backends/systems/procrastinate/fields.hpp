// Where Procrastinate keeps each canonical fact: the columns of procrastinate_jobs by schema level, and the history in
// procrastinate_events (docs/systems/procrastinate.md sections 2.2, 2.3 and 3). Part of system.cpp, apart for its
// length.
#pragma once

#include <array>

#include "backends/engines/sql/system.hpp"

namespace queuetrace::procrastinate {

/// The history of one job, by event id: times of one transaction are equal, and `scheduled` rows hold the time the job
/// is scheduled for, not one at which something happened. Labels are compared as text: older schemas lack some. The
/// events are put in order once, and every aggregate sees them newest first.
inline constexpr std::string_view history =
    "LEFT JOIN LATERAL (SELECT min(v.at) FILTER (WHERE v.type = 'deferred') AS created_at, count(*) FILTER (WHERE "
    "v.type = 'started') AS runs, count(*) FILTER (WHERE v.type <> 'scheduled') AS recorded, count(*) FILTER (WHERE "
    "v.type = 'cancelled') AS cancels, max(v.id) FILTER (WHERE v.type = 'started') AS started_id, (array_agg(v.at) "
    "FILTER (WHERE v.type = 'started'))[1] AS started_at, (array_agg(v.at) FILTER (WHERE v.type IN ('deferred', "
    "'deferred_for_retry', 'retried')))[1] AS queued_at, max(v.id) FILTER (WHERE v.type IN ('succeeded', 'failed', "
    "'cancelled', 'aborted')) AS ended_id, (array_agg(v.at) FILTER (WHERE v.type IN ('succeeded', 'failed', "
    "'cancelled', 'aborted')))[1] AS ended_at, (array_agg(v.at) FILTER (WHERE v.type = 'abort_requested'))[1] AS "
    "abort_requested_at FROM (SELECT n.id, n.at, n.type::text AS type FROM {procrastinate_events} n WHERE n.job_id = "
    "j.id ORDER BY n.id DESC) v) e ON true";

inline constexpr std::array joins{
    SqlJoin{"e", history},
    SqlJoin{"w",
            "LEFT JOIN LATERAL (SELECT b.last_heartbeat FROM {procrastinate_workers} b WHERE b.id = j.worker_id) w ON "
            "true",
            "worker_id procrastinate_workers.last_heartbeat"},
};

/// The end that belongs to the run shown: a job that runs again still has its earlier end, and releases before 3.0
/// record none when a job that was asked to abort finishes.
inline constexpr std::string_view finished =
    "CASE WHEN j.status::text IN ('succeeded', 'failed', 'cancelled', 'aborted') AND e.ended_id > "
    "coalesce(e.started_id, 0) THEN e.ended_at END";

inline constexpr std::string_view correlation =
    "coalesce(j.args ->> 'correlation_id', j.args ->> 'correlationId', j.args ->> 'request_id', j.args ->> "
    "'requestId', j.args ->> 'x-request-id', j.args ->> 'x-correlation-id')";

inline constexpr std::array fields{
    SqlFieldRule{SqlField::id, "j.id"},
    SqlFieldRule{SqlField::queue, "j.queue_name"},
    SqlFieldRule{SqlField::kind, "j.task_name"},
    SqlFieldRule{SqlField::native_state, "j.status::text"},
    SqlFieldRule{SqlField::priority, "j.priority", "priority"},
    SqlFieldRule{SqlField::priority, "0"},
    // Executions begun. Where nothing was recorded (triggers off, events removed) the library's own count must do.
    SqlFieldRule{SqlField::attempts, "CASE WHEN e.recorded > 0 THEN e.runs ELSE j.attempts END"},
    SqlFieldRule{SqlField::created_at, "coalesce(e.created_at, j.created_at)", "created_at=timestamptz"},
    SqlFieldRule{SqlField::created_at, "coalesce(e.created_at, j.deferred_at)", "deferred_at=timestamptz"},
    SqlFieldRule{SqlField::created_at, "e.created_at"},
    SqlFieldRule{SqlField::scheduled_at, "j.scheduled_at"},
    SqlFieldRule{SqlField::started_at, "e.started_at"},
    SqlFieldRule{SqlField::finished_at, finished},
    SqlFieldRule{SqlField::worker, "j.worker_id::text", "worker_id"},
    SqlFieldRule{SqlField::payload, "j.args::text"},
    SqlFieldRule{SqlField::payload_size, "octet_length(j.args::text)"},
    SqlFieldRule{SqlField::payload_document, "j.args"},
    SqlFieldRule{SqlField::correlation_id, correlation},
};

using ExtraForm = SqlExtra::Form;

/// At most this many of the newest events are shown (LIMIT below).
inline constexpr std::string_view events_list =
    "(SELECT jsonb_agg(jsonb_build_object('type', n.type::text, 'at', n.at) ORDER BY n.id) FROM (SELECT v.id, v.type, "
    "v.at FROM {procrastinate_events} v WHERE v.job_id = j.id ORDER BY v.id DESC LIMIT 50) n)";

inline constexpr std::string_view periodic =
    "(SELECT jsonb_build_object('task', p.task_name, 'id', p.periodic_id, 'tick', to_timestamp(p.defer_timestamp)) "
    "FROM {procrastinate_periodic_defers} p WHERE p.job_id = j.id LIMIT 1)";

/// Which job of the same lock holds back `j`: a running one, else the one that goes before it
/// (docs/systems/procrastinate.md section 4). Without a lock nothing is looked for: the server would look at every job.
inline constexpr std::string_view holder_by_priority =
    "(SELECT jsonb_build_object('id', o.id, 'status', o.status::text, 'queue', o.queue_name, 'scheduled_at', "
    "o.scheduled_at) FROM {procrastinate_jobs} o WHERE j.status = 'todo' AND j.lock IS NOT NULL AND o.lock = j.lock "
    "AND o.id <> j.id AND "
    "(o.status = 'doing' OR (o.status = 'todo' AND (o.priority, -o.id) > (j.priority, -j.id))) ORDER BY (o.status = "
    "'doing') DESC, o.priority DESC, o.id LIMIT 1)";
inline constexpr std::string_view holder_by_id =
    "(SELECT jsonb_build_object('id', o.id, 'status', o.status::text, 'queue', o.queue_name, 'scheduled_at', "
    "o.scheduled_at) FROM {procrastinate_jobs} o WHERE j.status = 'todo' AND j.lock IS NOT NULL AND o.lock = j.lock "
    "AND o.id < j.id AND "
    "o.status::text IN ('todo', 'doing', 'aborting') ORDER BY o.id LIMIT 1)";

inline constexpr std::array extras{
    SqlExtra{"lock", "j.lock"},
    SqlExtra{"queueing_lock", "j.queueing_lock", ExtraForm::text, "queueing_lock"},
    SqlExtra{"blocked_by", holder_by_priority, ExtraForm::json, "@lock_by_priority"},
    SqlExtra{"blocked_by", holder_by_id, ExtraForm::json, "!@lock_by_priority"},
    SqlExtra{"stored_attempts", "j.attempts", ExtraForm::integer},
    SqlExtra{"abort_requested", "nullif(j.abort_requested, false)", ExtraForm::boolean, "abort_requested"},
    SqlExtra{"abort_requested_at", "e.abort_requested_at", ExtraForm::time},
    SqlExtra{"worker_heartbeat_at", "w.last_heartbeat", ExtraForm::time,
             "worker_id procrastinate_workers.last_heartbeat"},
    SqlExtra{"periodic", periodic, ExtraForm::json,
             "procrastinate_periodic_defers.periodic_id procrastinate_periodic_defers.defer_timestamp "
             "procrastinate_periodic_defers.job_id"},
    SqlExtra{"events", events_list, ExtraForm::json},
};

/// Columns of releases up to 3.10; any other is shown as it is.
inline constexpr std::string_view columns =
    "id queue_name task_name priority lock queueing_lock args status scheduled_at attempts abort_requested worker_id";

inline constexpr std::array carriers{SqlCarrier{.document = "j.args"}};

inline constexpr SqlActivityLog activity{.table = "{procrastinate_events}",
                                         .key = "v.id",
                                         .time = "v.at",
                                         .counted = "v.type::text <> 'scheduled'",
                                         .job = "v.job_id"};

}  // namespace queuetrace::procrastinate
