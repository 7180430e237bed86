// Newest first where no index serves that order, on a real server: one look at the table, whose rows are not sorted.
#include <doctest/doctest.h>

#include <algorithm>
#include <functional>

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

namespace {

/// The ids of a listing of `limit` jobs, page by page as `job list` asks for them; `between`: before each further page.
std::vector<std::string> ids_of_listing(
    Opened& opened, JobQuery query, std::uint64_t limit, const std::function<void()>& between = [] {}) {
  std::vector<std::string> ids;
  while (true) {
    query.page_size = std::min<std::size_t>(2'000, limit - ids.size());
    query.follow = limit - ids.size() - query.page_size;
    const Page page = opened.store->list(query);
    CHECK(is_newest_first(page.jobs));
    CHECK_FALSE(page.truncated);
    for (const Job& job : page.jobs) ids.push_back(job.ref.id.raw());
    if (!page.next || ids.size() >= limit) return ids;
    query.after = page.next;
    between();
  }
}

/// The same, as the server orders them.
std::vector<std::string> newest_ids(Opened& opened, int limit) {
  std::vector<std::string> ids;
  const auto rows = opened.connection->query(
      {"SELECT id::text FROM public.dated_jobs WHERE state = 'done' ORDER BY created DESC, id LIMIT " +
           std::to_string(limit),
       {}},
      5s);
  for (std::size_t row = 0; row < rows->rows(); ++row) ids.emplace_back(*rows->cell(row, 0));
  return ids;
}

int looks_at_all(const Opened& opened) {
  return static_cast<int>(std::ranges::count_if(opened.connection->statements, [](const SqlStatement& statement) {
    return !statement.text.starts_with("EXPLAIN") &&
           statement.text.find("ORDER BY j.created DESC") != std::string::npos;
  }));
}

}  // namespace

TEST_CASE("many pages of the newest jobs take one look at a table that no index serves in that order") {
  Opened opened("ALTER TABLE real_jobs RENAME TO dated_jobs");
  const std::vector<std::string> expected = newest_ids(opened, 10'000);
  opened.connection->statements.clear();
  CHECK(ids_of_listing(opened, newest_done(), 10'000) == expected);
  CHECK(looks_at_all(opened) == 1);
  CHECK(opened.connection->statements.size() == 7);  // what the planner would do, the look, five pages
  CHECK(std::ranges::count_if(opened.connection->statements, [](const SqlStatement& statement) {
          return statement.text.find("::tid[])") != std::string::npos;
        }) == 5);
}

TEST_CASE("all of them are listed where fewer are there than asked for, and nothing follows") {
  Opened opened("ALTER TABLE real_jobs RENAME TO dated_jobs");
  CHECK(ids_of_listing(opened, newest_done(), 100'000) == newest_ids(opened, 100'000));
  CHECK(looks_at_all(opened) == 1);
}

TEST_CASE("an index on the order makes each page cheap: no places are looked for") {
  Opened opened("ALTER TABLE real_jobs RENAME TO dated_jobs; CREATE INDEX ON dated_jobs (created DESC, id)");
  CHECK(ids_of_listing(opened, newest_done(), 6'000) == newest_ids(opened, 6'000));
  for (const SqlStatement& statement : opened.connection->statements)
    CHECK(statement.text.find("::tid[]") == std::string::npos);
}

TEST_CASE("jobs that move, change or go while their pages are read: each that still matches is listed once") {
  Opened opened("ALTER TABLE real_jobs RENAME TO dated_jobs");
  std::vector<std::string> expected = newest_ids(opened, 10'000);
  const std::string moved = expected[5'000], gone = expected[5'001], other = expected[5'002];
  int calls = 0;
  const std::vector<std::string> ids = ids_of_listing(opened, newest_done(), 10'000, [&] {
    if (++calls > 1) return;
    opened.database.run("UPDATE dated_jobs SET filler = 'y' WHERE id = " + moved +
                        "; DELETE FROM dated_jobs WHERE id = " + gone +
                        "; UPDATE dated_jobs SET state = 'todo' WHERE id = " + other);
    opened.database.run("VACUUM dated_jobs");  // their places are free for others
    opened.database.run(
        "INSERT INTO dated_jobs SELECT 50000 + i, 'q', 'done', repeat('z', 100), timestamptz '2020-01-01Z' FROM "
        "generate_series(1, 3) i");
  });
  expected.erase(std::ranges::find(expected, gone));
  expected.erase(std::ranges::find(expected, other));
  CHECK(std::vector(ids.begin(), ids.begin() + 9'998) == expected);
}

TEST_CASE("a page that is asked for again is the same page") {
  Opened opened("ALTER TABLE real_jobs RENAME TO dated_jobs");
  JobQuery query = newest_done();
  query.follow = 8'000;
  const Page first = opened.store->list(query);
  query.after = first.next;
  const Page second = opened.store->list(query), again = opened.store->list(query);
  REQUIRE(second.jobs.size() == 2'000);
  REQUIRE(again.jobs.size() == 2'000);
  CHECK(second.jobs.front().ref.id == again.jobs.front().ref.id);
  CHECK(second.next == again.next);
  CHECK(looks_at_all(opened) == 1);
  query.filter.states = {{JobState::pending, "pending"}};  // another question: nothing of this one's is told
  const Page pending = opened.store->list(query);
  REQUIRE_FALSE(pending.jobs.empty());
  CHECK(std::ranges::all_of(pending.jobs, [](const Job& job) { return job.state == JobState::pending; }));
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
