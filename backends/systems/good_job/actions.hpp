// What can be done to GoodJob's jobs, as its dashboard does it (docs/systems/good-job.md section 5). Part of
// system.cpp, apart for its length.
#pragma once

#include <array>

#include "backends/systems/good_job/fields.hpp"

namespace queuetrace::good_job {

inline constexpr std::string_view unfinished = "j.finished_at IS NULL";
inline constexpr SqlSkipRule runs{constant<"j.finished_at IS NULL AND (" + locked + ")">, "a worker holds it"};
inline constexpr SqlSkipRule process_runs{
    constant<"j.performed_at IS NOT NULL AND j.finished_at IS NULL AND " + process_lives>,
    "it runs: its process wrote a heartbeat within the last five minutes"};
inline constexpr SqlSkipRule in_batch{
    "j.batch_id IS NOT NULL",
    "it belongs to a batch, whose end and callbacks only the application works out: --force changes the job alone",
    Verdict::skip, true};

/// The jobs that no worker holds, held by us until the transaction ends: workers take a job by this lock, without
/// looking at locks of rows.
inline constexpr Text held =
    "asked AS MATERIALIZED (SELECT g.id, g.active_job_id FROM {good_jobs} g WHERE g.id = ANY({:ids})), held AS "
    "MATERIALIZED (SELECT a.id FROM asked a WHERE pg_catalog.pg_try_advisory_xact_lock(" +
    lock_key("a") + "))";
/// Tells workers that listen: `c` are the changed rows.
consteval auto and_told(const auto& change) {
  return "WITH " + held + ", changed AS (" + Text(change) +
         " RETURNING j.id, coalesce(j.queue_name, 'default') AS queue_name), told AS MATERIALIZED (SELECT "
         "pg_catalog.pg_notify('good_job', n.message) FROM (SELECT DISTINCT jsonb_build_object('queue_name', "
         "c.queue_name)::text AS message FROM changed c) n) SELECT c.id FROM changed c WHERE (SELECT count(*) FROM "
         "told) "
         ">= 0";
}

inline constexpr std::array retry_skips{
    runs,
    process_runs,
    SqlSkipRule{"j.finished_at IS NOT NULL AND j.error IS NULL", "it has succeeded"},
    SqlSkipRule{constant<"j.finished_at IS NULL AND coalesce(j.scheduled_at, j.created_at) <= " + utc_now>,
                "it waits to run as it is", Verdict::already},
    SqlSkipRule{"j.finished_at IS NOT NULL AND j.batch_id IS NOT NULL", in_batch.reason, Verdict::skip, true},
    SqlSkipRule{"j.id <> j.active_job_id",
                "GoodJob 3 keeps a row for each attempt of this job: its newest one is what could be retried",
                Verdict::skip, true},
};
inline constexpr Text to_queued =
    "UPDATE {good_jobs} j SET finished_at = NULL, performed_at = NULL, scheduled_at = " + utc_now +
    ", updated_at = " + utc_now +
    ", serialized_params = CASE WHEN {:reset_attempts} THEN j.serialized_params || jsonb_build_object('executions', 0, "
    "'exception_executions', '{}'::jsonb) WHEN j.finished_at IS NOT NULL AND j.serialized_params ->> 'executions' ~ "
    "'^[0-9]{1,9}$' THEN j.serialized_params || jsonb_build_object('executions', (j.serialized_params ->> "
    "'executions')::bigint + 1) ELSE j.serialized_params END, error_event = CASE WHEN j.finished_at IS NOT NULL THEN 3 "
    "ELSE j.error_event END, locked_by_id = NULL, locked_at = NULL FROM held h WHERE j.id = h.id AND NOT "
    "(j.finished_at IS NOT NULL AND j.error IS NULL)";
inline constexpr std::array retry{SqlActionStatement{constant<and_told(to_queued)>}};

inline constexpr std::array cancel_skips{
    SqlSkipRule{"j.finished_at IS NOT NULL AND j.error LIKE 'GoodJob::Job::DiscardJobError:%'", "it is discarded",
                Verdict::already},
    SqlSkipRule{"j.finished_at IS NOT NULL", "it has ended"}, runs, process_runs, in_batch};
inline constexpr std::array cancel{SqlActionStatement{constant<
    "WITH " + held + " UPDATE {good_jobs} j SET finished_at = " + utc_now + ", updated_at = " + utc_now +
    ", error = 'GoodJob::Job::DiscardJobError: ' || coalesce(nullif({:message}, ''), 'Discarded by queuetrace'), "
    "error_event = 5 FROM held h WHERE j.id = h.id AND j.finished_at IS NULL RETURNING j.id">}};

inline constexpr std::array erase_skips{
    runs, process_runs, SqlSkipRule{unfinished, "it has not ended: discard it first (queuetrace job cancel)"}};
inline constexpr std::array erase{
    SqlActionStatement{"DELETE FROM {good_job_executions} e USING {good_jobs} j WHERE j.id = ANY({:ids}) AND "
                       "e.active_job_id = j.active_job_id AND j.id = j.active_job_id AND j.finished_at IS NOT NULL",
                       "", true},
    SqlActionStatement{"DELETE FROM {good_jobs} WHERE id = ANY({:ids}) AND finished_at IS NOT NULL RETURNING id"}};

inline constexpr std::array move_skips{
    SqlSkipRule{"j.finished_at IS NULL AND j.queue_name = {:queue}", "it is in that queue", Verdict::already},
    SqlSkipRule{"j.finished_at IS NOT NULL", "it has ended"}, runs, process_runs};
inline constexpr std::array move{SqlActionStatement{constant<and_told(
    "UPDATE {good_jobs} j SET queue_name = {:queue}, updated_at = (now() AT TIME ZONE 'UTC'), serialized_params = "
    "j.serialized_params || jsonb_build_object('queue_name', {:queue}) FROM held h WHERE j.id = h.id AND j.finished_at "
    "IS NULL")>}};

inline constexpr std::array actions{
    SqlActionRule{.action = ActionKind::retry,
                  .effect = "a discarded job is queued again and due now, its error and its attempts kept; one that "
                            "waits for its time is due now; with --reset-attempts attempts start at 0",
                  .skips = retry_skips,
                  .statements = retry,
                  .resets_attempts = false},
    SqlActionRule{.action = ActionKind::cancel,
                  .effect = "the job is discarded: it ends with the error GoodJob::Job::DiscardJobError",
                  .skips = cancel_skips,
                  .statements = cancel},
    SqlActionRule{.action = ActionKind::erase,
                  .effect = "the job goes with the history of its attempts",
                  .skips = erase_skips,
                  .statements = erase},
    SqlActionRule{.action = ActionKind::move,
                  .effect = "the job goes to the other queue; its due time stays",
                  .skips = move_skips,
                  .statements = move,
                  .warning = "a worker takes only from the queues it was started for"},
};

inline constexpr std::array refusals{
    SqlRefusalRule{std::nullopt, "this release knows no pauses (before 4.8)",
                   "move the waiting jobs to a queue that no worker takes from"},
};

inline constexpr std::array backup{
    SqlBackupTable{.table = "good_jobs", .owner = "t.id", .condition = "t.id = ANY({:ids})"},
    SqlBackupTable{.table = "good_job_executions",
                   .owner = "g.id",
                   .condition = "g.id = ANY({:ids}) AND g.id = g.active_job_id",
                   .join = "JOIN {good_jobs} g ON g.active_job_id = t.active_job_id"},
};

inline constexpr SqlPausing pausing{
    .effect =
        "workers take no more jobs from the queue, where enable_pauses is on (4.8 and later); jobs that run continue",
    .pause =
        "INSERT INTO {good_job_settings} AS s (id, key, value, created_at, updated_at) VALUES "
        "(pg_catalog.gen_random_uuid(), 'pauses', jsonb_build_object('queues', jsonb_build_array({:queue})), now() "
        "AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC') ON CONFLICT (key) DO UPDATE SET value = CASE WHEN "
        "jsonb_typeof(s.value) = 'object' THEN s.value ELSE '{}' END || jsonb_build_object('queues', "
        "coalesce(s.value -> 'queues', '[]') || jsonb_build_array({:queue})), updated_at = now() AT TIME ZONE 'UTC' "
        "WHERE NOT coalesce(s.value -> 'queues', '[]') ? {:queue} RETURNING s.key",
    .resume =
        "UPDATE {good_job_settings} s SET value = s.value || jsonb_build_object('queues', (s.value -> 'queues') - "
        "{:queue}), updated_at = now() AT TIME ZONE 'UTC' WHERE s.key = 'pauses' AND s.value -> 'queues' ? "
        "{:queue} RETURNING s.key",
    .needs = "good_job_batches.jobs_finished_at",
    .kept = {.table = "good_job_settings", .owner = "t.key", .condition = "t.key = 'pauses'"}};

}  // namespace queuetrace::good_job
