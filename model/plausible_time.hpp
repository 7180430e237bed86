// Which stored times can be what they say: zero values of programs, clocks that ran ahead and mistaken units make
// others.
#pragma once

#include <optional>

#include "model/job.hpp"
#include "model/time.hpp"

namespace queuetrace {

/// 2000-01-01. No queue system is older, and the zero values of programs (the years 1 and 1970) lie before it.
inline constexpr Timestamp earliest_plausible{std::chrono::seconds(946'684'800)};

/// How far the clocks of two machines may differ before a time of the one is no time of the other.
inline constexpr std::chrono::microseconds clock_tolerance{300'000'000};

/// No wait and no run is longer: 50 years.
inline constexpr Milliseconds longest_plausible{50LL * 365 * 86'400'000};

/// The time of something that has happened, as seen at `now`; absent when it cannot be that.
std::optional<Timestamp> plausible_past(std::optional<Timestamp> time, Timestamp now);

/// When a job came due or will, by the time it was created (absent where that does not count) and the one it was
/// scheduled for; absent when neither can be true.
std::optional<Timestamp> plausible_due(std::optional<Timestamp> created, std::optional<Timestamp> scheduled,
                                       Timestamp now);

/// Takes a wait or a run that is negative or longer than any out of the job and says so in a note.
void drop_impossible_durations(Job& job);

/// Says in a note which times of what happened to the job lie before earliest_plausible, once however often it is
/// called. They are kept, as the store has them.
void note_impossible_times(Job& job);

/// Both, for a job that was just read.
void doubt_times(Job& job);

}  // namespace queuetrace
