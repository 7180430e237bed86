// A made-up system whose queues have their tables to themselves, as PGMQ's do, and three queues of it.
#pragma once

#include <array>

#include "backends/engines/sql/system.hpp"

namespace queuetrace::test::made_up_families {

inline constexpr std::array live_fields{SqlFieldRule{SqlField::id, "j.queue || '/' || j.msg_id"},
                                        SqlFieldRule{SqlField::queue, "j.queue"},
                                        SqlFieldRule{SqlField::created_at, "j.at"}};
inline constexpr std::array live_states{
    SqlStateRule{JobState::scheduled, "", "j.vt > now() AND j.reads = 0", "", "delayed"},
    SqlStateRule{JobState::running, "", "j.vt > now()", "", "leased"},
    SqlStateRule{JobState::pending, "", "", "", "visible"}};
inline constexpr std::array archive_states{SqlStateRule{JobState::completed, "", "", "", "archived"}};
inline constexpr std::array carriers{SqlCarrier{.document = "j.headers"}};
inline constexpr SqlTableFamily queues{
    "SELECT m.queue_name, 'q_' || lower(m.queue_name) FROM {family_meta} m ORDER BY 1",
    "msg_id=int8 reads=int4 at=timestamptz vt=timestamptz headers=jsonb"};
inline constexpr SqlTableFamily archives{
    "SELECT m.queue_name, 'a_' || lower(m.queue_name) FROM {family_meta} m ORDER BY 1",
    "msg_id=int8 reads=int4 at=timestamptz vt=timestamptz headers=jsonb"};
inline constexpr std::array relations{SqlRelation{.name = "queues",
                                                  .table = "q_",
                                                  .family = &queues,
                                                  .fields = live_fields,
                                                  .states = live_states,
                                                  .carriers = carriers},
                                      SqlRelation{.name = "archives",
                                                  .table = "a_",
                                                  .family = &archives,
                                                  .fields = live_fields,
                                                  .states = archive_states,
                                                  .carriers = carriers}};
inline constexpr std::array<std::string_view, 1> tables{"family_meta"};
inline constexpr std::array newest{SqlOrderKey{"j.at", SqlType::time, true}, SqlOrderKey{"j.queue"},
                                   SqlOrderKey{"j.msg_id", SqlType::integer}};
inline constexpr std::array storage{SqlOrderKey{"j.queue"}, SqlOrderKey{"j.msg_id", SqlType::integer}};

inline constexpr std::array retry_skips{SqlSkipRule{"j.vt <= now()", "it is visible", Verdict::already}};
inline constexpr std::array retry_statements{
    SqlActionStatement{"UPDATE {q_} SET vt = now() WHERE msg_id = ANY({:ids}) RETURNING msg_id"}};
inline constexpr std::array cancel_skips{SqlSkipRule{"j.vt > now() AND j.reads > 0", "it is leased"}};
inline constexpr std::array cancel_statements{SqlActionStatement{
    "WITH gone AS (DELETE FROM {q_} WHERE msg_id = ANY({:ids}) RETURNING msg_id, reads, at, vt) INSERT INTO {a_} "
    "(msg_id, reads, at, vt) SELECT msg_id, reads, at, vt FROM gone RETURNING msg_id"}};
inline constexpr std::array erase_statements{
    SqlActionStatement{"DELETE FROM {q_} WHERE msg_id = ANY({:ids}) RETURNING msg_id"}};
inline constexpr std::array erase_archived_statements{
    SqlActionStatement{"DELETE FROM {a_} WHERE msg_id = ANY({:ids}) RETURNING msg_id"}};
inline constexpr std::array actions{
    SqlActionRule{.action = ActionKind::retry,
                  .effect = "is visible at once",
                  .skips = retry_skips,
                  .statements = retry_statements},
    SqlActionRule{
        .action = ActionKind::cancel, .effect = "is archived", .skips = cancel_skips, .statements = cancel_statements},
    SqlActionRule{
        .action = ActionKind::erase, .effect = "is removed", .skips = cancel_skips, .statements = erase_statements},
    SqlActionRule{.action = ActionKind::erase,
                  .effect = "is removed",
                  .statements = erase_archived_statements,
                  .relation = "archives"}};
inline constexpr std::array backup{SqlBackupTable{"q_", "t.msg_id", "t.msg_id = ANY({:ids})"},
                                   SqlBackupTable{"a_", "t.msg_id", "t.msg_id = ANY({:ids})"}};

constexpr SqlSystem make() {
  SqlSystem system;
  system.info.name = "families";
  system.info.title = "Families";
  system.probe = "family_meta.queue_name";
  system.tables = tables;
  system.relations = relations;
  system.id_type = SqlType::integer;
  system.ids_by_queue = true;
  system.id_expression = "j.msg_id";
  system.newest = newest;
  system.storage = storage;
  system.actions = actions;
  system.backup = backup;
  return system;
}
inline constexpr SqlSystem families = make();
static_assert(consistent(families));

/// Three queues: one of an older shape without headers, one whose tables are gone, and names that need care.
inline constexpr const char* rows =
    "CREATE TABLE family_meta (queue_name text);"
    "INSERT INTO family_meta VALUES ('old'), ('It''s \"a\\b\"'), ('gone');"
    "CREATE TABLE q_old (msg_id bigint PRIMARY KEY, reads int, at timestamptz, vt timestamptz);"
    "CREATE TABLE a_old (msg_id bigint PRIMARY KEY, reads int, at timestamptz, vt timestamptz);"
    "CREATE TABLE \"q_it's \"\"a\\b\"\"\" (msg_id bigint PRIMARY KEY, headers jsonb, reads int, at timestamptz, vt "
    "timestamptz);"
    "CREATE TABLE \"a_it's \"\"a\\b\"\"\" (msg_id bigint PRIMARY KEY, headers jsonb, reads int, at timestamptz, vt "
    "timestamptz);"
    "CREATE TABLE q_none_of_ours (msg_id bigint);"
    "INSERT INTO q_old SELECT i, i % 2, '2026-01-01Z'::timestamptz + i * interval '1 s', CASE WHEN i <= 2 THEN now() + "
    "interval '1 hour' ELSE '2026-01-01Z' END FROM generate_series(1, 5) i;"
    "INSERT INTO a_old VALUES (6, 1, '2026-01-01Z', '2026-01-01Z');"
    "INSERT INTO \"q_it's \"\"a\\b\"\"\" VALUES (1, '{\"traceparent\": "
    "\"00-11111111111111111111111111111111-b7ad6b7169203331-01\"}', 0, '2026-01-02Z', '2026-01-01Z'), (3, NULL, 0, "
    "'2026-01-03Z', '2026-01-01Z')";

}  // namespace queuetrace::test::made_up_families
