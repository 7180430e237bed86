// What goes wrong in Graphile Worker's tables and can be seen there (docs/systems/graphile-worker.md sections 3, 5 and
// 9). Part of system.cpp and early.cpp.
#pragma once

#include "backends/systems/graphile_worker/fields.hpp"

namespace queuetrace::graphile_worker {

inline constexpr SqlDiagnosisRule locked_too_long{
    .code = "locked-too-long",
    .severity = Finding::Severity::warning,
    .subject = "locked jobs",
    .text =
        "have been locked for over 4 hours: their worker is gone, and the library's own time has come to lift the "
        "lock, or they take that long",
    .predicate = constant<orphaned>,
    .remedy =
        "when their worker is gone: SELECT {force_unlock_workers}(ARRAY['WORKER']), or queuetrace job retry -s "
        "<source> ID --force",
    .in_check = true};
inline constexpr SqlDiagnosisRule not_taken{
    .code = "not-taken",
    .severity = Finding::Severity::warning,
    .subject = "ready jobs",
    .text =
        "could have run for over {~alert_age}: no worker knows their task, their named queue is locked, or the workers "
        "are too slow",
    .predicate = constant<waits + " AND j.run_at < now() - interval '{=alert_age} seconds'">,
    .remedy = "queuetrace peek -s <source> --why"};
inline constexpr SqlDiagnosisRule failed_for_good{
    .code = "failed-for-good",
    .severity = Finding::Severity::note,
    .subject = "failed jobs",
    .text = "have no attempt left; the clean-up task DELETE_PERMAFAILED_JOBS deletes them",
    .predicate = constant<failed>,
    .remedy = "queuetrace job errors -s <source>"};

}  // namespace queuetrace::graphile_worker
