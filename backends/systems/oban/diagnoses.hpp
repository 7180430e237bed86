// What goes wrong in Oban's tables and can be seen there (docs/systems/oban.md sections 4 and 9). Part of system.cpp,
// apart for its length.
#pragma once

#include <array>

#include "backends/systems/oban/databases.hpp"

namespace queuetrace::oban {

/// The library's Lifeline rescues what runs for longer than an hour, where it is switched on.
template <typename Database>
inline constexpr Text orphaned = "j.state = 'executing' AND j.attempted_at < " + Database::before_rescue;
/// The leader stages due jobs every second.
template <typename Database>
inline constexpr Text not_staged = "j.state IN ('scheduled', 'retryable') AND j.scheduled_at < " +
                                   Database::before("1 minute");
inline constexpr std::string_view spent = "j.state = 'available' AND j.attempt >= j.max_attempts";

template <typename Database>
inline constexpr std::array diagnoses{
    SqlDiagnosisRule{.code = "orphaned",
                     .severity = Finding::Severity::warning,
                     .subject = "executing jobs",
                     .text = "have run for longer than {=rescue_after_seconds} seconds: their node is gone and no "
                             "Lifeline rescues them, or they take that long",
                     .predicate = constant<orphaned<Database>>,
                     .remedy = "queuetrace job list -s <source> --state executing",
                     .in_check = Database::orphans_in_check},
    SqlDiagnosisRule{.code = "not-staged",
                     .severity = Finding::Severity::problem,
                     .subject = "scheduled and retryable jobs",
                     .text = Database::none_staged,
                     .predicate = constant<not_staged<Database>>,
                     .remedy = "start a node whose plugins are on",
                     .in_check = true},
    SqlDiagnosisRule{.code = "spent",
                     .severity = Finding::Severity::problem,
                     .subject = "available jobs",
                     .text = Database::are_spent,
                     .predicate = spent,
                     .remedy = Database::remove_spent,
                     .in_check = true},
    SqlDiagnosisRule{
        .code = "not-taken",
        .severity = Finding::Severity::warning,
        .subject = "available jobs",
        .text = "could have run for over {~alert_age}: no node works on their queue, it is paused there, or the "
                "nodes are too slow",
        .predicate = constant<"j.state = 'available' AND j.attempt < j.max_attempts AND j.scheduled_at < " +
                              Database::before("{=alert_age} seconds")>,
        .remedy = "queuetrace peek -s <source> --why"},
};

}  // namespace queuetrace::oban
