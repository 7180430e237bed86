// Where Solid Queue keeps each canonical fact: a row of `solid_queue_jobs`, and which of the five execution tables has
// a row for it (docs/systems/solid-queue.md sections 2 and 3), in both of its databases. Part of system.cpp, apart for
// its length.
#pragma once

#include <array>

#include "backends/systems/solid_queue/databases.hpp"

namespace queuetrace::solid_queue {

/// The row of the attempt before: named since 1.1.4, else the one made before it under the same id of Active Job.
template <typename Database>
inline constexpr Text attempt_before =
    "coalesce(" + Database::named_before + ", CASE WHEN " + Database::executions + " <> '0' THEN (SELECT " +
    Database::as_text("max(o.id)") +
    " FROM {solid_queue_jobs} o WHERE o.active_job_id = j.active_job_id AND o.id < j.id) END)";

inline constexpr Text failed_at = "(SELECT f.created_at FROM {solid_queue_failed_executions} f WHERE f.job_id = j.id)";
inline constexpr Text claimed_at =
    "(SELECT c.created_at FROM {solid_queue_claimed_executions} c WHERE c.job_id = j.id)";

/// `__otel_headers`, pairs [name, value], as the OpenTelemetry instrumentation of Active Job writes them.
inline constexpr std::array carriers{SqlCarrier{.document = "j.arguments"}};

template <typename Database>
inline constexpr std::array fields{
    SqlFieldRule{SqlField::id, "j.id"},
    SqlFieldRule{SqlField::queue, "j.queue_name"},
    SqlFieldRule{SqlField::kind, "j.class_name"},
    SqlFieldRule{SqlField::priority, "j.priority"},
    // A row that has begun counts its own attempt.
    SqlFieldRule{SqlField::attempts,
                 constant<"coalesce(" + Database::as_integer(Database::executions) + ", 0) + CASE WHEN " + finished +
                          " OR " + claimed + " OR " + failed + " THEN 1 ELSE 0 END">},
    SqlFieldRule{SqlField::created_at, constant<Database::moment("j.created_at")>},
    SqlFieldRule{SqlField::scheduled_at, constant<Database::moment("j.scheduled_at")>},
    SqlFieldRule{SqlField::started_at, constant<Database::moment(claimed_at)>},
    SqlFieldRule{SqlField::finished_at, constant<Database::moment("coalesce(j.finished_at, " + failed_at + ")")>},
    SqlFieldRule{SqlField::worker,
                 "(SELECT coalesce(p.name, p.kind) || ' on ' || coalesce(p.hostname, '?') || ':' || p.pid FROM "
                 "{solid_queue_claimed_executions} c JOIN {solid_queue_processes} p ON p.id = c.process_id WHERE "
                 "c.job_id = j.id)",
                 "solid_queue_processes.name"},
    SqlFieldRule{SqlField::error, constant<"(SELECT coalesce(nullif(" + Database::failure +
                                           ", ''), f.error) FROM {solid_queue_failed_executions} f WHERE f.job_id = "
                                           "j.id)">},
    SqlFieldRule{SqlField::payload, "j.arguments"},
    SqlFieldRule{SqlField::payload_size, constant<Database::payload_size>},
    SqlFieldRule{SqlField::payload_document, constant<Database::document>},
    SqlFieldRule{SqlField::correlation_id, "j.active_job_id"},
    SqlFieldRule{SqlField::parents, constant<"CASE WHEN " + attempt_before<Database> + " IS NOT NULL THEN " +
                                             Database::list_of(attempt_before<Database>) + " END">},
};

using ExtraForm = SqlExtra::Form;

template <typename Database>
inline constexpr std::array extras{
    SqlExtra{"exceptions", constant<"nullif(" + Database::exceptions + ", '{}')">},
    SqlExtra{"concurrency_key", "j.concurrency_key"},
    SqlExtra{"blocked_until",
             constant<"(SELECT " + Database::moment("b.expires_at") +
                      " FROM {solid_queue_blocked_executions} b WHERE b.job_id = j.id)">,
             ExtraForm::time},
    SqlExtra{"recurring_task", "(SELECT r.task_key FROM {solid_queue_recurring_executions} r WHERE r.job_id = j.id)",
             ExtraForm::text, "solid_queue_recurring_executions.task_key"},
    SqlExtra{"process_id", "(SELECT c.process_id FROM {solid_queue_claimed_executions} c WHERE c.job_id = j.id)"},
};

inline constexpr std::string_view columns =
    "id queue_name class_name arguments priority active_job_id scheduled_at finished_at concurrency_key created_at "
    "updated_at";

}  // namespace queuetrace::solid_queue
