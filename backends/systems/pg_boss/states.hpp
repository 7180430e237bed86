// pg-boss's states and what they mean (docs/systems/pg-boss.md section 3), and what its releases share.
#pragma once

#include <array>

#include "backends/engines/constant_text.hpp"
#include "backends/engines/sql/system.hpp"

namespace queuetrace::pg_boss {

inline constexpr std::array state_words{
    StateMapping{"created", JobState::blocked, "the jobs it depends on have not completed"},
    StateMapping{"created", JobState::scheduled, "its time has not come"},
    StateMapping{"created", JobState::pending},
    StateMapping{"retry", JobState::retrying},
    StateMapping{"active", JobState::running},
    StateMapping{"completed", JobState::completed},
    StateMapping{"expired", JobState::failed, "9: it ran for too long"},
    StateMapping{"cancelled", JobState::cancelled},
    StateMapping{"failed", JobState::failed},
};

/// Errors are objects of the application, texts in a member `value`, or, for what ran too long, both.
inline constexpr std::string_view error =
    "CASE WHEN j.state::text IN ('failed', 'retry', 'expired') THEN coalesce(j.output ->> 'message', j.output -> "
    "'value' "
    "->> 'message', j.output ->> 'value', j.output::text) END";
inline constexpr std::string_view result = "CASE WHEN j.state = 'completed' THEN j.output::text END";

inline constexpr std::array refusals{
    SqlRefusalRule{ActionKind::move, "a queue of pg-boss has its own policy and limits, which only its library applies",
                   "send it anew to the other queue, then queuetrace job cancel"},
    SqlRefusalRule{std::nullopt, "pg-boss has no pause: workers take from the queues they were started for",
                   "stop the workers of the queue (offWork)"},
};

inline constexpr std::string_view taking_order =
    "in each queue: not active and due, highest priority first, then creation; policies of queues hold jobs back";
inline constexpr std::string_view limits =
    "which worker runs a job is not stored; an id finds a job by its queue's index only together with the queue; "
    "jobs are deleted some time after their end";

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

}  // namespace queuetrace::pg_boss
