// Oban's states and what they mean (docs/systems/oban.md section 3), and what its two databases share.
#pragma once

#include <array>

#include "backends/engines/sql/system.hpp"

namespace queuetrace::oban {

inline constexpr std::array state_words{
    StateMapping{"available", JobState::pending},
    StateMapping{"scheduled", JobState::scheduled},
    StateMapping{"executing", JobState::running},
    StateMapping{"retryable", JobState::retrying},
    StateMapping{"completed", JobState::completed},
    StateMapping{"discarded", JobState::dead, "no attempt is left, or its worker gave it up"},
    StateMapping{"cancelled", JobState::cancelled},
    StateMapping{"suspended", JobState::blocked, "an extension of Oban holds it"},
};

inline constexpr std::array states{
    SqlStateRule{JobState::completed, "'completed'"}, SqlStateRule{JobState::pending, "'available'"},
    SqlStateRule{JobState::running, "'executing'"},   SqlStateRule{JobState::retrying, "'retryable'"},
    SqlStateRule{JobState::scheduled, "'scheduled'"}, SqlStateRule{JobState::dead, "'discarded'"},
    SqlStateRule{JobState::cancelled, "'cancelled'"}, SqlStateRule{JobState::blocked, "'suspended'"},
};

inline constexpr std::string_view summary =
    "job queue for Elixir, and its port to Python, in a PostgreSQL table or, read only, an SQLite file (Lite engine)";

inline constexpr std::array settings{SqlSetting{"rescue_after_seconds", 3'600, 1, 31'536'000}};

}  // namespace queuetrace::oban
