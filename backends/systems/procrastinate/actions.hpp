// What can be done to Procrastinate's jobs (docs/systems/procrastinate.md section 5): through its own SQL functions
// where a release ships them, by guarded statements where it does not. Functions and triggers write the events; what
// they write at a restore is taken away again, so that the history is the one that was backed up. Part of system.cpp,
// apart for its length.
#pragma once

#include <array>

#include "backends/engines/constant_text.hpp"
#include "backends/engines/sql/system.hpp"
#include "backends/systems/procrastinate/conditions.hpp"

namespace queuetrace::procrastinate {

/// Runs, and its worker wrote a heartbeat lately.
inline constexpr Text alive =
    "j.status = 'doing' AND EXISTS (SELECT 1 FROM {procrastinate_workers} b WHERE b.id = j.worker_id AND " + fresh +
    ")";
/// How releases before 2.7 record a cancel: finished, and the last event but `scheduled` is a cancel.
inline constexpr std::string_view cancelled_as_failed =
    "j.status = 'failed' AND (SELECT v.type FROM {procrastinate_events} v WHERE v.job_id = j.id AND v.type <> "
    "'scheduled' ORDER BY v.id DESC LIMIT 1) = 'cancelled'";

inline constexpr std::array retry_skips{
    SqlSkipRule{"j.status = 'todo' AND NOT (j.attempts > 0 AND coalesce(j.scheduled_at > now(), false))",
                "it waits to run as it is", Verdict::already},
    SqlSkipRule{"j.status::text = 'aborting'", "it runs and was asked to abort"},
    SqlSkipRule{alive, "it runs and its worker is alive: retried now it would run twice", Verdict::skip, false,
                heartbeats},
    SqlSkipRule{"j.status = 'doing'",
                "it is marked as running, but its worker is gone or silent for over {=stalled_seconds} seconds; a "
                "worker that is shutting down is silent as well while it finishes its jobs",
                Verdict::skip, true, heartbeats},
    SqlSkipRule{"j.status = 'doing'",
                "it runs, and no heartbeats can be read here: only who knows that its worker is gone may force it, "
                "else it runs twice",
                Verdict::skip, true},
    SqlSkipRule{cancelled_as_failed, "it was cancelled, as releases before 2.7 record it", Verdict::skip, true},
    SqlSkipRule{"j.status::text NOT IN ('todo', 'failed', 'doing')",
                "only failed jobs can be retried: defer it anew from the application"},
    SqlSkipRule{"EXISTS (SELECT 1 FROM {procrastinate_jobs} o WHERE o.queueing_lock = j.queueing_lock AND o.status = "
                "'todo' AND o.id <> j.id)",
                "another job waits under its queueing lock, which only one may"},
    SqlSkipRule{"j.status IN ('failed', 'doing') AND EXISTS (SELECT 1 FROM {procrastinate_jobs} o WHERE "
                "o.queueing_lock = j.queueing_lock AND (o.status = 'failed' OR ({:force} AND o.status = 'doing')) AND "
                "o.id > j.id AND o.id = ANY({:ids}))",
                "a newer one of these jobs has its queueing lock, under which only one may wait"},
};

inline constexpr std::string_view retry_effect =
    "a failed job waits again and is due now, as is one that waits for its retry; its count of attempts continues, or "
    "starts at 0 with --reset-attempts, for its task's retry policy as well";
/// Every retry counts one attempt up, by whichever function: 0 comes out of -1, in the same transaction.
inline constexpr Text attempts_before = "attempts = CASE WHEN {:reset_attempts} THEN -1 ELSE attempts END";
inline constexpr Text chosen = "WHERE id = ANY({:ids}) AND status";
/// Without a time no `scheduled` event is added.
consteval auto retry(const auto& others, const auto& called, const auto& states) {
  return "WITH hastened AS (UPDATE {procrastinate_jobs} SET scheduled_at = NULL, attempts = CASE WHEN "
         "{:reset_attempts} THEN 0 ELSE attempts END " +
         chosen + " = 'todo' RETURNING id)" + others + ", retried AS MATERIALIZED (SELECT id, " + called +
         " FROM {procrastinate_jobs} " + chosen + states + ") SELECT id FROM retried UNION ALL ";
}
/// Before 3.4 no function takes a failed job.
inline constexpr Text by_hand =
    ", failed AS (UPDATE {procrastinate_jobs} SET status = 'todo', attempts = attempts + 1, scheduled_at = now() " +
    chosen + " = 'failed' RETURNING id)";
consteval auto retry_by_hand(const auto& called) {
  return retry(by_hand, called, " = 'doing'") + "SELECT id FROM failed UNION ALL SELECT id FROM hastened";
}

/// A failed job may still carry the flag of an abort that came too late: it must not wait with it, and a running one
/// would fail instead of being retried.
inline constexpr SqlActionStatement clears_abort{
    constant<"UPDATE {procrastinate_jobs} SET abort_requested = false, " + attempts_before + " " + chosen +
             " IN ('failed', 'doing') AND (abort_requested OR {:reset_attempts})">,
    "abort_requested", true};
inline constexpr SqlActionStatement resets_attempts{
    constant<"UPDATE {procrastinate_jobs} SET " + attempts_before + " " + chosen +
             " IN ('failed', 'doing') AND {:reset_attempts}">,
    "!abort_requested", true};
inline constexpr std::array retry_v2{
    clears_abort,
    SqlActionStatement{
        constant<retry("", "{procrastinate_retry_job_v2}(id, now(), NULL, NULL, NULL)", " IN ('failed', 'doing')") +
                 "SELECT id FROM hastened">}};
inline constexpr std::array retry_v1{
    clears_abort,
    SqlActionStatement{constant<retry_by_hand("{procrastinate_retry_job_v1}(id, now(), NULL, NULL, NULL)")>}};
inline constexpr std::array retry_v0{
    resets_attempts, SqlActionStatement{constant<retry_by_hand("{procrastinate_retry_job}(id, now())")>}};

inline constexpr std::string_view running = "j.status::text IN ('doing', 'aborting')";
inline constexpr std::string_view ended = "j.status::text IN ('succeeded', 'failed', 'cancelled', 'aborted')";

inline constexpr std::array cancel_skips{
    SqlSkipRule{"j.status::text = 'cancelled'", "it is cancelled", Verdict::already},
    SqlSkipRule{cancelled_as_failed, "it is cancelled", Verdict::already},
    SqlSkipRule{ended, "it has ended"},
    SqlSkipRule{"j.status::text = 'aborting'", "its worker was asked to abort it", Verdict::already},
    SqlSkipRule{"j.status = 'doing' AND j.abort_requested", "its worker was asked to abort it", Verdict::already, false,
                "abort_requested"},
    SqlSkipRule{"j.status = 'doing'",
                "it runs: --force asks its worker to abort it, which only happens if its task lets it", Verdict::skip,
                true},
};
/// Before 2.7 there is no abort.
inline constexpr std::array finish_skips{
    cancel_skips[0],
    cancel_skips[1],
    cancel_skips[2],
    SqlSkipRule{"j.status = 'doing'", "it runs, and releases before 2.7 cannot abort"},
};

consteval auto cancel(const auto& function) {
  return "WITH called AS MATERIALIZED (SELECT " + Text(function) +
         "(j.id, j.status = 'doing', false) AS id FROM {procrastinate_jobs} j WHERE j.id = ANY({:ids}) AND (j.status = "
         "'todo' OR ({:force} AND j.status = 'doing'))) SELECT id FROM called WHERE id IS NOT NULL";
}
inline constexpr std::array cancel_v1{SqlActionStatement{constant<cancel("{procrastinate_cancel_job_v1}")>}};
inline constexpr std::array cancel_v0{SqlActionStatement{constant<cancel("{procrastinate_cancel_job}")>}};
inline constexpr std::array cancel_by_finish{
    SqlActionStatement{"WITH called AS MATERIALIZED (SELECT j.id, {procrastinate_finish_job}(j.id, 'failed', false) "
                       "FROM {procrastinate_jobs} j WHERE j.id = ANY({:ids}) AND j.status = 'todo') SELECT id FROM "
                       "called"}};
inline constexpr std::string_view cancel_effect =
    "a waiting job becomes cancelled; of a running one, with --force, an abort is requested: its task may end as "
    "aborted, or finish all the same";
inline constexpr std::string_view is_asked = "an abort is requested; whether it ends as aborted shows later";
inline constexpr std::string_view asks = "CASE WHEN j.status = 'doing' THEN 1 ELSE 0 END";

inline constexpr std::array erase_skips{
    SqlSkipRule{running, "it runs: deleting it does not stop its task, and its worker fails when it records the end",
                Verdict::skip, true}};
/// The rest goes with it: events by their foreign key, the link of a periodic task by a trigger.
inline constexpr std::array erase{
    SqlActionStatement{"DELETE FROM {procrastinate_jobs} WHERE id = ANY({:ids}) AND (status::text NOT IN ('doing', "
                       "'aborting') OR {:force}) RETURNING id"}};

inline constexpr std::array move_skips{
    SqlSkipRule{"j.status = 'todo' AND j.queue_name = {:queue}", "it is in that queue", Verdict::already},
    SqlSkipRule{running, "it runs"},
    SqlSkipRule{ended, "it has ended"},
    SqlSkipRule{"octet_length({:queue}) > 40",
                "the queue's name has more than 40 bytes: notifications of this release cannot name it", Verdict::skip,
                false, "abort_requested"},
    SqlSkipRule{"octet_length({:queue}) > 43",
                "the queue's name has more than 43 bytes: notifications of this release cannot name it", Verdict::skip,
                false, "!abort_requested"},
};
inline constexpr std::array move{
    SqlActionStatement{"UPDATE {procrastinate_jobs} SET queue_name = {:queue} WHERE id = ANY({:ids}) AND status = "
                       "'todo' RETURNING id"}};

inline constexpr std::array actions{
    SqlActionRule{.action = ActionKind::retry,
                  .effect = retry_effect,
                  .skips = retry_skips,
                  .statements = retry_v2,
                  .resets_attempts = false,
                  .needs = "abort_requested procrastinate_retry_job_v2().5"},
    SqlActionRule{.action = ActionKind::retry,
                  .effect = retry_effect,
                  .skips = retry_skips,
                  .statements = retry_v1,
                  .resets_attempts = false,
                  .warning = "before 3.4 there is no function for it: a failed job's history shows no retry",
                  .needs = "abort_requested procrastinate_retry_job_v1().5"},
    SqlActionRule{.action = ActionKind::retry,
                  .effect = retry_effect,
                  .skips = retry_skips,
                  .statements = retry_v0,
                  .resets_attempts = false,
                  .warning = "before 3.4 there is no function for it: a failed job's history shows no retry",
                  .needs = "!abort_requested procrastinate_retry_job().2"},
    SqlActionRule{.action = ActionKind::cancel,
                  .effect = cancel_effect,
                  .skips = cancel_skips,
                  .statements = cancel_v1,
                  .beside = asks,
                  .beside_text = is_asked,
                  .warning = "the schema is half migrated to 3.0: an abort reaches workers of 3.x only",
                  .needs = "abort_requested procrastinate_cancel_job_v1().3 procrastinate_cancel_job().3"},
    SqlActionRule{.action = ActionKind::cancel,
                  .effect = cancel_effect,
                  .skips = cancel_skips,
                  .statements = cancel_v1,
                  .beside = asks,
                  .beside_text = is_asked,
                  .needs = "abort_requested procrastinate_cancel_job_v1().3"},
    SqlActionRule{.action = ActionKind::cancel,
                  .effect = cancel_effect,
                  .skips = cancel_skips,
                  .statements = cancel_v0,
                  .beside = asks,
                  .beside_text = is_asked,
                  .needs = "!abort_requested procrastinate_cancel_job().3"},
    SqlActionRule{.action = ActionKind::cancel,
                  .effect = "a waiting job is recorded as failed with a cancel in its history, as releases before 2.7 "
                            "do it",
                  .skips = finish_skips,
                  .statements = cancel_by_finish,
                  .needs = "!abort_requested !procrastinate_cancel_job(). procrastinate_finish_job().3"},
    SqlActionRule{.action = ActionKind::erase,
                  .effect = "the job goes with its history; a periodic task keeps the tick that made it and does not "
                            "defer it again",
                  .skips = erase_skips,
                  .statements = erase},
    SqlActionRule{.action = ActionKind::move,
                  .effect = "a waiting job goes to the other queue, its place in its lock unchanged",
                  .skips = move_skips,
                  .statements = move},
};

inline constexpr std::array refusals{
    SqlRefusalRule{ActionKind::retry, "the function of this release that retries jobs is missing",
                   "repair the schema: procrastinate schema --read prints it"},
    SqlRefusalRule{ActionKind::cancel, "the function of this release that cancels jobs is missing",
                   "repair the schema: procrastinate schema --read prints it"},
    SqlRefusalRule{std::nullopt, "Procrastinate has no pause: workers take from every queue they were started for",
                   "move the waiting jobs to a queue that no worker listens to: queuetrace job move --queue NAME "
                   "--state pending --to NAME-paused"},
};

/// A finished job names its worker until that stops, and one that has stopped cannot be named again.
inline constexpr std::array worker{
    SqlWeakColumn{"worker_id", "(SELECT w.id FROM {procrastinate_workers} w WHERE w.id::text = {:old})"}};

/// What the triggers write when a waiting job comes back is not its history. The tick of a periodic task stays when its
/// job goes, without the link, until a later tick takes its place.
inline constexpr std::array backup{
    SqlBackupTable{.table = "procrastinate_jobs",
                   .owner = "t.id",
                   .condition = "t.id = ANY({:ids})",
                   .afterwards = "DELETE FROM {procrastinate_events} WHERE job_id = ANY({:ids})",
                   .weak = worker},
    SqlBackupTable{.table = "procrastinate_events", .owner = "t.job_id", .condition = "t.job_id = ANY({:ids})"},
    SqlBackupTable{.table = "procrastinate_periodic_defers",
                   .owner = "t.job_id",
                   .condition = "t.job_id = ANY({:ids})",
                   .needs = "procrastinate_periodic_defers.job_id",
                   .shared = true,
                   .put_back = "UPDATE {procrastinate_periodic_defers} p SET job_id = ({:row} ->> 'job_id')::bigint "
                               "WHERE p.id::text = {:row} ->> 'id' AND p.task_name = {:row} ->> 'task_name' AND "
                               "p.defer_timestamp::text = {:row} ->> 'defer_timestamp' AND p.job_id IS NULL RETURNING "
                               "1"},
};

}  // namespace queuetrace::procrastinate
