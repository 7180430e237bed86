// What Hammerwork's state words mean, as one release or another spells them, in the jobs table and in the archive
// (docs/systems/hammerwork.md section 3). Part of system.cpp, apart for its length.
#pragma once

#include <array>

#include "backends/engines/sql/system.hpp"

namespace queuetrace::hammerwork {

inline constexpr std::array state_words{
    StateMapping{"Pending", JobState::blocked, "its parents have not all completed"},
    StateMapping{"Pending", JobState::failed, "a parent failed before it could start"},
    StateMapping{"Pending", JobState::blocked, "its cron schedule is disabled"},
    StateMapping{"Pending", JobState::retrying, "an earlier attempt failed"},
    StateMapping{"Pending", JobState::scheduled, "its time has not come"},
    StateMapping{"Pending", JobState::pending},
    StateMapping{"Running", JobState::running},
    StateMapping{"Completed", JobState::completed},
    StateMapping{"Failed", JobState::cancelled, "its workflow was cancelled, or queuetrace job cancel was used"},
    StateMapping{"Failed", JobState::failed},
    StateMapping{"TimedOut", JobState::failed},
    StateMapping{"Dead", JobState::dead},
    StateMapping{"Retrying", JobState::retrying},
};

/// By the message of cancel_workflow() of the library, or of cancel_statements.
inline constexpr std::string_view cancelled =
    "j.error_message IN ('Workflow cancelled', 'Cancelled by queuetrace') OR j.error_message LIKE 'Cancelled by "
    "queuetrace: %'";

// As one release or another spells them.
inline constexpr std::string_view pending_words = "'Pending', '\"Pending\"'";
inline constexpr std::string_view running_words = "'Running', '\"Running\"'";
inline constexpr std::string_view completed_words = "'Completed', '\"Completed\"'";
inline constexpr std::string_view failed_words = "'Failed', '\"Failed\"'";
inline constexpr std::string_view timed_out_words = "'TimedOut', '\"TimedOut\"'";
inline constexpr std::string_view dead_words = "'Dead', '\"Dead\"'";
inline constexpr std::string_view retrying_words = "'Retrying', '\"Retrying\"'";

inline constexpr std::array live_states{
    SqlStateRule{JobState::completed, completed_words},
    SqlStateRule{JobState::blocked, pending_words, "j.dependency_status = 'waiting'", "dependency_status"},
    SqlStateRule{JobState::failed, pending_words, "j.dependency_status = 'failed'", "dependency_status"},
    SqlStateRule{JobState::blocked, pending_words, "j.cron_schedule IS NOT NULL AND NOT j.recurring",
                 "cron_schedule recurring"},
    SqlStateRule{JobState::retrying, pending_words, "j.attempts > 0"},
    SqlStateRule{JobState::scheduled, pending_words, "j.scheduled_at > now()"},
    SqlStateRule{JobState::pending, pending_words},
    SqlStateRule{JobState::running, running_words},
    SqlStateRule{JobState::cancelled, failed_words, cancelled, "error_message"},
    SqlStateRule{JobState::failed, failed_words},
    SqlStateRule{JobState::failed, timed_out_words},
    SqlStateRule{JobState::dead, dead_words},
    SqlStateRule{JobState::retrying, retrying_words},
};

/// What an archived job was when it left: nothing about it changes any more.
inline constexpr std::array archive_states{
    SqlStateRule{JobState::completed, completed_words},
    SqlStateRule{JobState::cancelled, failed_words, cancelled, "error_message"},
    SqlStateRule{JobState::failed, failed_words},
    SqlStateRule{JobState::failed, timed_out_words},
    SqlStateRule{JobState::dead, dead_words},
    SqlStateRule{JobState::pending, pending_words},
    SqlStateRule{JobState::running, running_words},
    SqlStateRule{JobState::retrying, retrying_words},
};

}  // namespace queuetrace::hammerwork
