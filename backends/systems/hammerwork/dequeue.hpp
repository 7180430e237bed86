// Which job a worker of Hammerwork takes next, and why the others wait (docs/systems/hammerwork.md section 4). Part of
// system.cpp, apart for its length.
#pragma once

#include <array>

#include "backends/engines/sql/system.hpp"

namespace queuetrace::hammerwork {

inline constexpr std::string_view worker_order = "j.priority DESC, j.scheduled_at, j.id";
/// docs/systems/hammerwork.md section 4. In 1.x the claim itself ignores pauses and schedules; its worker asks for
/// pauses before each claim.
inline constexpr std::array peeks{
    SqlPeek{"j.status = 'Pending' AND j.scheduled_at <= now() AND j.dependency_status IN ('none', 'satisfied') AND "
            "(j.recurring OR j.cron_schedule IS NULL)",
            worker_order, "@dialect_C priority dependency_status cron_schedule recurring"},
    SqlPeek{"j.status = '\"Pending\"' AND j.scheduled_at <= now() AND j.dependency_status IN ('none', 'satisfied')",
            worker_order, "@dialect_A priority dependency_status"},
    SqlPeek{"j.status = '\"Pending\"' AND j.scheduled_at <= now()", worker_order,
            "@dialect_A priority !dependency_status"},
    SqlPeek{"j.status = 'Pending' AND j.scheduled_at <= now() AND j.dependency_status IN ('none', 'satisfied')",
            worker_order, "priority dependency_status"},
    SqlPeek{"j.status = 'Pending' AND j.scheduled_at <= now()", worker_order, "priority"},
    SqlPeek{"j.status = 'Pending' AND j.scheduled_at <= now()", "j.scheduled_at, j.id"},
};

inline constexpr std::array waiting{
    SqlWaitingRule{"scheduled", "their time has not come", "j.status = 'Pending' AND j.scheduled_at > now()",
                   "j.scheduled_at", "!@dialect_A"},
    SqlWaitingRule{"scheduled", "their time has not come", "j.status = '\"Pending\"' AND j.scheduled_at > now()",
                   "j.scheduled_at", "@dialect_A"},
    SqlWaitingRule{"blocked", "they wait for jobs they depend on",
                   "j.status IN ('Pending', '\"Pending\"') AND j.dependency_status = 'waiting'", "",
                   "dependency_status"},
    SqlWaitingRule{"dependency-failed", "a job they depend on failed; they will not run",
                   "j.status IN ('Pending', '\"Pending\"') AND j.dependency_status = 'failed'", "",
                   "dependency_status"},
    SqlWaitingRule{"dependency-unknown", "their dependency status is missing; workers never take them",
                   "j.status IN ('Pending', '\"Pending\"') AND j.dependency_status IS NULL", "", "dependency_status"},
    SqlWaitingRule{"disabled-cron", "their schedule is disabled; enabling it releases them",
                   "j.status = 'Pending' AND j.cron_schedule IS NOT NULL AND NOT j.recurring", "",
                   "@dialect_C cron_schedule recurring"},
    SqlWaitingRule{"quoted-state", "their state is stored with quotes, which this release does not look for",
                   "j.status = '\"Pending\"'", "", "!@dialect_A"},
    SqlWaitingRule{"plain-state", "their state is stored without quotes, which this release does not look for",
                   "j.status = 'Pending'", "", "@dialect_A"},
    SqlWaitingRule{"retrying-state", "no release takes jobs in this state", "j.status IN ('Retrying', '\"Retrying\"')"},
    SqlWaitingRule{"paused", "the queue is paused; resuming it releases them",
                   "j.status = 'Pending' AND j.scheduled_at <= now() AND EXISTS (SELECT 1 FROM "
                   "{hammerwork_queue_pause} p WHERE p.queue_name = j.queue_name)",
                   "", "hammerwork_queue_pause."},
};

}  // namespace queuetrace::hammerwork
