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

/// The key of the advisory lock that a worker's session holds on a job that it runs.
consteval auto lock_key(const auto& row) {
  return "('x' || substr(md5('good_jobs-' || " + Text(row) + ".active_job_id::text), 1, 16))::bit(64)::bigint";
}
/// Locks of other databases of the server do not count.
inline constexpr Text locked =
    lock_key("j") +
    " IN (SELECT (l.classid::bigint << 32) | l.objid::bigint FROM pg_catalog.pg_locks l WHERE l.locktype = 'advisory' "
    "AND l.objsubid = 1 AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = "
    "current_database()))";
/// Its process wrote a heartbeat within the five minutes after which the library takes it for dead.
inline constexpr Text process_lives =
    "EXISTS (SELECT 1 FROM {good_job_processes} p WHERE p.id = j.locked_by_id AND "
    "p.updated_at > " +
    utc_now + " - interval '5 minutes')";
/// Nobody holds it. Workers of the strategy skiplocked (4.15) take no advisory lock.
inline constexpr Text is_free = "NOT (" + locked + ") AND NOT " + process_lives;
inline constexpr Text interrupted = "j.performed_at IS NOT NULL AND j.finished_at IS NULL AND " + is_free;

inline constexpr Text arguments = "j.serialized_params -> 'arguments'";
/// Mails are sent by a class of Rails; the mailer and its method are the first arguments.
inline constexpr Text kind = "CASE WHEN j.job_class LIKE 'ActionMailer::%' AND jsonb_typeof(" + arguments +
                             ") = 'array' THEN (" + arguments + " ->> 0) || '#' || (" + arguments +
                             " ->> 1) ELSE j.job_class END";

/// `__otel_headers`, pairs [name, value], as the OpenTelemetry instrumentation of Active Job writes them. By default a
/// retry starts a new trace, and those of earlier attempts are only in their executions.
inline constexpr std::array carriers{
    SqlCarrier{.document = "j.serialized_params"},
    SqlCarrier{.document = "x.serialized_params",
               .table = "good_job_executions",
               .job = "x.active_job_id",
               .order = "x.created_at",
               .what = "attempt"},
};

inline constexpr std::array fields{
    SqlFieldRule{SqlField::id, "j.id"},
    SqlFieldRule{SqlField::queue, "coalesce(j.queue_name, 'default')"},
    SqlFieldRule{SqlField::kind, constant<kind>},
    SqlFieldRule{SqlField::priority, "j.priority"},
    SqlFieldRule{SqlField::attempts, "coalesce(j.executions_count, 0)"},
    SqlFieldRule{SqlField::created_at, constant<moment("created_at")>},
    SqlFieldRule{SqlField::scheduled_at, constant<moment("scheduled_at")>},
    SqlFieldRule{SqlField::started_at, constant<moment("performed_at")>},
    SqlFieldRule{SqlField::finished_at, constant<moment("finished_at")>},
    SqlFieldRule{
        SqlField::worker,
        "(SELECT (p.state ->> 'hostname') || ':' || (p.state ->> 'pid') FROM {good_job_processes} p WHERE p.id "
        "= j.locked_by_id)"},
    SqlFieldRule{SqlField::error, "j.error"},
    SqlFieldRule{SqlField::payload, constant<"(" + arguments + ")::text">},
    SqlFieldRule{SqlField::payload_size, constant<"octet_length((" + arguments + ")::text)">},
    SqlFieldRule{SqlField::payload_document, constant<arguments>},
    SqlFieldRule{SqlField::batch_id, "j.batch_id"},
};

using ExtraForm = SqlExtra::Form;

/// The library's word for what became of an error.
consteval auto event(const auto& row) {
  return "(ARRAY['interrupted', 'unhandled', 'handled', 'retried', 'retry_stopped', 'discarded'])[" + Text(row) +
         ".error_event + 1]";
}
/// The newest twenty attempts, oldest first; texts are cut.
inline constexpr Text executions =
    "(SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('started_at', n.created_at AT TIME ZONE 'UTC', "
    "'finished_at', n.finished_at AT TIME ZONE 'UTC', 'error', left(n.error, 2000), 'error_event', " +
    event("n") +
    ", 'backtrace', left(array_to_string(n.error_backtrace[1:10], chr(10)), 2000), 'carrier', n.serialized_params -> "
    "'__otel_headers')) ORDER BY n.created_at) FROM (SELECT e.* FROM {good_job_executions} e WHERE e.active_job_id = "
    "j.active_job_id ORDER BY e.created_at DESC LIMIT 20) n)";
inline constexpr std::string_view batch =
    "(SELECT jsonb_strip_nulls(jsonb_build_object('description', left(b.description, 200), 'enqueued_at', "
    "b.enqueued_at AT TIME ZONE 'UTC', 'discarded_at', b.discarded_at AT TIME ZONE 'UTC', 'finished_at', b.finished_at "
    "AT TIME ZONE 'UTC')) FROM {good_job_batches} b WHERE b.id = j.batch_id)";

inline constexpr std::array extras{
    SqlExtra{"executions", constant<executions>, ExtraForm::json},
    SqlExtra{"error_event", constant<event("j")>},
    SqlExtra{"batch", batch, ExtraForm::json},
    SqlExtra{"active_job_id", "nullif(j.active_job_id, j.id)"},
    // Classes that only include the extension have their own name for a key, and no limit.
    SqlExtra{"concurrency_key", "nullif(j.concurrency_key, j.job_class)"},
    SqlExtra{"cron_key", "j.cron_key"},
    SqlExtra{"labels", "to_jsonb(j.labels)", ExtraForm::json},
    SqlExtra{"batch_callback_id", "j.batch_callback_id"},
};

inline constexpr std::string_view columns =
    "id queue_name priority serialized_params scheduled_at performed_at finished_at error created_at updated_at "
    "active_job_id concurrency_key cron_key cron_at retried_good_job_id batch_id batch_callback_id is_discrete "
    "executions_count job_class error_event labels locked_by_id locked_at lock_type";

}  // namespace queuetrace::good_job
