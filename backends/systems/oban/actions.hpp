// What can be done to Oban's jobs, by the statements that the library runs (docs/systems/oban.md section 5). Notifiers
// that use PostgreSQL hear the signals; the channel is the bare schema with a suffix. Part of system.cpp, apart for its
// length.
#pragma once

#include <array>

#include "backends/systems/oban/fields.hpp"

namespace queuetrace::oban {

/// The schema of a changed row `c`, as the library names its channels.
inline constexpr Text prefix =
    "(SELECT n.nspname FROM pg_catalog.pg_class k JOIN pg_catalog.pg_namespace n ON n.oid = k.relnamespace WHERE k.oid "
    "= c.tableoid)";
/// `change` returns id, queue, tableoid and `was`; jobs of `which` are told of on a channel, each message once.
consteval auto changed_and_told(const auto& change, const auto& channel, const auto& message, const auto& which) {
  return "WITH changed AS (" + Text(change) +
         "), told AS MATERIALIZED (SELECT pg_catalog.pg_notify(n.channel, n.message) FROM (SELECT DISTINCT " + prefix +
         " || '" + Text(channel) + "' AS channel, " + Text(message) + "::text AS message FROM changed c" + Text(which) +
         ") n) SELECT c.id FROM changed c WHERE (SELECT count(*) FROM told) >= 0";
}
consteval auto and_begun(const auto& change) {
  return changed_and_told(change, ".oban_insert", "jsonb_build_object('queue', c.queue)", "");
}

inline constexpr std::array retry_skips{
    SqlSkipRule{"j.state::text = 'executing'", "it runs: one whose node died is rescued by the library's Lifeline"},
    SqlSkipRule{"j.state::text = 'available'", "it waits to run as it is", Verdict::already},
};
/// A row that the Python port made unique carries a bitmap of states, which its retry empties.
inline constexpr Text to_available =
    "UPDATE {oban_jobs} j SET state = 'available', scheduled_at = " + Postgresql::now +
    ", attempt = CASE WHEN {:reset_attempts} THEN 0 ELSE j.attempt END, max_attempts = CASE WHEN {:reset_attempts} "
    "THEN "
    "j.max_attempts ELSE greatest(j.max_attempts, j.attempt + 1) END, completed_at = NULL, discarded_at = NULL, "
    "cancelled_at = NULL, meta = CASE WHEN j.meta ? 'uniq_bmp' THEN jsonb_set(j.meta, ARRAY['uniq_bmp'], '[]') ELSE "
    "j.meta END WHERE j.id = ANY({:ids}) AND j.state::text NOT IN ('available', 'executing') RETURNING j.id, j.queue, "
    "j.tableoid";
inline constexpr std::array retry{SqlActionStatement{constant<and_begun(to_available)>}};

inline constexpr SqlSkipRule is_cancelled{"j.state::text = 'cancelled'", "it is cancelled", Verdict::already};
inline constexpr SqlSkipRule has_ended{"j.state::text IN ('completed', 'discarded')", "it has ended"};
inline constexpr std::array cancel_skips{
    is_cancelled, has_ended,
    SqlSkipRule{"j.state::text = 'executing'",
                "it runs: --force records it as cancelled and asks its node to stop it, which only nodes that listen "
                "through PostgreSQL hear",
                Verdict::skip, true}};
/// The row first, then the signal: a run that ends without it would overwrite the state.
inline constexpr Text to_cancelled =
    "UPDATE {oban_jobs} j SET state = 'cancelled', cancelled_at = " + Postgresql::now +
    " FROM {oban_jobs} o WHERE o.id = j.id AND j.id = ANY({:ids}) AND j.state::text NOT IN ('cancelled', 'completed', "
    "'discarded') AND (j.state::text <> 'executing' OR {:force}) RETURNING j.id, j.queue, j.tableoid, o.state::text AS "
    "was";
inline constexpr std::array cancel{SqlActionStatement{
    constant<changed_and_told(to_cancelled, ".oban_signal", "jsonb_build_object('action', 'pkill', 'job_id', c.id)",
                              " WHERE c.was = 'executing'")>}};

inline constexpr std::array cancel_waiting_skips{
    is_cancelled, has_ended,
    SqlSkipRule{"j.state::text = 'executing'", "it runs, and its worker stops only when its own application asks it"}};
inline constexpr std::array cancel_waiting{
    SqlActionStatement{constant<"UPDATE {oban_jobs} SET state = 'cancelled', cancelled_at = " + Postgresql::now +
                                " WHERE id = ANY({:ids}) AND state::text NOT IN ('cancelled', 'completed', "
                                "'discarded', 'executing') RETURNING id">}};

inline constexpr std::array erase_skips{
    SqlSkipRule{"j.state::text = 'executing'", "it runs, and its node records the end"}};
inline constexpr std::array erase{
    SqlActionStatement{"DELETE FROM {oban_jobs} WHERE id = ANY({:ids}) AND state::text <> 'executing' RETURNING id"}};

inline constexpr std::array move_skips{
    SqlSkipRule{"j.queue = {:queue}", "it is in that queue", Verdict::already},
    SqlSkipRule{"j.state::text = 'executing'", "it runs"},
    SqlSkipRule{"j.state::text IN ('cancelled', 'completed', 'discarded')", "it has ended"},
    SqlSkipRule{"char_length({:queue}) NOT BETWEEN 1 AND 127", "names of queues have 1 to 127 characters"},
};
inline constexpr Text to_queue =
    "UPDATE {oban_jobs} j SET queue = {:queue} WHERE j.id = ANY({:ids}) AND j.state::text NOT IN ('cancelled', "
    "'completed', 'discarded', 'executing') RETURNING j.id, j.queue, j.tableoid";
inline constexpr std::array move{SqlActionStatement{constant<and_begun(to_queue)>}};

inline constexpr std::array actions{
    SqlActionRule{.action = ActionKind::retry,
                  .effect = "the job is available and due now; its errors stay, its attempts go on, and one more is "
                            "allowed where none is left; with --reset-attempts they start at 0",
                  .skips = retry_skips,
                  .statements = retry,
                  .resets_attempts = false},
    SqlActionRule{.action = ActionKind::cancel,
                  .effect = "the job becomes cancelled; of a running one, with --force, its node is asked to stop it",
                  .skips = cancel_skips,
                  .statements = cancel,
                  .needs = "cancelled_at errors=_jsonb"},
    SqlActionRule{.action = ActionKind::cancel,
                  .effect = "a job that does not run becomes cancelled",
                  .skips = cancel_waiting_skips,
                  .statements = cancel_waiting,
                  .needs = "cancelled_at"},
    SqlActionRule{.action = ActionKind::erase,
                  .effect = "the job goes with its errors and its meta",
                  .skips = erase_skips,
                  .statements = erase},
    SqlActionRule{.action = ActionKind::move,
                  .effect = "the job goes to the other queue; its state and due time stay",
                  .skips = move_skips,
                  .statements = move,
                  .warning = "a node works only on the queues it was started for"},
};

inline constexpr std::array refusals{
    SqlRefusalRule{ActionKind::cancel, "this schema has no state for it (before migration 9)",
                   "delete the jobs: queuetrace job delete"},
    SqlRefusalRule{
        std::nullopt, "a pause lives in the memory of each node, not in the database, so it could not be seen",
        "Oban.pause_queue(queue: :NAME) in the application, or move the waiting jobs to a queue that no node "
        "works on"},
};

inline constexpr std::array backup{
    SqlBackupTable{.table = "oban_jobs", .owner = "t.id", .condition = "t.id = ANY({:ids})"}};

}  // namespace queuetrace::oban
