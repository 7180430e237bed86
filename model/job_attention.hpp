// The order in which people look at states of jobs.
#pragma once

#include <array>

#include "model/job_state.hpp"

namespace queuetrace {

/// Every state, those that somebody has to look at first.
inline constexpr std::array job_states_by_attention{
    JobState::dead,    JobState::failed,    JobState::retrying,  JobState::blocked,   JobState::running,
    JobState::pending, JobState::scheduled, JobState::completed, JobState::cancelled, JobState::unknown};

}  // namespace queuetrace
