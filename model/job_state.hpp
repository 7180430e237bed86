// The one vocabulary of job states. Each system's own words map onto these in its file under backends/systems/.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace queuetrace {

enum class JobState { pending, scheduled, blocked, running, retrying, completed, failed, dead, cancelled, unknown };

inline constexpr std::array all_job_states{
    JobState::pending,   JobState::scheduled, JobState::blocked, JobState::running,   JobState::retrying,
    JobState::completed, JobState::failed,    JobState::dead,    JobState::cancelled, JobState::unknown};

/// The word users see and type: `pending`, `scheduled`, ...
std::string_view to_word(JobState state);

/// The state for a word, case-insensitive, with common synonyms (`ready`, `queued`, `waiting` = pending; `active` =
/// running; `succeeded`, `done` = completed; `canceled` = cancelled). Absent for any other word: it may be a
/// system's own.
std::optional<JobState> parse_job_state(std::string_view word);

/// Whether a job in this state is never run again without intervention.
bool is_finished(JobState state);

}  // namespace queuetrace
