// Where Solid Queue keeps each canonical fact: a row of `solid_queue_jobs`, and which of the five execution tables has
// a row for it (docs/systems/solid-queue.md sections 2 and 3). `arguments` is Active Job's hash as text, which is
// looked through by patterns: a cast would fail whole statements for one odd row. Part of system.cpp, apart for its
// length.
#pragma once

#include <array>

#include "backends/engines/constant_text.hpp"
#include "backends/engines/sql/system.hpp"
#include "backends/systems/solid_queue/states.hpp"

namespace queuetrace::solid_queue {

/// The time of a column, whatever zone the session has.
consteval auto moment(const auto& column) { return "(" + Text(column) + " AT TIME ZONE 'UTC')"; }
/// Now, as the columns hold it.
inline constexpr Text utc_now = "(now() AT TIME ZONE 'UTC')";

/// Attempts before this row's; behind `arguments`, in the order in which Active Job writes its hash.
inline constexpr Text executions = "substring(j.arguments FROM '\"executions\":([0-9]{1,9}),\"exception_executions\"')";
/// The id of the row of the attempt before (1.1.4 and later).
inline constexpr Text attempt_before = "substring(j.arguments FROM '\"provider_job_id\":\"?([0-9]{1,18})')";

/// A failed row's error is JSON text of our library's own making: {exception_class, message, backtrace}.
inline constexpr std::string_view error =
    "(SELECT CASE WHEN left(f.error, 1) = '{' AND position('\\u0000' IN f.error) = 0 THEN concat_ws(': ', "
    "f.error::json "
    "->> 'exception_class', f.error::json ->> 'message') ELSE f.error END FROM {solid_queue_failed_executions} f WHERE "
    "f.job_id = j.id)";
inline constexpr Text failed_at = "(SELECT f.created_at FROM {solid_queue_failed_executions} f WHERE f.job_id = j.id)";
inline constexpr Text claimed_at =
    "(SELECT c.created_at FROM {solid_queue_claimed_executions} c WHERE c.job_id = j.id)";

/// `__otel_headers`, pairs [name, value], as the OpenTelemetry instrumentation of Active Job writes them.
inline constexpr std::array carriers{SqlCarrier{.document = "j.arguments"}};

inline constexpr std::array fields{
    SqlFieldRule{SqlField::id, "j.id"},
    SqlFieldRule{SqlField::queue, "j.queue_name"},
    SqlFieldRule{SqlField::kind, "j.class_name"},
    SqlFieldRule{SqlField::priority, "j.priority"},
    // A row that has begun counts its own attempt.
    SqlFieldRule{SqlField::attempts, constant<"coalesce(" + executions + "::bigint, 0) + CASE WHEN " + finished +
                                              " OR " + claimed + " OR " + failed + " THEN 1 ELSE 0 END">},
    SqlFieldRule{SqlField::created_at, constant<moment("j.created_at")>},
    SqlFieldRule{SqlField::scheduled_at, constant<moment("j.scheduled_at")>},
    SqlFieldRule{SqlField::started_at, constant<moment(claimed_at)>},
    SqlFieldRule{SqlField::finished_at, constant<moment("coalesce(j.finished_at, " + failed_at + ")")>},
    SqlFieldRule{SqlField::worker,
                 "(SELECT coalesce(p.name, p.kind) || ' on ' || coalesce(p.hostname, '?') || ':' || p.pid FROM "
                 "{solid_queue_claimed_executions} c JOIN {solid_queue_processes} p ON p.id = c.process_id WHERE "
                 "c.job_id = j.id)",
                 "solid_queue_processes.name"},
    SqlFieldRule{SqlField::error, error},
    SqlFieldRule{SqlField::payload, "j.arguments"},
    SqlFieldRule{SqlField::payload_size, "octet_length(j.arguments)"},
    SqlFieldRule{SqlField::payload_document,
                 "CASE WHEN left(j.arguments, 1) = '{' AND position('\\u0000' IN j.arguments) = 0 THEN "
                 "j.arguments::jsonb END"},
    SqlFieldRule{
        SqlField::parents,
        constant<"CASE WHEN " + attempt_before + " IS NOT NULL THEN jsonb_build_array(" + attempt_before + ") END">},
};

using ExtraForm = SqlExtra::Form;

inline constexpr std::array extras{
    SqlExtra{"active_job_id", "j.active_job_id"},
    SqlExtra{"concurrency_key", "j.concurrency_key"},
    SqlExtra{"blocked_until",
             "(SELECT b.expires_at AT TIME ZONE 'UTC' FROM {solid_queue_blocked_executions} b WHERE b.job_id = j.id)",
             ExtraForm::time},
    SqlExtra{"recurring_task", "(SELECT r.task_key FROM {solid_queue_recurring_executions} r WHERE r.job_id = j.id)",
             ExtraForm::text, "solid_queue_recurring_executions.task_key"},
    SqlExtra{"process_id", "(SELECT c.process_id FROM {solid_queue_claimed_executions} c WHERE c.job_id = j.id)"},
};

inline constexpr std::string_view columns =
    "id queue_name class_name arguments priority active_job_id scheduled_at finished_at concurrency_key created_at "
    "updated_at";

}  // namespace queuetrace::solid_queue
