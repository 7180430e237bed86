// Where GoodJob keeps each canonical fact: the columns of `good_jobs`, Active Job's hash in `serialized_params`, and
// one row per attempt in `good_job_executions` (docs/systems/good-job.md sections 2 and 3). Times are timestamps
// without zone, UTC. Part of system.cpp, apart for its length.
#pragma once

#include <array>

#include "backends/engines/constant_text.hpp"
#include "backends/engines/sql/system.hpp"

namespace queuetrace::good_job {

/// The time of a column, whatever zone the session has.
consteval auto moment(const auto& column) { return "(j." + Text(column) + " AT TIME ZONE 'UTC')"; }
/// Now, as the columns hold it.
inline constexpr Text utc_now = "(now() AT TIME ZONE 'UTC')";

/// A worker holds a session's advisory lock on a job that it runs; the key is made of the job's id. Locks of other
/// databases of the server do not count.
inline constexpr Text locked =
    "('x' || substr(md5('good_jobs-' || j.active_job_id::text), 1, 16))::bit(64)::bigint IN (SELECT (l.classid::bigint "
    "<< 32) | l.objid::bigint FROM pg_catalog.pg_locks l WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND "
    "l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = current_database()))";
/// Its process wrote a heartbeat within the five minutes after which the library takes it for dead.
inline constexpr Text process_lives =
    "EXISTS (SELECT 1 FROM {good_job_processes} p WHERE p.id = j.locked_by_id AND "
    "p.updated_at > " +
    utc_now + " - interval '5 minutes')";
/// Begun, not ended, and nobody holds it.
inline constexpr Text interrupted_by_lock =
    "j.performed_at IS NOT NULL AND j.finished_at IS NULL AND NOT (" + locked + ")";
inline constexpr Text interrupted = interrupted_by_lock + " AND NOT " + process_lives;
inline constexpr std::string_view knows_processes = "locked_by_id good_job_processes.updated_at";

inline constexpr Text arguments = "j.serialized_params -> 'arguments'";
inline constexpr Text named_class = "coalesce(j.job_class, j.serialized_params ->> 'job_class')";
/// Mails are sent by a class of Rails; the mailer and its method are the first arguments.
consteval auto kind(const auto& name) {
  return "CASE WHEN " + Text(name) + " LIKE 'ActionMailer::%' AND jsonb_typeof(" + arguments + ") = 'array' THEN (" +
         arguments + " ->> 0) || '#' || (" + arguments + " ->> 1) ELSE " + Text(name) + " END";
}

/// `__otel_headers`, pairs [name, value], as the OpenTelemetry instrumentation of Active Job writes them. By default a
/// retry starts a new trace, and those of earlier attempts are only in their executions.
inline constexpr std::array carriers{
    SqlCarrier{.document = "j.serialized_params"},
    SqlCarrier{.document = "x.serialized_params",
               .needs = "good_job_executions.serialized_params",
               .table = "good_job_executions",
               .job = "x.active_job_id",
               .order = "x.created_at",
               .what = "attempt"},
};

inline constexpr std::array fields{
    SqlFieldRule{SqlField::id, "j.id"},
    SqlFieldRule{SqlField::queue, "coalesce(j.queue_name, 'default')"},
    SqlFieldRule{SqlField::kind, constant<kind(named_class)>, "job_class"},
    SqlFieldRule{SqlField::kind, constant<kind("j.serialized_params ->> 'job_class'")>},
    SqlFieldRule{SqlField::priority, "j.priority"},
    SqlFieldRule{SqlField::attempts,
                 "coalesce(j.executions_count::text, CASE WHEN j.serialized_params ->> 'executions' ~ '^[0-9]{1,9}$' "
                 "THEN j.serialized_params ->> 'executions' END)",
                 "executions_count"},
    SqlFieldRule{SqlField::attempts,
                 "CASE WHEN j.serialized_params ->> 'executions' ~ '^[0-9]{1,9}$' THEN j.serialized_params ->> "
                 "'executions' END"},
    SqlFieldRule{SqlField::created_at, constant<moment("created_at")>},
    SqlFieldRule{SqlField::scheduled_at, constant<moment("scheduled_at")>},
    SqlFieldRule{SqlField::started_at, constant<moment("performed_at")>},
    SqlFieldRule{SqlField::finished_at, constant<moment("finished_at")>},
    SqlFieldRule{
        SqlField::worker,
        "(SELECT (p.state ->> 'hostname') || ':' || (p.state ->> 'pid') FROM {good_job_processes} p WHERE p.id "
        "= j.locked_by_id)",
        "locked_by_id good_job_processes.state=jsonb"},
    SqlFieldRule{SqlField::error, "j.error"},
    SqlFieldRule{SqlField::payload, constant<"(" + arguments + ")::text">},
    SqlFieldRule{SqlField::payload_size, constant<"octet_length((" + arguments + ")::text)">},
    SqlFieldRule{SqlField::payload_document, constant<arguments>},
    SqlFieldRule{SqlField::batch_id, "j.batch_id", "batch_id"},
};

using ExtraForm = SqlExtra::Form;

/// The newest twenty attempts, oldest first.
inline constexpr std::string_view executions =
    "(SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('started_at', n.created_at AT TIME ZONE 'UTC', "
    "'finished_at', n.finished_at AT TIME ZONE 'UTC', 'error', left(n.error, 2000), 'carrier', n.serialized_params -> "
    "'__otel_headers')) ORDER BY n.created_at) FROM (SELECT e.* FROM {good_job_executions} e WHERE e.active_job_id = "
    "j.active_job_id ORDER BY e.created_at DESC LIMIT 20) n)";

inline constexpr std::array extras{
    SqlExtra{"executions", executions, ExtraForm::json, "good_job_executions.serialized_params"},
    SqlExtra{"error_event",
             "(ARRAY['interrupted', 'unhandled', 'handled', 'retried', 'retry_stopped', 'discarded'])[j.error_event + "
             "1]",
             ExtraForm::text, "error_event"},
    SqlExtra{"active_job_id", "nullif(j.active_job_id, j.id)"},
    // Classes that only include the extension have their own name for a key, and no limit.
    SqlExtra{"concurrency_key", "nullif(j.concurrency_key, j.job_class)", ExtraForm::text, "job_class concurrency_key"},
    SqlExtra{"cron_key", "j.cron_key"},
    SqlExtra{"labels", "to_jsonb(j.labels)", ExtraForm::json, "labels"},
    SqlExtra{"batch_callback_id", "j.batch_callback_id", ExtraForm::text, "batch_callback_id"},
};

inline constexpr std::string_view columns =
    "id queue_name priority serialized_params scheduled_at performed_at finished_at error created_at updated_at "
    "active_job_id concurrency_key cron_key cron_at retried_good_job_id batch_id batch_callback_id is_discrete "
    "executions_count job_class error_event labels locked_by_id locked_at lock_type";

}  // namespace queuetrace::good_job
