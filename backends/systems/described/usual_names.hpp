// What columns and words of queues in people's own tables are usually called.
#pragma once

#include <optional>
#include <string_view>

#include "model/job_state.hpp"

namespace queuetrace::described {

/// Words by which columns are usually called that hold the field, the most telling first, separated by blanks; empty
/// for a field without usual words.
std::string_view usual_columns(std::string_view field);

/// Columns whose words tell the state.
inline constexpr std::string_view usual_state_columns = "status state job_status job_state";

/// Columns that hold trace ids or contexts.
inline constexpr std::string_view usual_trace_columns =
    "traceparent trace_parent trace_id traceid trace_context tracing tracingspancontext otel_context";

/// The state that a word usually means, without regard to case; absent: nobody can tell.
std::optional<JobState> usual_state(std::string_view word);

}  // namespace queuetrace::described
