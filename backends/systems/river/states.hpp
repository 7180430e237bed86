// River's states and what they mean (docs/systems/river.md section 3), and texts that its two databases share.
#pragma once

#include <array>

#include "backends/engines/sql/system.hpp"

namespace queuetrace::river {

inline constexpr std::array state_words{
    StateMapping{"available", JobState::pending},
    StateMapping{"scheduled", JobState::scheduled},
    StateMapping{"pending", JobState::blocked, "an extension of River holds it until what it waits for is done"},
    StateMapping{"running", JobState::running},
    StateMapping{"retryable", JobState::retrying},
    StateMapping{"completed", JobState::completed},
    StateMapping{"discarded", JobState::dead, "no attempt is left"},
    StateMapping{"cancelled", JobState::cancelled, "by its worker or by a client"},
};

inline constexpr std::array states{
    SqlStateRule{JobState::completed, "'completed'"}, SqlStateRule{JobState::pending, "'available'"},
    SqlStateRule{JobState::running, "'running'"},     SqlStateRule{JobState::retrying, "'retryable'"},
    SqlStateRule{JobState::scheduled, "'scheduled'"}, SqlStateRule{JobState::dead, "'discarded'"},
    SqlStateRule{JobState::cancelled, "'cancelled'"}, SqlStateRule{JobState::blocked, "'pending'"},
};

inline constexpr std::string_view summary = "job queue for Go, in PostgreSQL tables or, read only, an SQLite file";
inline constexpr std::string_view schema_versions =
    "schema versions 2 to 8 (0.0.x to 0.51); newer ones are read by what their columns offer";
inline constexpr std::string_view taking_order =
    "in each queue: available and due, lowest priority number first, then scheduled_at, then id";
inline constexpr std::string_view trace_places =
    "metadata.traceparent (otelriver), or a traceparent that the application puts into metadata or arguments; each "
    "attempt is a trace of its own, linked to that of the insert";
inline constexpr std::string_view limits =
    "no parents in the open-source release; the times of earlier attempts are known only where they failed";

inline constexpr std::string_view snoozed = "its worker put it off; that is not counted as an attempt";
inline constexpr std::string_view rescued = "an attempt was cut short: the elected client took the job back";
inline constexpr std::string_view cancel_requested = "a cancel was requested; it ends when its worker notices";
inline constexpr std::string_view overdue = "it is due for over a minute, and no elected client made it available";
inline constexpr std::string_view runs_long =
    "it has run for longer than {=rescue_after_seconds} seconds, after which the elected client rescues jobs";
inline constexpr std::string_view trace_of_insert =
    "the trace is that of the insert: the library's tracing starts a new one for each attempt, linked to it";

// What doctor says.
inline constexpr std::string_view stuck_running =
    "have run for longer than {=rescue_after_seconds} seconds and were not rescued: their client is gone and no client "
    "is elected, or their worker's time-out is longer";
inline constexpr std::string_view never_promoted =
    "are due for over a minute and were not made available: no client is elected to do it";
inline constexpr std::string_view unheard =
    "were asked to cancel over a minute ago and still run: their worker does not look at its context, or their client "
    "is gone";
inline constexpr std::string_view never_taken =
    "could have run for over {~alert_age}, in queues that are not paused: no client works on them, or too few";
inline constexpr std::string_view paused_long = "have been paused for over {~alert_age} while jobs in them are due";
inline constexpr std::string_view start_client = "start a client that works on queues; it elects itself within seconds";

inline constexpr std::array settings{SqlSetting{"rescue_after_seconds", 3'600, 1, 31'536'000}};

}  // namespace queuetrace::river
