// What goes wrong in BullMQ's tables and can be seen there (docs/systems/bullmq.md sections 4 and 10). Part of
// system.cpp, apart for its length.
#pragma once

#include <array>

#include "backends/systems/bullmq_postgresql/fields.hpp"

namespace queuetrace::bullmq_postgresql {

/// A child that failed without an option of its parent's stays pending there: the parent waits for ever.
inline constexpr std::string_view waits_for_ever =
    "j.state = 'waiting-children' AND EXISTS (SELECT 1 FROM {job_dependency} d JOIN {job} c ON c.queue = d.child_queue "
    "AND c.id = d.child_id WHERE d.parent_queue = j.queue AND d.parent_id = j.id AND d.status = 'pending' AND c.state "
    "= 'failed')";
inline constexpr std::string_view child_is_gone =
    "j.state = 'waiting-children' AND EXISTS (SELECT 1 FROM {job_dependency} d WHERE d.parent_queue = j.queue AND "
    "d.parent_id = j.id AND d.status = 'pending' AND NOT EXISTS (SELECT 1 FROM {job} c WHERE c.queue = d.child_queue "
    "AND c.id = d.child_id))";

inline constexpr std::array diagnoses{
    SqlDiagnosisRule{.code = "stalled",
                     .severity = Finding::Severity::problem,
                     .subject = "active jobs",
                     .text = "no worker holds the lock of these jobs: they run on unseen, or their worker is gone; the "
                             "next worker of the queue takes them again or fails them",
                     .predicate = constant<lock_ran_out>,
                     .remedy = "start a worker of the queue; queuetrace job list -s <source> --state running"},
    SqlDiagnosisRule{
        .code = "not-taken",
        .severity = Finding::Severity::warning,
        .subject = "jobs",
        .text = "are due for over {~alert_age} and nobody took them: their queue has no worker, is paused, or "
                "its workers are too slow",
        .predicate = constant<"(j.state = 'waiting' AND j.added_at_ms + j.delay_ms < " + now_ms +
                              " - 1000::bigint * {=alert_age} AND j.attempts_started = 0) OR (j.state = 'delayed' AND "
                              "j.process_at_ms < " +
                              now_ms + " - 1000::bigint * {=alert_age})">,
        .remedy = "queuetrace peek -s <source> --why"},
    SqlDiagnosisRule{.code = "waits-for-failed-child",
                     .severity = Finding::Severity::problem,
                     .subject = "parents",
                     .text = "wait for a child that failed and that no option lets them go on without: they wait for "
                             "ever, unless it is retried",
                     .predicate = waits_for_ever,
                     .remedy = "queuetrace job retry -s <source> CHILD",
                     .needs = "job_dependency.child_id"},
    SqlDiagnosisRule{.code = "waits-for-missing-child",
                     .severity = Finding::Severity::problem,
                     .subject = "parents",
                     .text = "wait for a child that is not there: they never run",
                     .predicate = child_is_gone,
                     .remedy = "queuetrace job delete -s <source> ID",
                     .needs = "job_dependency.child_id"},
    SqlDiagnosisRule{.code = "failed-jobs",
                     .severity = Finding::Severity::note,
                     .subject = "failed jobs",
                     .text = "failed and wait for an operator; removeOnFail of the jobs or workers would remove them",
                     .predicate = "j.state = 'failed'",
                     .remedy = "queuetrace job retry -s <source> --state failed"},
};

}  // namespace queuetrace::bullmq_postgresql
