// What goes wrong in Oban's tables and can be seen there (docs/systems/oban.md sections 4 and 9). Part of system.cpp,
// apart for its length.
#pragma once

#include <array>

#include "backends/systems/oban/fields.hpp"

namespace queuetrace::oban {

/// The library's Lifeline rescues what runs for longer than an hour, where it is switched on.
inline constexpr Text orphaned =
    "j.state = 'executing' AND j.attempted_at < " + utc_now + " - make_interval(secs => {=rescue_after_seconds})";
/// The leader stages due jobs every second.
inline constexpr Text not_staged =
    "j.state IN ('scheduled', 'retryable') AND j.scheduled_at < " + utc_now + " - interval '1 minute'";
inline constexpr std::string_view spent = "j.state = 'available' AND j.attempt >= j.max_attempts";

inline constexpr std::array diagnoses{
    SqlDiagnosisRule{.code = "orphaned",
                     .severity = Finding::Severity::warning,
                     .subject = "executing jobs",
                     .text = "have run for longer than {=rescue_after_seconds} seconds: their node is gone and no "
                             "Lifeline rescues them, or they take that long",
                     .predicate = orphaned,
                     .remedy = "queuetrace job list -s <source> --state executing"},
    SqlDiagnosisRule{.code = "not-staged",
                     .severity = Finding::Severity::problem,
                     .subject = "scheduled and retryable jobs",
                     .text = "are due for over a minute and were not made available: no node is the leader, or staging "
                             "is switched off",
                     .predicate = not_staged,
                     .remedy = "start a node whose plugins are on",
                     .in_check = true},
    SqlDiagnosisRule{.code = "spent",
                     .severity = Finding::Severity::problem,
                     .subject = "available jobs",
                     .text = "have used up their attempts: the Basic engine picks and leaves them, and a queue with "
                             "limit 1 never gets past one",
                     .predicate = spent,
                     .remedy = "queuetrace job cancel -s <source> ID, or job delete",
                     .in_check = true},
    SqlDiagnosisRule{
        .code = "not-taken",
        .severity = Finding::Severity::warning,
        .subject = "available jobs",
        .text = "could have run for over an hour: no node works on their queue, it is paused there, or the "
                "nodes are too slow",
        .predicate = constant<"j.state = 'available' AND j.attempt < j.max_attempts AND j.scheduled_at < " + utc_now +
                              " - interval '1 hour'">,
        .remedy = "queuetrace peek -s <source> --why"},
};

}  // namespace queuetrace::oban
