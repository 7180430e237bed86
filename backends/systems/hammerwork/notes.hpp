// What is said about single jobs of Hammerwork beside their facts, and which running ones are stale. Part of
// system.cpp, apart for its length.
#pragma once

#include <array>

#include "backends/engines/sql/system.hpp"

namespace queuetrace::hammerwork {

inline constexpr std::array live_notes{
    SqlNoteRule{
        "quoted-state",
        "the state is stored with quotes, as releases before 1.7.4 wrote it; later releases never take such a job",
        "j.status LIKE '\"%' AND btrim(j.status, '\"') IN ('Pending', 'Retrying')", "!@dialect_A"},
    SqlNoteRule{"unknown-state", "no release of the library writes this state; workers do not take such a job",
                "btrim(j.status, '\"') NOT IN ('Pending', 'Running', 'Completed', 'Failed', 'Dead', 'TimedOut', "
                "'Retrying', 'Archived')"},
    SqlNoteRule{"dependency-unknown", "the dependency status is missing: workers never take such a job",
                "j.status IN ('Pending', '\"Pending\"') AND j.dependency_status IS NULL", "dependency_status"},
    SqlNoteRule{"disabled-cron", "the schedule is disabled: 2.x and later hold the job, 1.x runs it once more when due",
                "j.status IN ('Pending', '\"Pending\"') AND j.cron_schedule IS NOT NULL AND NOT j.recurring",
                "cron_schedule recurring"},
    SqlNoteRule{"dependency-failed", "a parent failed; the job will not run",
                "j.status IN ('Pending', '\"Pending\"') AND j.dependency_status = 'failed'", "dependency_status"},
    SqlNoteRule{"dependency-failed", "it failed because a parent failed",
                "j.status IN ('Failed', '\"Failed\"') AND j.error_message LIKE 'Dependency failed: job %'",
                "error_message"},
    SqlNoteRule{"fail-fast", "it failed because another job of its workflow failed",
                "j.status IN ('Failed', '\"Failed\"') AND j.error_message LIKE 'Workflow failed: job %'",
                "error_message"},
    SqlNoteRule{"fail-fast", "it failed because another job of its batch failed",
                "j.status IN ('Failed', '\"Failed\"') AND (j.error_message LIKE 'Batch failed: job %' OR "
                "j.error_message LIKE 'Batch failed (fail-fast mode)%')",
                "error_message"},
    SqlNoteRule{"timed-out", "the last attempt ran into its time-out", "j.status IN ('TimedOut', '\"TimedOut\"')"},
    SqlNoteRule{"queue-paused", "the queue is paused: nothing is taken from it",
                "j.status = 'Pending' AND EXISTS (SELECT 1 FROM {hammerwork_queue_pause} p WHERE p.queue_name = "
                "j.queue_name)",
                "hammerwork_queue_pause."},
    SqlNoteRule{"stale", "its lease has expired: the worker is gone or too late",
                "j.status IN ('Running', '\"Running\"') AND j.lease_expires_at < now()", "lease_expires_at"},
    SqlNoteRule{"stale", "it runs for longer than its time-out: the worker is gone or too late",
                "j.status IN ('Running', '\"Running\"') AND j.timeout_seconds > 0 AND j.started_at < now() - "
                "make_interval(secs => j.timeout_seconds)",
                "!lease_expires_at timeout_seconds started_at"},
    SqlNoteRule{"no-lease", "no lease: claimed by a 1.x worker; nothing takes it back when that worker is gone",
                "j.status IN ('Running', '\"Running\"') AND j.lease_expires_at IS NULL", "lease_expires_at"},
    SqlNoteRule{"recurring-stopped", "a recurring job that ended this way is not scheduled again by 1.x",
                "j.recurring AND btrim(j.status, '\"') IN ('Dead', 'Failed', 'TimedOut')", "recurring"},
    SqlNoteRule{"archived", "a copy is in the archive; 1.x leaves the original here", "j.archived_at IS NOT NULL",
                "archived_at"},
    SqlNoteRule{"result-expired", "the result has expired and counts as absent",
                "j.result_data IS NOT NULL AND j.result_expires_at < now()", "result_data result_expires_at"},
};

inline constexpr std::array archive_notes{
    SqlNoteRule{"archived", "read from the archive", "true"},
    SqlNoteRule{"timed-out", "the last attempt ran into its time-out", "j.status IN ('TimedOut', '\"TimedOut\"')"},
};

inline constexpr std::array stale{
    SqlNoteRule{"stale", "", "j.status IN ('Running', '\"Running\"') AND j.lease_expires_at < now()",
                "lease_expires_at"},
    SqlNoteRule{"stale", "",
                "j.status IN ('Running', '\"Running\"') AND j.timeout_seconds > 0 AND j.started_at < now() - "
                "make_interval(secs => j.timeout_seconds)",
                "timeout_seconds"},
};

}  // namespace queuetrace::hammerwork
