// What can be done to BullMQ's jobs in PostgreSQL, through the library's own functions (docs/systems/bullmq.md section
// 10). Part of system.cpp, apart for its length.
#pragma once

#include <array>

#include "backends/systems/bullmq_postgresql/fields.hpp"

namespace queuetrace::bullmq_postgresql {

inline constexpr SqlSkipRule runs{"j.state = 'active'",
                                  "a worker has it, or had it and is gone: workers of the queue "
                                  "look for jobs whose lock ran out"};
/// Its parent counts the children that have not ended, and is let go on by the library alone.
inline constexpr std::string_view awaited =
    "EXISTS (SELECT 1 FROM {job_dependency} d WHERE d.parent_queue = j.parent_queue AND d.parent_id = j.parent_id AND "
    "d.child_key = j.queue || ':' || j.id AND d.status = 'pending')";

inline constexpr std::array retry_skips{
    runs, SqlSkipRule{"j.state = 'waiting'", "it waits to run as it is", Verdict::already},
    SqlSkipRule{"j.state = 'waiting-children'", "it waits for its children, not for a time"},
    SqlSkipRule{"j.state = 'completed'", "it has completed"}};
/// The function answers 1, and promote() 0, where they did it.
inline constexpr std::array retry{SqlActionStatement{
    "SELECT i.id FROM unnest({:ids}) AS i(id) JOIN {job} j ON j.queue = {:own_queue} AND j.id = i.id CROSS JOIN "
    "LATERAL "
    "(SELECT CASE j.state WHEN 'failed' THEN {reprocess_job}(j.queue, j.id, 'failed', coalesce(j.opts -> 'lifo' = "
    "'true', false), {:reset_attempts}, {:reset_attempts}) WHEN 'delayed' THEN {promote}(j.queue, j.id) END AS code) r "
    "WHERE r.code IN (0, 1)"}};
inline constexpr std::string_view failed_child =
    "(SELECT count(*) FROM {job} p WHERE j.state = 'failed' AND p.queue = j.parent_queue AND p.id = j.parent_id)";

inline constexpr std::string_view waiting_parents =
    "SELECT j.id, p.queue || ':' || p.id FROM {job} j JOIN {job} p ON p.queue = j.parent_queue AND p.id = j.parent_id "
    "WHERE j.queue = {:own_queue} AND j.id = ANY({:ids}) AND j.state = 'failed'";

inline constexpr std::array erase_skips{
    runs,
    SqlSkipRule{"j.scheduler_id IS NOT NULL AND j.state NOT IN ('completed', 'failed')",
                "it is the next one of a scheduler, which would make no other: queue.removeJobScheduler() ends it"},
    SqlSkipRule{awaited, "its parent waits for it, and would do so for ever"},
    SqlSkipRule{
        "EXISTS (SELECT 1 FROM {job_dependency} d JOIN {job} c ON c.queue = d.child_queue AND c.id = d.child_id "
        "WHERE d.parent_queue = j.queue AND d.parent_id = j.id AND d.status = 'pending')",
        "children of it have not completed: job.remove() in the application takes them along"}};
/// remove() refuses all jobs of schedulers, ended ones too, which clean() takes.
inline constexpr std::array erase{
    SqlActionStatement{"DELETE FROM {dedup} WHERE queue = {:own_queue} AND job_id = ANY({:ids})", "", true},
    SqlActionStatement{"DELETE FROM {job} WHERE queue = {:own_queue} AND id = ANY({:ids}) RETURNING id"}};

inline constexpr std::array actions{
    SqlActionRule{.action = ActionKind::retry,
                  .effect = "a failed job waits again, behind those of its priority, its attempts counted on; one that "
                            "waits for its time waits to run now; with --reset-attempts attempts start at 0",
                  .skips = retry_skips,
                  .statements = retry,
                  .resets_attempts = false,
                  .beside = failed_child,
                  .beside_text = "its parent waits for it again",
                  .others = waiting_parents,
                  .others_stay = "its parent, {}, waits for it again, and would do so for ever: let the job run, or "
                                 "delete the flow in the application",
                  .needs = "reprocess_job().6 promote().2"},
    SqlActionRule{.action = ActionKind::erase,
                  .effect = "the job goes with its log and its deduplication key",
                  .skips = erase_skips,
                  .statements = erase,
                  .needs = "job_dependency.child_key job_log.job_id dedup.job_id"},
};

inline constexpr std::array refusals{
    SqlRefusalRule{ActionKind::cancel, "BullMQ has no cancelled jobs", "queuetrace job delete, which keeps a backup"},
    SqlRefusalRule{ActionKind::move, "a job's id and its parent's link belong to its queue",
                   "add it to the other queue in the application, then queuetrace job delete"},
};

/// Workers that wait are told of a job that waits again.
inline constexpr std::array backup{
    SqlBackupTable{.table = "job",
                   .owner = "t.id",
                   .condition = "t.queue = {:queue} AND t.id = ANY({:ids})",
                   .afterwards = "SELECT pg_catalog.pg_notify('bullmq_jobs', {:queue})"},
    SqlBackupTable{
        .table = "job_log", .owner = "t.job_id", .condition = "t.queue = {:queue} AND t.job_id = ANY({:ids})"},
    SqlBackupTable{.table = "job_dependency",
                   .owner = "t.parent_id",
                   .condition = "t.parent_queue = {:queue} AND t.parent_id = ANY({:ids})"},
    SqlBackupTable{.table = "dedup", .owner = "t.job_id", .condition = "t.queue = {:queue} AND t.job_id = ANY({:ids})"},
};

inline constexpr SqlPausing pausing{
    .effect = "workers take no more jobs from the queue; jobs that run continue",
    .pause =
        "SELECT 1 FROM {pause}({:queue}, true) WHERE NOT EXISTS (SELECT 1 FROM {meta} m WHERE m.queue = {:queue} AND "
        "m.field = 'paused' AND m.value = '1')",
    .resume =
        "SELECT 1 FROM {pause}({:queue}, false) WHERE EXISTS (SELECT 1 FROM {meta} m WHERE m.queue = {:queue} AND "
        "m.field = 'paused' AND m.value = '1')",
    .needs = "pause().2",
    .kept = {.table = "meta", .owner = "t.queue", .condition = "t.queue = {:queue} AND t.field = 'paused'"}};

}  // namespace queuetrace::bullmq_postgresql
