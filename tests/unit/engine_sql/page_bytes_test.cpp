// Answers are bounded in bytes, whatever the rows hold: pages are cut and go on, other answers are refused. On a real
// server and a real file.
#include <doctest/doctest.h>

#include <map>

#include "backends/drivers/postgres/connection.hpp"
#include "backends/drivers/sqlite/connection.hpp"
#include "backends/engines/sql/row_stride.hpp"
#include "backends/engines/sql/rows_read.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/sqlite_file.hpp"
#include "tests/unit/engine_sql/small_jobs.hpp"

using namespace queuetrace;
using namespace queuetrace::test::small_jobs;
using namespace std::chrono_literals;

namespace {

/// Rows of 1 MiB.
constexpr const char* large_rows = "SELECT repeat('x', 1048576) FROM generate_series(1, $1::int)";
constexpr const char* large_rows_of_file =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < CAST($1 AS INTEGER)) "
    "SELECT printf('%1048576d', i) FROM n";

void check_bounds(SqlConnection& connection, const char* text) {
  SqlStatement statement{text, {"200"}};
  statement.enough_bytes = page_bytes;
  const std::unique_ptr<SqlResult> page = connection.query(statement, 60s);
  CHECK(page->rows() == 8);
  CHECK(page->is_cut());
  CHECK(page->cell(7, 0)->size() == 1'048'576);

  // The session answers on, whole where the answer is small.
  statement.parameters = {"3"};
  const std::unique_ptr<SqlResult> all = connection.query(statement, 60s);
  CHECK(all->rows() == 3);
  CHECK_FALSE(all->is_cut());

  statement.enough_bytes = 0;
  statement.parameters = {"31"};
  CHECK(connection.query(statement, 60s)->rows() == 31);
  statement.parameters = {"33"};
  CHECK_THROWS_WITH_AS(connection.query(statement, 60s),
                       "the database answers with more than 32 MiB at once, which is not read", Error);
  statement.parameters = {"1"};
  CHECK(connection.query(statement, 60s)->rows() == 1);
}

/// How often each job comes, and how many there are on the largest page.
struct Listed {
  std::map<std::string, int> times;
  std::size_t largest = 0;
};

Listed list_all(JobStore& store, JobOrder order) {
  Listed listed;
  JobQuery query;
  query.order = order;
  query.page_size = 1'000;
  query.payload = true;
  for (;;) {
    const Page page = store.list(query);
    listed.largest = std::max(listed.largest, page.jobs.size());
    for (const Job& job : page.jobs) ++listed.times[job.ref.id.raw()];
    if (!page.next) return listed;
    query.after = page.next;
  }
}

}  // namespace

TEST_CASE("PostgreSQL's answers are bounded in bytes") {
  test::PostgresDatabase database;
  check_bounds(*connect_postgres(database.source()), large_rows);
}

TEST_CASE("a cut answer holds nothing on the server") {
  test::PostgresDatabase database;
  const std::shared_ptr<SqlConnection> connection = connect_postgres(database.source());
  SqlStatement statement{large_rows, {"5000"}};
  statement.enough_bytes = page_bytes;
  REQUIRE(connection->query(statement, 60s)->is_cut());
  const char* const others =
      "SELECT count(*) FROM pg_stat_activity WHERE state <> 'idle' AND pid <> pg_backend_pid() AND datname = "
      "current_database()";
  for (int looks = 0; looks < 600 && database.ask(others) != "0"; ++looks) database.ask("SELECT pg_sleep(0.1)");
  CHECK(database.ask(others) == "0");
}

TEST_CASE("SQLite's answers are bounded in bytes") {
  const test::SqliteFile file("CREATE TABLE t (i)");
  check_bounds(*connect_sqlite(file.source()), large_rows_of_file);
}

TEST_CASE("rows asked for follow the bytes of those that came") {
  RowStride stride;
  CHECK(stride.rows(200) == 200);
  RowsRead large(1);
  for (int i = 0; i < 8; ++i) large.add(std::string(1 << 20, 'x'));
  stride.note(large);
  CHECK(stride.rows(200) == 4);
  RowsRead small(1);
  for (int i = 0; i < 4; ++i) small.add(std::string(1 << 10, 'x'));
  stride.note(small);
  CHECK(stride.rows(200) == 200);
  CHECK(stride.rows(0) == 1);
  stride.note(small, 3s);  // slow rows: half as many
  CHECK(stride.rows(200) == 2);
  CHECK(stride.shorten(2));
  CHECK(stride.rows(200) == 1);
  CHECK_FALSE(stride.shorten(1));
}

TEST_CASE("pages of large jobs are short, and every job is on one of them, behind many small ones too") {
  Opened opened;
  opened.database.run(
      "ALTER TABLE small_jobs ADD remark text; UPDATE small_jobs SET remark = repeat('r', 1000000) WHERE id IN "
      "(SELECT id FROM small_jobs ORDER BY id DESC LIMIT 60)");
  const std::map<std::string, int> before = list_all(*opened.store, JobOrder::storage).times;
  for (const JobOrder order : {JobOrder::storage, JobOrder::newest}) {
    const Listed listed = list_all(*opened.store, order);
    CHECK(listed.times == before);
    for (const auto& [id, times] : listed.times) REQUIRE(times == 1);
  }
}
