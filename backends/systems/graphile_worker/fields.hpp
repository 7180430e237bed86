// Where Graphile Worker keeps each canonical fact (docs/systems/graphile-worker.md sections 2 and 3). The payload is of
// type json: it is looked into as text, since what may stand in json (`\u0000`) would end a statement that casts it.
// Part of system.cpp and early.cpp.
#pragma once

#include <array>

#include "backends/engines/constant_text.hpp"
#include "backends/engines/sql/system.hpp"

namespace queuetrace::graphile_worker {

inline constexpr Text locked = "j.locked_at IS NOT NULL";
/// Permanently: no attempt is left. While a job is locked this says nothing (docs/systems/graphile-worker.md section
/// 3).
inline constexpr Text failed = "j.locked_at IS NULL AND j.attempts >= j.max_attempts";
inline constexpr Text orphaned = "j.locked_at < now() - interval '4 hours'";
inline constexpr Text waits = "j.locked_at IS NULL AND j.attempts < j.max_attempts";

/// Jobs of a named queue run one after the other: the row of the queue, `queues`, is locked meanwhile.
consteval auto behind_queue(const auto& queues, const auto& same) {
  return "EXISTS (SELECT 1 FROM " + Text(queues) + " o WHERE " + Text(same) + " AND o.locked_at IS NOT NULL)";
}

inline constexpr std::array state_words{
    StateMapping{"locked", JobState::running},
    StateMapping{"permanently failed", JobState::failed, "no attempt is left"},
    StateMapping{"queue locked", JobState::blocked, "another job of its named queue runs"},
    StateMapping{"failed attempt", JobState::retrying, "another attempt is left"},
    StateMapping{"future", JobState::scheduled},
    StateMapping{"ready", JobState::pending},
};

/// Behind those that a relation has of its own: running, failed, blocked.
inline constexpr SqlStateRule is_running{.state = JobState::running, .when = constant<locked>, .native = "locked"};
inline constexpr SqlStateRule has_failed{
    .state = JobState::failed, .when = "j.attempts >= j.max_attempts", .native = "permanently failed"};
inline constexpr SqlStateRule retries{
    .state = JobState::retrying, .when = "j.attempts > 0 AND j.last_error IS NOT NULL", .native = "failed attempt"};
inline constexpr SqlStateRule is_later{.state = JobState::scheduled, .when = "j.run_at > now()", .native = "future"};
inline constexpr SqlStateRule is_ready{.state = JobState::pending, .native = "ready"};

inline constexpr std::string_view payload_document = "replace(j.payload::text, '\\u0000', '\\ufffd')::jsonb";

inline constexpr std::array carriers{SqlCarrier{.document = "j.payload"}};

inline constexpr std::array notes{
    SqlNoteRule{"stale", "locked for over 4 hours, after which the library takes its worker for dead",
                constant<orphaned>},
    SqlNoteRule{"key-taken-over", "it runs, and its key was given to a job that was added meanwhile",
                constant<locked + " AND j.attempts >= j.max_attempts AND j.key IS NULL">},
    SqlNoteRule{"back-from-dead-worker", "it was fetched before, without an error: its worker was given up",
                constant<waits + " AND j.attempts > 0 AND j.last_error IS NULL">},
};

inline constexpr std::array waiting_times{SqlTiming{"j.run_at", "j.locked_at", constant<locked>}};
inline constexpr std::array running_times{SqlTiming{"j.locked_at", "now()", constant<locked>}};

inline constexpr std::array newest{SqlOrderKey{"j.id", SqlType::integer, true}};
inline constexpr std::array storage{SqlOrderKey{"j.id", SqlType::integer}};
inline constexpr std::array stale{SqlNoteRule{"stale", "", constant<orphaned>}};

inline constexpr std::string_view order_note =
    "jobs of one priority and time have no order, and a worker that does not know a task passes its jobs by";
inline constexpr std::string_view statistics_note = "completed jobs are deleted, so that nothing is known of them";

inline constexpr SystemInfo info{
    .name = "graphile-worker",
    .title = "Graphile Worker",
    .family = StorageFamily::postgresql,
    .summary = "job queue for Node.js, in PostgreSQL tables",
    .versions = "0.13 to 0.18 (migrations 7 to 20)",
    .storage = "tables _private_jobs, _private_tasks, _private_job_queues; before 0.16 jobs, tasks, job_queues",
    .order =
        "over all tasks a worker knows: available and due, lowest priority number first, then run_at; of a named queue "
        "only one job at a time",
    .trace =
        "inside the payload, under keys of the application's choice (traceparent, _trace, meta and others are found by "
        "looking); of a payload that is a list, not",
    .limits =
        "completed jobs are deleted; the end of a failed one is its last change; running jobs cannot be stopped from "
        "the "
        "database",
    .states = state_words};

}  // namespace queuetrace::graphile_worker
