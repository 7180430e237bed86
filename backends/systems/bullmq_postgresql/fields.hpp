// Where BullMQ keeps each canonical fact in PostgreSQL: the columns of `job` (docs/systems/bullmq.md section 10). Part
// of system.cpp, apart for its length.
#pragma once

#include <array>

#include "backends/engines/constant_text.hpp"
#include "backends/engines/sql/system.hpp"

namespace queuetrace::bullmq_postgresql {

/// The time of a column of milliseconds since 1970; none where it is not within the years 1970 to 9999.
consteval auto moment(const auto& column) {
  return "CASE WHEN " + Text(column) + " BETWEEN 1 AND 253402300799999 THEN to_timestamp(" + Text(column) +
         " / 1000.0) END";
}
/// Now, as the columns hold it.
inline constexpr Text now_ms = "(extract(epoch FROM now()) * 1000)::bigint";

inline constexpr Text lock_ran_out =
    "j.state = 'active' AND (j.lock_token IS NULL OR j.locked_until_ms IS NULL OR j.locked_until_ms <= " + now_ms + ")";

inline constexpr std::array fields{
    SqlFieldRule{SqlField::id, "j.queue || '/' || j.id"},
    SqlFieldRule{SqlField::queue, "j.queue"},
    SqlFieldRule{SqlField::kind, "j.name"},
    SqlFieldRule{SqlField::priority, "nullif(j.priority, 0)"},
    SqlFieldRule{SqlField::attempts, "j.attempts_started"},
    SqlFieldRule{SqlField::max_attempts, "greatest(j.max_attempts, 1)"},
    SqlFieldRule{SqlField::created_at, constant<moment("j.added_at_ms")>},
    SqlFieldRule{SqlField::scheduled_at,
                 constant<"CASE WHEN j.state = 'delayed' THEN " + moment("j.process_at_ms") + " END">},
    SqlFieldRule{SqlField::started_at, constant<moment("j.processed_at_ms")>},
    SqlFieldRule{SqlField::finished_at,
                 constant<"CASE WHEN j.state IN ('completed', 'failed') THEN " + moment("j.finished_at_ms") + " END">},
    SqlFieldRule{SqlField::worker, "j.processed_by"},
    // A job that succeeded later keeps the reason; a thrown text leaves the word null.
    SqlFieldRule{SqlField::error,
                 "CASE WHEN j.state IN ('failed', 'delayed') THEN nullif(nullif(j.failed_reason, 'null'), '') END"},
    SqlFieldRule{SqlField::payload, "j.data::text"},
    SqlFieldRule{SqlField::payload_size, "octet_length(j.data::text)"},
    SqlFieldRule{SqlField::payload_document, "j.data"},
    SqlFieldRule{SqlField::result, "CASE WHEN j.state = 'completed' THEN j.return_value::text END"},
    SqlFieldRule{SqlField::causation_id, "j.parent_queue || '/' || j.parent_id"},
    // What a parent waits for; a hundred at most.
    SqlFieldRule{SqlField::parents,
                 "CASE WHEN j.state = 'waiting-children' THEN (SELECT jsonb_agg(n.child ORDER BY n.child)::text FROM "
                 "(SELECT d.child_queue || '/' || d.child_id AS child FROM {job_dependency} d WHERE d.parent_queue = "
                 "j.queue AND d.parent_id = j.id AND d.status = 'pending' LIMIT 100) n) END",
                 "job_dependency.child_id"},
};

using ExtraForm = SqlExtra::Form;

inline constexpr std::array extras{
    SqlExtra{"deferred_failure", "j.deferred_failure"},
    SqlExtra{"stacktrace", "CASE WHEN jsonb_typeof(j.stacktrace) = 'array' THEN left(j.stacktrace ->> -1, 16384) END"},
    SqlExtra{"scheduler", "j.scheduler_id"},
    SqlExtra{"deduplication_id", "j.dedup_id"},
    SqlExtra{"stalls", "nullif(j.stalled_count, 0)", ExtraForm::integer},
    SqlExtra{"locked_until", constant<moment("j.locked_until_ms")>, ExtraForm::time},
    SqlExtra{"progress", "CASE WHEN pg_column_size(j.progress) <= 16384 THEN nullif(j.progress, '0') END",
             ExtraForm::json},
    SqlExtra{"options", "CASE WHEN pg_column_size(j.opts) <= 16384 THEN j.opts END", ExtraForm::json},
    SqlExtra{"unfinished_children", "nullif(j.pending_deps, 0)", ExtraForm::integer},
};

/// The library's telemetry writes a text that is JSON; instrumentations of the community write beside the options.
inline constexpr std::array<std::string_view, 2> telemetry{"telemetry", "metadata"};
inline constexpr std::array<std::string_view, 1> beside_options{"traceparent"};
inline constexpr std::array option_places{SqlCarrierPlace{.members = telemetry, .word = "traceparent"},
                                          SqlCarrierPlace{.members = beside_options}};
inline constexpr std::array carriers{SqlCarrier{.document = "j.opts", .places = option_places},
                                     SqlCarrier{.document = "j.data"}};

inline constexpr std::string_view columns =
    "queue id seq name state data opts priority delay_ms max_attempts attempts_made attempts_started progress "
    "return_value failed_reason stacktrace deferred_failure processed_by added_at_ms process_at_ms processed_at_ms "
    "finished_at_ms lock_token locked_until_ms stalled_count stalled_marked dedup_id scheduler_id parent_queue "
    "parent_id parent_key pending_deps";

}  // namespace queuetrace::bullmq_postgresql
