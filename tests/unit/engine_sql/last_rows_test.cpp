// What a prompt is told of a large table: how much is read for it does not depend on how large the table is.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "backends/drivers/postgres/connection.hpp"
#include "backends/engines/sql/job_store.hpp"
#include "backends/engines/sql/live_schema.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/unit/engine_sql/recorded_connection.hpp"

using namespace queuetrace;
using namespace std::chrono_literals;

namespace {

constexpr std::array fields{SqlFieldRule{SqlField::id, "j.id"}, SqlFieldRule{SqlField::queue, "j.queue"},
                            SqlFieldRule{SqlField::created_at, "j.created"},
                            SqlFieldRule{SqlField::trace_id, "j.trace"}};
constexpr std::array states{SqlStateRule{JobState::pending, "'todo'"}, SqlStateRule{JobState::completed, "'done'"}};
constexpr std::array traces{SqlTraceRule{SqlTraceRule::Kind::trace, "j.trace"}};
constexpr std::array relations{SqlRelation{
    .name = "jobs", .table = "many_jobs", .fields = fields, .state = "j.state", .states = states, .traces = traces}};
constexpr std::array newest{SqlOrderKey{"j.created", SqlType::time, true}, SqlOrderKey{"j.id", SqlType::integer}};
constexpr std::array storage{SqlOrderKey{"j.id", SqlType::integer}};
constexpr SqlSystem make_many() {
  SqlSystem system;
  system.info.name = "many";
  system.info.title = "Many";
  system.probe = "id queue state";
  system.relations = relations;
  system.id_type = SqlType::integer;
  system.id_expression = "j.id";
  system.newest = newest;
  system.storage = storage;
  return system;
}
constexpr SqlSystem many = make_many();
static_assert(consistent(many));
constexpr std::array<const SqlSystem*, 1> systems{&many};

/// `jobs` rows without any index that would serve: the last of 8 queues holds one job alone.
struct Table {
  explicit Table(int jobs) {
    database.run(
        "CREATE TABLE many_jobs (id bigint PRIMARY KEY, queue text, state text, filler text, created timestamptz, "
        "trace text);"
        "INSERT INTO many_jobs SELECT i, CASE WHEN i % 1000 = 1 THEN 'rare' ELSE 'queue-' || i % 7 END, CASE WHEN i % "
        "10 = 0 THEN 'todo' ELSE 'done' END, repeat('x', 500), timestamptz '2026-01-01Z' + i * interval '1 s' FROM "
        "generate_series(1, " +
        std::to_string(jobs) + ") i; ANALYZE many_jobs");
    connection = std::make_shared<test::RecordedConnection>(connect_postgres(database.source()));
    const std::vector<LiveSchema> schemas = read_live_schemas(*connection, systems, 5s);
    REQUIRE(schemas.size() == 1);
    store.emplace(connection, bind_system(many, schemas.front(), ""));
    connection->statements.clear();
  }

  /// Blocks that the server looks at for all statements that were asked.
  int blocks() {
    int all = 0;
    for (SqlStatement statement : std::vector<SqlStatement>(connection->statements)) {
      statement.text = "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + statement.text;
      const std::unique_ptr<SqlResult> rows = connection->query(statement, 5s);
      std::string text;
      for (std::size_t row = 0; row < rows->rows(); ++row) text += std::string(*rows->cell(row, 0));
      const nlohmann::json plan = nlohmann::json::parse(text)[0]["Plan"];
      all += plan["Shared Hit Blocks"].get<int>() + plan["Shared Read Blocks"].get<int>();
    }
    return all;
  }

  test::PostgresDatabase database;
  std::shared_ptr<test::RecordedConnection> connection;
  std::optional<SqlJobStore> store;
};

ReadLimits limits_of_a_prompt() {
  ReadLimits limits;
  limits.prompt = true;
  limits.scan = 2'000;
  limits.statement_timeout = 150ms;
  return limits;
}

JobQuery some_jobs() {
  JobQuery query;
  query.limits = limits_of_a_prompt();
  query.brief = true;
  query.page_size = 100;
  return query;
}

}  // namespace

TEST_CASE("jobs for a prompt are those that were stored last, for the same work whatever the table holds") {
  std::vector<int> work;
  for (const int jobs : {40'000, 80'000}) {
    Table table(jobs);
    JobQuery query = some_jobs();
    Page page = table.store->list(query);
    REQUIRE(page.jobs.size() == 100);
    CHECK(page.jobs.front().ref.id.raw() == std::to_string(jobs));
    CHECK(page.truncated == "only jobs that were stored last were looked at");
    CHECK(table.connection->statements.size() == 2);
    work.push_back(table.blocks());
    query.filter.states = {{JobState::pending, "pending"}};
    page = table.store->list(query);
    CHECK(page.jobs.size() == 100);
    CHECK(page.jobs.back().state == JobState::pending);
  }
  CHECK(work[0] < 600);
  CHECK(std::abs(work[0] - work[1]) < 20);
}

TEST_CASE("queues for a prompt are those of the jobs stored last and those that the planner knows") {
  std::vector<int> work;
  for (const int jobs : {40'000, 80'000}) {
    Table table(jobs);
    const std::vector<Untrusted> queues = table.store->queues(limits_of_a_prompt());
    CHECK(queues.size() == 8);
    CHECK(queues.back().raw() == "rare");
    work.push_back(table.blocks());
  }
  CHECK(work[0] < 600);
  CHECK(std::abs(work[0] - work[1]) < 50);
}

TEST_CASE("who may wait is told everything") {
  Table table(40'000);
  ReadLimits limits = limits_of_a_prompt();
  limits.prompt = false;
  limits.statement_timeout = 5s;
  CHECK(table.store->queues(limits).size() == 8);
  CHECK(table.blocks() > 2'000);
  JobQuery query = some_jobs();
  query.limits = limits;
  CHECK_FALSE(table.store->list(query).truncated);
}
