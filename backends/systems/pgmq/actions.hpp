// What can be done to PGMQ's messages, through its own functions where it has one (docs/systems/pgmq.md section 5).
// Part of system.cpp, apart for its length.
#pragma once

#include <array>

#include "backends/systems/pgmq/fields.hpp"

namespace queuetrace::pgmq {

inline constexpr std::array retry_skips{
    SqlSkipRule{"j.vt <= now() AND NOT (j.read_ct > 0 AND {:reset_attempts})", "it is visible", Verdict::already},
    SqlSkipRule{leased, "it is leased: a consumer may be at work on it, and with --force a second one may read it, too",
                Verdict::skip, true},
};
inline constexpr std::array retry{
    SqlActionStatement{"UPDATE {q_} SET read_ct = 0 WHERE msg_id = ANY({:ids}) AND {:reset_attempts}", "", true},
    SqlActionStatement{
        "SELECT r.msg_id FROM unnest({:ids}) AS i(id) CROSS JOIN LATERAL {set_vt}({:own_queue}, i.id, 0) "
        "AS r"},
};

/// No function puts an archived message back; sent anew it would have another number. By all columns that both tables
/// have, whatever the release; SQL's NULL and JSON's look alike on the way.
inline constexpr std::array unarchive_skips{
    SqlSkipRule{"jsonb_typeof(j.message) = 'null' OR jsonb_typeof(j.headers) = 'null'",
                "it holds the JSON text null: send it anew"}};
inline constexpr std::array unarchive{SqlActionStatement{
    "WITH gone AS (DELETE FROM {a_} a WHERE a.msg_id = ANY({:ids}) RETURNING a.*) INSERT INTO {q_} OVERRIDING SYSTEM "
    "VALUE SELECT r.* FROM gone g CROSS JOIN LATERAL jsonb_populate_record(NULL::{q_}, to_jsonb(g) || "
    "jsonb_build_object('vt', now(), 'read_ct', CASE WHEN {:reset_attempts} THEN 0 ELSE g.read_ct END)) r RETURNING "
    "msg_id"}};

inline constexpr std::array erase_skips{SqlSkipRule{
    leased, "it is leased: with --force it goes, and a consumer that is at work on it finds nothing to delete",
    Verdict::skip, true}};
inline constexpr std::array erase{SqlActionStatement{"SELECT d.id FROM {delete}({:own_queue}, {:ids}) AS d(id)"}};
inline constexpr std::array erase_archived{
    SqlActionStatement{"DELETE FROM {a_} WHERE msg_id = ANY({:ids}) RETURNING msg_id"}};

inline constexpr std::string_view retry_effect =
    "the message is visible now; how often it was read stays; with --reset-attempts it counts from 0. An archived one "
    "goes back into its queue";
inline constexpr std::string_view erase_effect = "the message goes, and nothing is left of it but a gap in the numbers";

inline constexpr std::array actions{
    SqlActionRule{.action = ActionKind::retry,
                  .effect = retry_effect,
                  .skips = retry_skips,
                  .statements = retry,
                  .resets_attempts = false,
                  .needs = "set_vt().3"},
    SqlActionRule{.action = ActionKind::retry,
                  .effect = retry_effect,
                  .skips = unarchive_skips,
                  .statements = unarchive,
                  .resets_attempts = false,
                  .relation = "archives"},
    SqlActionRule{.action = ActionKind::erase,
                  .effect = erase_effect,
                  .skips = erase_skips,
                  .statements = erase,
                  .needs = "delete().2"},
    SqlActionRule{
        .action = ActionKind::erase, .effect = erase_effect, .statements = erase_archived, .relation = "archives"},
};

inline constexpr std::array refusals{
    SqlRefusalRule{ActionKind::cancel, "PGMQ has no cancelled messages: they are deleted or archived",
                   "queuetrace job delete, which keeps a backup; or SELECT {archive}('QUEUE', NUMBER)"},
    SqlRefusalRule{ActionKind::move, "a message has its number from its queue, and would get another one",
                   "SELECT {send}('OTHER', message, headers), then queuetrace job delete"},
    SqlRefusalRule{std::nullopt, "PGMQ has no pause", "stop the consumers of the queue: messages wait without harm"},
};

inline constexpr std::array backup{
    SqlBackupTable{.table = "q_", .owner = "t.msg_id", .condition = "t.msg_id = ANY({:ids})"},
    SqlBackupTable{.table = "a_", .owner = "t.msg_id", .condition = "t.msg_id = ANY({:ids})"},
};

}  // namespace queuetrace::pgmq
