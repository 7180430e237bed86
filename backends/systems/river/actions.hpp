// What can be done to River's jobs, by the statements that its client runs (docs/systems/river.md section 5), and what
// wakes its clients: they listen on `<schema>.river_control`, older releases on the bare name. Part of system.cpp,
// apart for its length.
#pragma once

#include <array>

#include "backends/engines/constant_text.hpp"
#include "backends/engines/sql/system.hpp"

namespace queuetrace::river {

inline constexpr std::string_view ended = "j.state IN ('completed', 'discarded')";
inline constexpr std::string_view due = "j.state = 'available' AND j.scheduled_at <= now()";

inline constexpr std::array retry_skips{
    SqlSkipRule{"j.state = 'running'", "it runs: a job whose client died is rescued by the elected client"},
    SqlSkipRule{due, "it waits to run as it is", Verdict::already},
    SqlSkipRule{"j.unique_key IS NOT NULL AND j.state IN ('cancelled', 'discarded') AND EXISTS (SELECT 1 FROM "
                "{river_job} o WHERE o.unique_key = j.unique_key AND o.id <> j.id AND o.state IN ('available', "
                "'pending', 'retryable', 'running', 'scheduled'))",
                "another job with its unique key waits or runs, and only one may", Verdict::skip, false, "unique_key"},
};
/// JobRetry: errors stay, and so does the attempt; one more is allowed where none is left.
inline constexpr std::array retry{SqlActionStatement{
    "UPDATE {river_job} SET state = 'available', scheduled_at = now(), finalized_at = NULL, max_attempts = CASE WHEN "
    "attempt = max_attempts AND NOT {:reset_attempts} THEN max_attempts + 1 ELSE max_attempts END, attempt = CASE WHEN "
    "{:reset_attempts} THEN 0 ELSE attempt END, metadata = CASE WHEN jsonb_typeof(metadata) = 'object' THEN metadata - "
    "'cancel_attempted_at' ELSE metadata END WHERE id = ANY({:ids}) AND state <> 'running' AND NOT (state = "
    "'available' AND scheduled_at <= now()) RETURNING id"}};

inline constexpr std::array cancel_skips{
    SqlSkipRule{"j.state = 'cancelled'", "it is cancelled", Verdict::already},
    SqlSkipRule{ended, "it has ended"},
    SqlSkipRule{"j.state = 'running' AND j.metadata ? 'cancel_attempted_at'", "its client was asked to cancel it",
                Verdict::already},
    SqlSkipRule{"j.state = 'running'",
                "it runs: --force asks its client to cancel it, which only happens if its worker lets it",
                Verdict::skip, true},
};

/// The schema of the rows in `changed`, as River names its channels.
inline constexpr Text schema =
    "(SELECT n.nspname FROM pg_catalog.pg_class k JOIN pg_catalog.pg_namespace n ON n.oid = k.relnamespace WHERE k.oid "
    "= c.tableoid)";
/// Tells clients of the rows `c` of `changed`; each message once, on both names of the channel.
consteval auto told(const auto& message) {
  return "told AS MATERIALIZED (SELECT pg_catalog.pg_notify(channel, message) FROM (SELECT DISTINCT unnest(ARRAY[" +
         schema + " || '.river_control', 'river_control']) AS channel, " + message + " AS message FROM changed c) n)";
}

inline constexpr std::array cancel{SqlActionStatement{constant<
    "WITH changed AS (UPDATE {river_job} j SET state = CASE WHEN j.state = 'running' THEN j.state ELSE 'cancelled' "
    "END, "
    "finalized_at = CASE WHEN j.state = 'running' THEN j.finalized_at ELSE now() END, metadata = CASE WHEN "
    "jsonb_typeof(j.metadata) = 'object' THEN j.metadata ELSE '{}' END || jsonb_build_object('cancel_attempted_at', "
    "to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')) WHERE j.id = ANY({:ids}) AND j.state NOT "
    "IN "
    "('cancelled', 'completed', 'discarded') AND (j.state <> 'running' OR {:force}) RETURNING j.id, j.queue, j.state, "
    "j.tableoid), " +
    told("jsonb_build_object('action', 'cancel', 'job_id', c.id, 'queue', c.queue)::text") +
    " SELECT c.id FROM changed c WHERE (SELECT count(*) FROM told) >= 0">}};

inline constexpr std::array erase_skips{SqlSkipRule{"j.state = 'running'", "it runs, and its client records the end"}};
inline constexpr std::array erase{
    SqlActionStatement{"DELETE FROM {river_job} WHERE id = ANY({:ids}) AND state <> 'running' RETURNING id"}};

inline constexpr std::array move_skips{
    SqlSkipRule{"j.queue = {:queue}", "it is in that queue", Verdict::already},
    SqlSkipRule{"j.state = 'running'", "it runs"},
    SqlSkipRule{"j.state IN ('cancelled', 'completed', 'discarded')", "it has ended"},
    SqlSkipRule{"octet_length({:queue}) > 64 OR {:queue} !~ '^[a-z0-9]+([_|-]?[a-z0-9]+)*$'",
                "River takes no such name for a queue: lower case letters and digits, with single _, - or | between"},
};
inline constexpr std::array move{SqlActionStatement{
    "UPDATE {river_job} SET queue = {:queue} WHERE id = ANY({:ids}) AND state NOT IN ('running', 'cancelled', "
    "'completed', 'discarded') RETURNING id"}};

inline constexpr std::array actions{
    SqlActionRule{.action = ActionKind::retry,
                  .effect = "the job is available and due now; its errors stay, its attempts go on, and one more is "
                            "allowed where none is left; with --reset-attempts they start at 0",
                  .skips = retry_skips,
                  .statements = retry,
                  .resets_attempts = false},
    SqlActionRule{.action = ActionKind::cancel,
                  .effect = "a job that does not run becomes cancelled; of a running one, with --force, the cancel is "
                            "requested: its worker may end it, or finish all the same",
                  .skips = cancel_skips,
                  .statements = cancel,
                  .beside = "CASE WHEN j.state = 'running' THEN 1 ELSE 0 END",
                  .beside_text = "a cancel is requested; whether it ends as cancelled shows later"},
    SqlActionRule{.action = ActionKind::erase,
                  .effect = "the job goes with its errors and its metadata",
                  .skips = erase_skips,
                  .statements = erase},
    SqlActionRule{.action = ActionKind::move,
                  .effect = "the job goes to the other queue; its state and due time stay",
                  .skips = move_skips,
                  .statements = move,
                  .warning = "a client works only on the queues it was started for"},
};

inline constexpr std::array refusals{
    SqlRefusalRule{std::nullopt, "this schema has no table river_queue (before version 4): queues cannot be paused",
                   "river migrate-up", "!river_queue."},
};

inline constexpr std::array backup{
    SqlBackupTable{.table = "river_job", .owner = "t.id", .condition = "t.id = ANY({:ids})"}};

/// QueuePause and QueueResume; a queue that no client has worked yet has no row, and one is made for it.
consteval auto paused(const auto& change, const auto& action) {
  return "WITH changed AS (" + Text(change) + " RETURNING q.name, q.tableoid), " +
         told("jsonb_build_object('action', '" + Text(action) + "', 'queue', c.name)::text") +
         " SELECT c.name FROM changed c WHERE (SELECT count(*) FROM told) >= 0";
}
inline constexpr SqlPausing pausing{
    .effect = "clients take no more jobs from the queue; jobs that run continue",
    .pause = constant<paused("INSERT INTO {river_queue} AS q (name, created_at, metadata, paused_at, updated_at) "
                             "VALUES ({:queue}, now(), '{}', now(), now()) ON CONFLICT (name) DO UPDATE SET paused_at "
                             "= excluded.paused_at, updated_at = excluded.updated_at WHERE q.paused_at IS NULL",
                             "pause")>,
    .resume = constant<paused("UPDATE {river_queue} q SET paused_at = NULL, updated_at = now() WHERE q.name = {:queue} "
                              "AND q.paused_at IS NOT NULL",
                              "resume")>,
    .needs = "river_queue.paused_at river_queue.updated_at river_queue.metadata",
    .kept = {.table = "river_queue", .owner = "t.name", .condition = "t.name = {:queue}"}};

}  // namespace queuetrace::river
