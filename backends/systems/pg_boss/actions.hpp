// What can be done to pg-boss's jobs (docs/systems/pg-boss.md section 5). Part of system.cpp and early.cpp, which name
// the columns: before 10 they have no underscores.
#pragma once

#include <array>
#include <span>

#include "backends/engines/constant_text.hpp"
#include "backends/engines/sql/system.hpp"

namespace queuetrace::pg_boss {

inline constexpr std::array refusals{
    SqlRefusalRule{ActionKind::move, "a queue of pg-boss has its own policy and limits, which only its library applies",
                   "send it anew to the other queue, then queuetrace job cancel"},
    SqlRefusalRule{std::nullopt, "pg-boss has no pause: workers take from the queues they were started for",
                   "stop the workers of the queue (offWork)"},
};

inline constexpr SqlSkipRule is_active{"j.state = 'active'",
                                       "it runs: with --force only its row changes, its handler runs on and its end "
                                       "counts for nothing",
                                       Verdict::skip, true};
inline constexpr SqlSkipRule is_cancelled{"j.state = 'cancelled'", "it is cancelled", Verdict::already};
inline constexpr SqlSkipRule has_ended{"j.state::text IN ('completed', 'failed', 'expired')", "it has ended"};
inline constexpr std::array cancel_skips{is_cancelled, has_ended, is_active};
inline constexpr std::array erase_skips{SqlSkipRule{
    "j.state = 'active'", "it runs: with --force its row goes, and its handler runs on", Verdict::skip, true}};
inline constexpr SqlSkipRule runs{"j.state = 'active'", "it runs; one whose worker died expires"};
inline constexpr SqlSkipRule has_completed{"j.state = 'completed'", "it has completed: send it anew"};
inline constexpr std::array archived_skips{SqlSkipRule{"true", "it is archived: send it anew"}};

/// What a job depends on goes with it (12); it has no foreign key.
inline constexpr std::array erase{
    SqlActionStatement{
        "DELETE FROM {job_dependency} d USING {job} j WHERE j.id = ANY({:ids}) AND (j.state <> 'active' OR "
        "{:force}) AND d.child_name = j.name AND d.child_id = j.id",
        "job_dependency.child_id", true},
    SqlActionStatement{"DELETE FROM {job} WHERE id = ANY({:ids}) AND (state <> 'active' OR {:force}) RETURNING id"}};
inline constexpr std::array erase_archived{
    SqlActionStatement{"DELETE FROM {archive} WHERE id = ANY({:ids}) RETURNING id"}};

inline constexpr std::string_view cancel_effect = "the job becomes cancelled, and no worker takes it";
inline constexpr std::string_view retry_effect =
    "a failed job is tried again, with one more attempt allowed, a cancelled one is created again, one that waits for "
    "its time is due now; with --reset-attempts retries start at 0";
inline constexpr std::string_view erase_effect = "the job goes with its output";

/// A failed job is allowed one attempt more.
consteval auto to_retry(const auto& retry_limit, const auto& retry_count, const auto& completed_on,
                        const auto& start_after) {
  return "UPDATE {job} j SET state = CASE WHEN j.state IN ('cancelled', 'created') THEN 'created'::text ELSE 'retry' "
         "END::{job_state}, " +
         Text(retry_limit) + " = j." + Text(retry_limit) +
         " + CASE WHEN j.state::text IN ('failed', 'expired') AND NOT {:reset_attempts} THEN 1 ELSE 0 END, " +
         Text(retry_count) + " = CASE WHEN {:reset_attempts} THEN 0 ELSE j." + Text(retry_count) + " END, " +
         Text(completed_on) + " = NULL, " + Text(start_after) +
         " = now() WHERE j.id = ANY({:ids}) AND j.state NOT IN ('active', 'completed') AND NOT (j.state IN ('created', "
         "'retry') AND j." +
         Text(start_after) + " <= now())";
}
consteval auto to_cancel(const auto& completed_on) {
  return "UPDATE {job} SET state = 'cancelled', " + Text(completed_on) +
         " = now() WHERE id = ANY({:ids}) AND (state IN ('created', 'retry') OR (state = 'active' AND {:force})) "
         "RETURNING id";
}

/// The arrays must live as long as the system.
consteval std::array<SqlActionRule, 6> actions_of(std::span<const SqlSkipRule> retry_skips,
                                                  std::span<const SqlActionStatement> retry,
                                                  std::span<const SqlActionStatement> cancel) {
  return {
      SqlActionRule{.action = ActionKind::retry,
                    .effect = retry_effect,
                    .skips = retry_skips,
                    .statements = retry,
                    .resets_attempts = false},
      SqlActionRule{.action = ActionKind::cancel, .effect = cancel_effect, .skips = cancel_skips, .statements = cancel},
      SqlActionRule{.action = ActionKind::erase, .effect = erase_effect, .skips = erase_skips, .statements = erase},
      SqlActionRule{.action = ActionKind::retry,
                    .effect = retry_effect,
                    .skips = archived_skips,
                    .resets_attempts = false,
                    .relation = "archive"},
      SqlActionRule{
          .action = ActionKind::cancel, .effect = cancel_effect, .skips = archived_skips, .relation = "archive"},
      SqlActionRule{
          .action = ActionKind::erase, .effect = erase_effect, .statements = erase_archived, .relation = "archive"},
  };
}

}  // namespace queuetrace::pg_boss
