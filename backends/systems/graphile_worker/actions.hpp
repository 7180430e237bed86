// What can be done to Graphile Worker's jobs: through its own functions, which every release has
// (docs/systems/graphile-worker.md section 5). They leave locked jobs alone. Part of system.cpp and early.cpp.
#pragma once

#include <array>
#include <span>

#include "backends/systems/graphile_worker/fields.hpp"

namespace queuetrace::graphile_worker {

inline constexpr SqlSkipRule runs{constant<locked + " AND NOT " + orphaned>,
                                  "it is locked by a worker; a dead one's locks are lifted after 4 hours"};
inline constexpr SqlSkipRule may_run{constant<orphaned>,
                                     "it is locked for over 4 hours: only who knows that its worker is gone may force "
                                     "it, else it runs twice",
                                     Verdict::skip, true};

inline constexpr std::array retry_skips{
    runs, may_run,
    SqlSkipRule{constant<waits + " AND j.run_at <= now()">, "it waits to run as it is", Verdict::already}};
inline constexpr std::array erase_skips{runs, may_run};

/// Jobs whose attempts are used up are not available: without a reset one more is allowed.
consteval auto one_more(const auto& table) {
  return "UPDATE " + Text(table) +
         " SET max_attempts = attempts + 1 WHERE id = ANY({:ids}) AND attempts >= max_attempts AND NOT "
         "{:reset_attempts} AND (locked_at IS NULL OR locked_at < now() - interval '4 hours')";
}
/// A lock over 4 hours old is taken off with it, else no worker would take the job before the library lifts it.
consteval auto unlock(const auto& table) {
  return "UPDATE " + Text(table) +
         " SET locked_at = NULL, locked_by = NULL WHERE id = ANY({:ids}) AND locked_at < now() - interval '4 hours' "
         "AND {:force}";
}
inline constexpr std::string_view reschedule =
    "SELECT id FROM {reschedule_jobs}({:ids}, now(), NULL, CASE WHEN {:reset_attempts} THEN 0 END, NULL)";
inline constexpr std::array erase{SqlActionStatement{"SELECT id FROM {complete_jobs}({:ids})"}};

inline constexpr std::string_view retry_effect =
    "the job is due now and its attempts start at 0; with --keep-attempts they go on, and one more is allowed "
    "where none is left; its last error stays";
inline constexpr std::string_view erase_effect = "the job is deleted, as the library does with completed ones";
inline constexpr std::string_view not_notified = "workers are not told: they look every 2 seconds by default";

/// `retry` must live as long as the system.
consteval std::array<SqlActionRule, 2> actions_of(std::span<const SqlActionStatement> retry) {
  return {SqlActionRule{.action = ActionKind::retry,
                        .effect = retry_effect,
                        .skips = retry_skips,
                        .statements = retry,
                        .warning = not_notified,
                        .needs = "reschedule_jobs().5"},
          SqlActionRule{.action = ActionKind::erase,
                        .effect = erase_effect,
                        .skips = erase_skips,
                        .statements = erase,
                        .needs = "complete_jobs().1"}};
}

inline constexpr std::array refusals{
    SqlRefusalRule{ActionKind::retry, "the function reschedule_jobs is missing (before migration 7)",
                   "graphile-worker --schema-only brings the schema up to date"},
    SqlRefusalRule{ActionKind::erase, "the function complete_jobs is missing (before migration 7)",
                   "graphile-worker --schema-only brings the schema up to date"},
    SqlRefusalRule{ActionKind::cancel, "Graphile Worker has no cancelled jobs: it deletes them",
                   "queuetrace job delete, which keeps a backup"},
    SqlRefusalRule{ActionKind::move,
                   "a named queue is no place to move to: it makes its jobs run one after the other, and is given when "
                   "a job is added",
                   "add_job with the other queue's name, then queuetrace job delete"},
    SqlRefusalRule{std::nullopt, "Graphile Worker has no pause", "stop the workers, or deploy them without the task"},
};

}  // namespace queuetrace::graphile_worker
