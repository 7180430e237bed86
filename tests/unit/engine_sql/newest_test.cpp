// Newest first where no index serves that order, on a real server: one look at the table, whose rows are not sorted.
#include <doctest/doctest.h>

#include <algorithm>

#include "backends/drivers/postgres/connection.hpp"
#include "backends/engines/sql/job_store.hpp"
#include "backends/engines/sql/live_schema.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/unit/engine_sql/recorded_connection.hpp"
#include "tracing/trace_id.hpp"

using namespace queuetrace;
using namespace std::chrono_literals;

namespace {

constexpr std::array fields{SqlFieldRule{SqlField::id, "j.id"}, SqlFieldRule{SqlField::queue, "j.queue"},
                            SqlFieldRule{SqlField::created_at, "j.created"},
                            SqlFieldRule{SqlField::trace_id, "j.trace"}};
constexpr std::array states{SqlStateRule{JobState::pending, "'todo'"}, SqlStateRule{JobState::completed, "'done'"}};
constexpr std::array traces{SqlTraceRule{SqlTraceRule::Kind::trace, "j.trace"}};
constexpr std::array relations{SqlRelation{
    .name = "jobs", .table = "dated_jobs", .fields = fields, .state = "j.state", .states = states, .traces = traces}};
constexpr std::array newest{SqlOrderKey{"j.created", SqlType::time, true}, SqlOrderKey{"j.id", SqlType::integer}};
constexpr std::array storage{SqlOrderKey{"j.id", SqlType::integer}};
constexpr SqlSystem make_dated() {
  SqlSystem system;
  system.info.name = "dated";
  system.info.title = "Dated";
  system.probe = "id queue state";
  system.relations = relations;
  system.id_type = SqlType::integer;
  system.id_expression = "j.id";
  system.newest = newest;
  system.storage = storage;
  return system;
}
constexpr SqlSystem dated = make_dated();
static_assert(consistent(dated));
constexpr std::array<const SqlSystem*, 1> systems{&dated};

struct Opened {
  explicit Opened(const std::string& table) {
    database.run(
        "CREATE TABLE real_jobs (id bigint PRIMARY KEY, queue text, state text, filler text, created timestamptz, "
        "trace text);"
        "INSERT INTO real_jobs SELECT i, 'q', CASE WHEN i % 10 = 0 THEN 'todo' ELSE 'done' END, repeat('x', 100), "
        "timestamptz '2026-01-01Z' + (i * 7919) % 20011 * interval '1 s' FROM generate_series(1, 20000) i;"
        "ANALYZE real_jobs;" +
        table);
    connection = std::make_shared<test::RecordedConnection>(connect_postgres(database.source()));
    const std::vector<LiveSchema> schemas = read_live_schemas(*connection, systems, 5s);
    REQUIRE(schemas.size() == 1);
    store.emplace(connection, bind_system(dated, schemas.front(), ""));
    connection->statements.clear();
  }

  std::string plan_of(SqlStatement statement) {
    statement.text = "EXPLAIN (COSTS OFF) " + statement.text;
    const std::unique_ptr<SqlResult> lines = connection->query(statement, 5s);
    std::string plan;
    for (std::size_t row = 0; row < lines->rows(); ++row) plan += std::string(*lines->cell(row, 0)) + "\n";
    return plan;
  }

  test::PostgresDatabase database;
  std::shared_ptr<test::RecordedConnection> connection;
  std::optional<SqlJobStore> store;
};

JobQuery newest_done() {
  JobQuery query;
  query.page_size = 2'000;
  query.filter.states = {{JobState::completed, "completed"}};
  return query;
}

bool is_newest_first(const std::vector<Job>& jobs) {
  return std::ranges::is_sorted(jobs, std::ranges::greater(), [](const Job& job) { return *job.created_at; });
}

}  // namespace

TEST_CASE("newest first without an index is one look at the table, which sorts places and not rows") {
  Opened opened("ALTER TABLE real_jobs RENAME TO dated_jobs");
  const Page page = opened.store->list(newest_done());
  CHECK(page.jobs.size() == 2'000);
  CHECK(is_newest_first(page.jobs));
  CHECK(page.jobs.front().created_at == parse_timestamp("2026-01-01T05:33:29Z"));
  REQUIRE(opened.connection->statements.size() == 1);
  const std::string plan = opened.plan_of(opened.connection->statements.front());
  CAPTURE(plan);
  CHECK(plan.find("Tid Scan on") != std::string::npos);
  const std::size_t scan = plan.find("Seq Scan on");
  REQUIRE(scan != std::string::npos);
  CHECK(plan.find("Seq Scan on", scan + 1) == std::string::npos);
}

TEST_CASE("the rows of a view have no places, and are found all the same") {
  Opened opened("CREATE VIEW dated_jobs AS SELECT * FROM real_jobs WHERE id > 10000");
  JobQuery query = newest_done();
  const Page page = opened.store->list(query);
  CHECK(page.jobs.size() == 2'000);
  CHECK(is_newest_first(page.jobs));
  query.order = JobOrder::storage;
  std::size_t jobs = 0;
  do {
    const Page part = opened.store->list(query);
    jobs += part.jobs.size();
    query.after = part.next;
  } while (query.after);
  CHECK(jobs == 9'000);
  for (const SqlStatement& statement : opened.connection->statements)
    CHECK(statement.text.find("ctid") == std::string::npos);
}

TEST_CASE("the tracing coverage of a large table is that of its last rows where no index yields the newest") {
  Opened opened(
      "CREATE TABLE dated_jobs (LIKE real_jobs) WITH (fillfactor = 10);"  // a block a row
      "INSERT INTO dated_jobs SELECT id, queue, state, repeat('x', 500), created, CASE WHEN id > 3900 THEN "
      "md5(id::text) END FROM real_jobs WHERE id <= 4924; ANALYZE dated_jobs");
  StatisticsQuery query;
  query.only_coverage = true;
  const Statistics statistics = opened.store->statistics(query);
  REQUIRE(statistics.queues.size() == 1);
  REQUIRE(statistics.queues.front().coverage.has_value());
  const TraceCoverage& coverage = *statistics.queues.front().coverage;
  CHECK(coverage.sampled);
  CHECK(coverage.examined == 1'024);
  CHECK(coverage.w3c == 1'024);
  const std::string plan = opened.plan_of(opened.connection->statements.back());
  CAPTURE(plan);
  CHECK(plan.find("Tid Range Scan") != std::string::npos);
}

TEST_CASE("what only tells jobs apart, as a plan does, reads no times and no trace ids") {
  Opened opened("ALTER TABLE real_jobs RENAME TO dated_jobs");
  JobQuery query = newest_done();
  query.order = JobOrder::storage;
  query.brief = true;
  const Page page = opened.store->list(query);
  REQUIRE_FALSE(page.jobs.empty());
  CHECK(page.jobs.front().state == JobState::completed);
  CHECK(page.jobs.front().queue == Untrusted("q"));
  for (const SqlStatement& statement : opened.connection->statements) {
    CAPTURE(statement.text);
    CHECK(statement.text.find("created") == std::string::npos);
    CHECK(statement.text.find("trace") == std::string::npos);
  }
  query.filter.traces = {make_trace_query("4bf92f3577b34da6a3ce929d0e0e4736")};  // looked at once more when read
  opened.store->list(query);
  CHECK(std::ranges::any_of(opened.connection->statements, [](const SqlStatement& statement) {
    return statement.text.find("created") != std::string::npos;
  }));
}
