// A small system of our own in PostgreSQL, its rows, and a store on them that tells its statements.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "backends/drivers/postgres/connection.hpp"
#include "backends/engines/sql/job_store.hpp"
#include "backends/engines/sql/live_schema.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/unit/engine_sql/recorded_connection.hpp"

namespace queuetrace::test::small_jobs {

inline constexpr std::array fields{SqlFieldRule{SqlField::id, "j.id"}, SqlFieldRule{SqlField::queue, "j.queue"},
                                   SqlFieldRule{SqlField::created_at, "j.created"},
                                   SqlFieldRule{SqlField::scheduled_at, "j.due"}};
inline constexpr std::array states{SqlStateRule{JobState::completed, "'done'"},
                                   SqlStateRule{JobState::dead, "'failed', 'of_another_release'"},
                                   SqlStateRule{JobState::blocked, "'todo'", "j.note LIKE 'held%'"},
                                   SqlStateRule{JobState::retrying, "'todo'", "j.tried > 0"},
                                   SqlStateRule{JobState::scheduled, "'todo'", "j.due > now()", "", "later"},
                                   SqlStateRule{JobState::pending, "'todo'"}};
inline constexpr std::array relations{
    SqlRelation{.name = "jobs", .table = "small_jobs", .fields = fields, .state = "j.state", .states = states}};
inline constexpr std::array storage{SqlOrderKey{"j.id", SqlType::integer}};
inline constexpr SqlSystem make_small() {
  SqlSystem system;
  system.info.name = "small";
  system.info.title = "Small";
  system.probe = "id queue state";
  system.relations = relations;
  system.id_type = SqlType::integer;
  system.id_expression = "j.id";
  system.storage = storage;
  return system;
}
inline constexpr SqlSystem small = make_small();

/// The same, but that each look at a creation time takes half a millisecond.
inline constexpr std::array slow_fields{SqlFieldRule{SqlField::id, "j.id"}, SqlFieldRule{SqlField::queue, "j.queue"},
                                        SqlFieldRule{SqlField::created_at, "public.slowly(j.created)"}};
inline constexpr std::array slow_relations{
    SqlRelation{.name = "jobs", .table = "small_jobs", .fields = slow_fields, .state = "j.state", .states = states}};
inline constexpr SqlSystem make_slow() {
  SqlSystem system = make_small();
  system.relations = slow_relations;
  return system;
}
inline constexpr SqlSystem slow = make_slow();

/// The same with times of each run.
inline constexpr std::array timed_fields{SqlFieldRule{SqlField::id, "j.id"}, SqlFieldRule{SqlField::queue, "j.queue"},
                                         SqlFieldRule{SqlField::created_at, "j.created"},
                                         SqlFieldRule{SqlField::started_at, "j.begun"},
                                         SqlFieldRule{SqlField::finished_at, "j.ended"}};
inline constexpr std::array waits{SqlTiming{"j.created", "j.begun", "j.tried = 0"}};
inline constexpr std::array runs{SqlTiming{"j.begun", "coalesce(j.ended, now())"}};
inline constexpr std::array timed_relations{SqlRelation{.name = "jobs",
                                                        .table = "small_jobs",
                                                        .fields = timed_fields,
                                                        .state = "j.state",
                                                        .states = states,
                                                        .wait = waits,
                                                        .run = runs}};
inline constexpr std::array overdue{SqlNoteRule{"stale", "too late", "j.begun < now() - interval '1 day'"}};
inline constexpr SqlSystem make_timed() {
  SqlSystem system = make_small();
  system.relations = timed_relations;
  system.stale = overdue;
  return system;
}
inline constexpr SqlSystem timed = make_timed();
/// The same with a state that only another table tells.
inline constexpr std::array marked_states{
    SqlStateRule{.state = JobState::cancelled,
                 .words = "'done'",
                 .when = "EXISTS (SELECT 1 FROM public.marks m WHERE m.job = j.id)",
                 .listed = "SELECT m.job FROM public.marks m"},
    SqlStateRule{JobState::completed, "'done'"}};
inline constexpr std::array marked_relations{
    SqlRelation{.name = "jobs", .table = "small_jobs", .fields = fields, .state = "j.state", .states = marked_states}};
inline constexpr SqlSystem make_marked() {
  SqlSystem system = make_small();
  system.relations = marked_relations;
  return system;
}
inline constexpr SqlSystem marked = make_marked();
static_assert(consistent(small));
inline constexpr std::array<const SqlSystem*, 1> systems{&small};

/// 20,000 rows, of which 400 are to be done, in four states; a partial index on those. 20 of q2 ended half an hour ago
/// after 2, 1,002, ... 19,002 ms.
inline constexpr const char* rows =
    "CREATE TYPE job_state AS ENUM ('todo', 'done', 'failed');"
    "CREATE TABLE small_jobs (id bigint PRIMARY KEY, queue text, state job_state, note text, tried int, created "
    "timestamptz, due timestamptz, begun timestamptz, ended timestamptz);"
    "INSERT INTO small_jobs SELECT i, 'q' || i % 4, CASE WHEN i % 50 = 0 THEN 'todo' WHEN i % 50 = 1 THEN 'failed' "
    "ELSE "
    "'done' END::job_state, CASE WHEN i % 200 = 0 THEN 'held ' ELSE 'note ' END || i, (i % 200 = 50)::int, "
    "'2026-01-01Z', "
    "CASE WHEN i % 200 = 100 THEN now() + interval '1 hour' ELSE '2026-01-01Z' END + i * interval '1 ms', CASE WHEN i "
    "% 1000 = 2 THEN now() - interval '30 minutes' WHEN i % "
    "50 > 0 THEN '2026-01-01Z' END, CASE WHEN i % 1000 = 2 THEN now() - interval '30 minutes' + i * interval '1 ms' "
    "WHEN i % 50 > 0 THEN '2026-01-02Z' END FROM generate_series(1, 20000) i;"
    "CREATE INDEX small_todo ON small_jobs (queue) WHERE state = 'todo'; ANALYZE small_jobs";

struct Opened {
  explicit Opened(const SqlSystem& system = small) {
    database.run(rows);
    // A table of this size would not be read by several workers.
    database.run("ALTER DATABASE \"" + database.name() + "\" SET parallel_setup_cost = 0; ALTER DATABASE \"" +
                 database.name() + "\" SET min_parallel_table_scan_size = 0");
    connection = std::make_shared<RecordedConnection>(connect_postgres(database.source()));
    const std::vector<LiveSchema> schemas = read_live_schemas(*connection, systems, std::chrono::seconds(5));
    REQUIRE(schemas.size() == 1);
    store.emplace(connection, bind_system(system, schemas.front(), ""));
    connection->statements.clear();
  }

  std::string plan_of(SqlStatement statement) {
    statement.text = "EXPLAIN (COSTS OFF) " + statement.text;
    const std::unique_ptr<SqlResult> lines = connection->query(statement, std::chrono::seconds(5));
    std::string plan;
    for (std::size_t row = 0; row < lines->rows(); ++row) plan += std::string(*lines->cell(row, 0)) + "\n";
    return plan;
  }

  /// The jobs of a filter by state, and the statement that found them.
  std::pair<std::vector<Job>, SqlStatement> list(std::optional<JobState> state, const std::string& word) {
    JobQuery query;
    query.filter.states = {{state, word}};
    query.page_size = 1000;
    query.order = JobOrder::storage;
    connection->statements.clear();
    std::vector<Job> jobs;
    do {
      Page page = store->list(query);
      std::ranges::move(page.jobs, std::back_inserter(jobs));
      query.after = page.next;
    } while (query.after);
    return {std::move(jobs), connection->statements.back()};
  }

  PostgresDatabase database;
  std::shared_ptr<RecordedConnection> connection;
  std::optional<SqlJobStore> store;
};

}  // namespace queuetrace::test::small_jobs
