// Solid Queue's states (docs/systems/solid-queue.md section 3): a job's is the execution table that has a row for it.
#pragma once

#include <array>

#include "backends/engines/constant_text.hpp"
#include "backends/engines/sql/system.hpp"

namespace queuetrace::solid_queue {

inline constexpr std::array state_words{
    StateMapping{"finished", JobState::completed, "an attempt that failed and was retried is finished, too"},
    StateMapping{"claimed", JobState::running},
    StateMapping{"failed", JobState::failed},
    StateMapping{"blocked", JobState::blocked, "others of its concurrency key run"},
    StateMapping{"scheduled retry", JobState::retrying, "scheduled, after an attempt that failed"},
    StateMapping{"scheduled", JobState::scheduled},
    StateMapping{"ready", JobState::pending},
};

inline constexpr std::array<std::string_view, 9> tables{"solid_queue_ready_executions",
                                                        "solid_queue_scheduled_executions",
                                                        "solid_queue_claimed_executions",
                                                        "solid_queue_failed_executions",
                                                        "solid_queue_blocked_executions",
                                                        "solid_queue_processes",
                                                        "solid_queue_recurring_executions",
                                                        "solid_queue_pauses",
                                                        "solid_queue_semaphores"};

consteval auto has(const auto& execution) {
  return "EXISTS (SELECT 1 FROM {solid_queue_" + Text(execution) + "_executions} x WHERE x.job_id = j.id)";
}
inline constexpr Text finished = "j.finished_at IS NOT NULL";
inline constexpr Text claimed = has("claimed");
inline constexpr Text failed = has("failed");
inline constexpr Text blocked = has("blocked");
inline constexpr Text scheduled = has("scheduled");
inline constexpr Text ready = has("ready");
inline constexpr Text no_execution = "NOT (" + finished + ") AND NOT " + ready + " AND NOT " + claimed + " AND NOT " +
                                     failed + " AND NOT " + blocked + " AND NOT " + scheduled;

template <typename Database>
inline constexpr std::array states{
    SqlStateRule{.state = JobState::completed, .when = constant<finished>, .native = "finished"},
    SqlStateRule{.state = JobState::pending, .when = constant<ready>, .native = "ready"},
    SqlStateRule{.state = JobState::running, .when = constant<claimed>, .native = "claimed"},
    SqlStateRule{.state = JobState::failed, .when = constant<failed>, .native = "failed"},
    SqlStateRule{.state = JobState::blocked, .when = constant<blocked>, .native = "blocked"},
    SqlStateRule{.state = JobState::retrying,
                 .when = constant<scheduled + " AND coalesce(" + Database::executions + ", '0') <> '0'">,
                 .native = "scheduled retry"},
    // Where the arguments may not be read.
    SqlStateRule{.state = JobState::retrying,
                 .when = constant<scheduled + " AND EXISTS (SELECT 1 FROM {solid_queue_jobs} o WHERE o.active_job_id = "
                                              "j.active_job_id AND o.id < j.id)">,
                 .native = "scheduled retry"},
    SqlStateRule{.state = JobState::scheduled, .when = constant<scheduled>, .native = "scheduled"},
};

}  // namespace queuetrace::solid_queue
