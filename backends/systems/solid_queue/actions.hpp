// What can be done to Solid Queue's jobs (docs/systems/solid-queue.md section 5): the job and its execution row change
// together. In PostgreSQL. Part of system.cpp, apart for its length.
#pragma once

#include <array>

#include "backends/systems/solid_queue/states.hpp"

namespace queuetrace::solid_queue {

/// Now, as the columns hold it.
inline constexpr Text utc_now = "(now() AT TIME ZONE 'UTC')";

inline constexpr SqlSkipRule runs{constant<claimed>, "a worker has claimed it"};
inline constexpr SqlSkipRule has_ended{constant<finished>, "it has finished"};
/// How many may run at once is in the application's code, so a slot can be neither taken nor given back here.
inline constexpr SqlSkipRule limited{"j.concurrency_key IS NOT NULL",
                                     "its class has a concurrency limit, which only the application knows: --force "
                                     "leaves the semaphore as it is, and it "
                                     "is put right when it expires",
                                     Verdict::skip, true};

inline constexpr std::array retry_skips{
    has_ended,
    runs,
    SqlSkipRule{constant<ready>, "it waits to run as it is", Verdict::already},
    SqlSkipRule{constant<blocked>, "it waits for others of its concurrency key"},
    limited,
    SqlSkipRule{constant<"NOT " + failed + " AND NOT " + scheduled>, "it has no execution: enqueue it anew"}};
inline constexpr std::array retry{SqlActionStatement{constant<
    "WITH failed AS (DELETE FROM {solid_queue_failed_executions} WHERE job_id = ANY({:ids}) RETURNING job_id), "
    "scheduled AS (DELETE FROM {solid_queue_scheduled_executions} WHERE job_id = ANY({:ids}) RETURNING job_id), "
    "gone AS (SELECT job_id FROM failed UNION SELECT job_id FROM scheduled), changed AS (UPDATE "
    "{solid_queue_jobs} j SET updated_at = " +
    utc_now + ", scheduled_at = CASE WHEN s.job_id IS NOT NULL THEN " + utc_now +
    " ELSE j.scheduled_at END, arguments = CASE WHEN s.job_id IS NULL OR {:reset_attempts} THEN "
    "regexp_replace(j.arguments, '\"executions\":[0-9]+,\"exception_executions\":\\{[^}]*\\}', "
    "'\"executions\":0,\"exception_executions\":{}') ELSE j.arguments END FROM gone LEFT JOIN scheduled s ON "
    "s.job_id = gone.job_id WHERE j.id = gone.job_id RETURNING j.id, j.queue_name, j.priority) INSERT INTO "
    "{solid_queue_ready_executions} (job_id, queue_name, priority, created_at) SELECT id, queue_name, priority, " +
    utc_now + " FROM changed RETURNING job_id">}};

inline constexpr std::array erase_skips{
    runs, SqlSkipRule{constant<"j.concurrency_key IS NOT NULL AND (" + ready + " OR " + blocked + ")">, limited.reason,
                      Verdict::skip, true}};
inline constexpr std::array erase{
    SqlActionStatement{"DELETE FROM {solid_queue_jobs} j WHERE j.id = ANY({:ids}) AND NOT EXISTS (SELECT 1 FROM "
                       "{solid_queue_claimed_executions} c WHERE c.job_id = j.id) RETURNING j.id"}};

inline constexpr std::array move_skips{
    has_ended, runs, SqlSkipRule{"j.queue_name = {:queue}", "it is in that queue", Verdict::already},
    SqlSkipRule{constant<"NOT " + ready + " AND NOT " + scheduled + " AND NOT " + blocked>, "it does not wait"}};
consteval auto moved(const auto& execution) {
  return "UPDATE {solid_queue_" + Text(execution) + "_executions} SET queue_name = {:queue} WHERE job_id = ANY({:ids})";
}
inline constexpr std::array move{
    SqlActionStatement{constant<moved("ready")>, "", true}, SqlActionStatement{constant<moved("scheduled")>, "", true},
    SqlActionStatement{constant<moved("blocked")>, "", true},
    SqlActionStatement{constant<"UPDATE {solid_queue_jobs} SET queue_name = {:queue}, updated_at = " + utc_now +
                                " WHERE id = ANY({:ids}) AND finished_at IS NULL RETURNING id">}};

inline constexpr std::array actions{
    SqlActionRule{.action = ActionKind::retry,
                  .effect = "a failed job is ready again, its counts of executions and exceptions at 0 as the library "
                            "does it; a scheduled one is ready now",
                  .skips = retry_skips,
                  .statements = retry},
    SqlActionRule{.action = ActionKind::erase,
                  .effect = "the job goes with its execution: that is how the library discards jobs",
                  .skips = erase_skips,
                  .statements = erase},
    SqlActionRule{.action = ActionKind::move,
                  .effect = "the job and its execution go to the other queue",
                  .skips = move_skips,
                  .statements = move,
                  .warning = "a worker takes only from the queues it was started for"},
};

inline constexpr std::array refusals{
    SqlRefusalRule{ActionKind::cancel, "Solid Queue has no cancelled jobs: it discards them",
                   "queuetrace job delete, which keeps a backup"},
    SqlRefusalRule{std::nullopt, "the table solid_queue_pauses is missing", "bin/rails db:migrate",
                   "!solid_queue_pauses."},
};

inline constexpr std::array backup{
    SqlBackupTable{.table = "solid_queue_jobs", .owner = "t.id", .condition = "t.id = ANY({:ids})"},
    SqlBackupTable{.table = "solid_queue_ready_executions", .owner = "t.job_id", .condition = "t.job_id = ANY({:ids})"},
    SqlBackupTable{
        .table = "solid_queue_scheduled_executions", .owner = "t.job_id", .condition = "t.job_id = ANY({:ids})"},
    SqlBackupTable{
        .table = "solid_queue_failed_executions", .owner = "t.job_id", .condition = "t.job_id = ANY({:ids})"},
    SqlBackupTable{
        .table = "solid_queue_blocked_executions", .owner = "t.job_id", .condition = "t.job_id = ANY({:ids})"},
    SqlBackupTable{.table = "solid_queue_recurring_executions",
                   .owner = "t.job_id",
                   .condition = "t.job_id = ANY({:ids})",
                   .needs = "solid_queue_recurring_executions.job_id"},
};

inline constexpr SqlPausing pausing{
    .effect = "workers take no more jobs from the queue; jobs that run continue",
    .pause =
        "INSERT INTO {solid_queue_pauses} (queue_name, created_at) VALUES ({:queue}, now() AT TIME ZONE 'UTC') ON "
        "CONFLICT DO NOTHING RETURNING queue_name",
    .resume = "DELETE FROM {solid_queue_pauses} WHERE queue_name = {:queue} RETURNING queue_name",
    .needs = "solid_queue_pauses.queue_name",
    .kept = {.table = "solid_queue_pauses", .owner = "t.queue_name", .condition = "t.queue_name = {:queue}"}};

}  // namespace queuetrace::solid_queue
