// What the server looks at for a page of jobs: no more for a job than its own rows, however many others there are.
#include <cstdlib>

#include "tests/systems/procrastinate/jobs.hpp"
#include "tests/unit/engine_sql/recorded_connection.hpp"

using namespace queuetrace;
using namespace queuetrace::test::jobs_of_procrastinate;

namespace {

/// Blocks that the statement looks at when it runs again.
std::uint64_t blocks_of(SqlConnection& connection, SqlStatement statement) {
  statement.text = "EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF) " + statement.text;
  const std::unique_ptr<SqlResult> plan = connection.query(statement, std::chrono::seconds(60));
  for (std::size_t row = 0; row < plan->rows(); ++row) {
    const std::string line(plan->cell(row, 0).value_or(""));
    if (line.find("Buffers: shared") == std::string::npos) continue;
    std::uint64_t blocks = 0;
    for (const std::string_view what : {"hit=", "read="})
      if (const std::size_t place = line.find(what); place != std::string::npos)
        blocks += std::strtoull(line.c_str() + place + what.size(), nullptr, 10);
    return blocks;  // the first line tells what all below it did
  }
  FAIL("the plan tells no blocks");
  return 0;
}

}  // namespace

TEST_CASE("waiting jobs without a lock are read with their payload, and no others are looked at") {
  for (const char* variant : {"s30", "s34"}) {
    CAPTURE(variant);
    Loaded loaded(variant);
    loaded.database.run(
        "INSERT INTO procrastinate_jobs (queue_name, task_name) SELECT 'many', 'task' FROM generate_series(1, 10000); "
        "ANALYZE");
    const auto connection = std::make_shared<test::RecordedConnection>(connect_postgres(loaded.database.source()));
    const std::vector<std::unique_ptr<JobStore>> stores =
        open_sql_stores(connection, loaded.database.source(), systems);
    REQUIRE(stores.size() == 1);
    JobQuery query;
    query.page_size = 100;
    query.payload = true;
    const Page page = stores.front()->list(query);  // the newest: all others have smaller ids
    REQUIRE(page.jobs.size() == 100);
    CHECK(blocks_of(*connection, connection->statements.back()) < 100 * 30);
  }
}

TEST_CASE("of jobs that were never cancelled the history is looked at once, and once more for their state") {
  for (const char* variant : {"s24", "s34"}) {
    CAPTURE(variant);
    Loaded loaded(variant);
    loaded.database.run(
        "INSERT INTO procrastinate_jobs (queue_name, task_name) SELECT 'many', 'task' FROM generate_series(1, 2000); "
        "UPDATE procrastinate_jobs SET status = 'doing' WHERE queue_name = 'many'; "
        "UPDATE procrastinate_jobs SET status = 'succeeded' WHERE queue_name = 'many'; ANALYZE");
    const auto connection = std::make_shared<test::RecordedConnection>(connect_postgres(loaded.database.source()));
    const std::vector<std::unique_ptr<JobStore>> stores =
        open_sql_stores(connection, loaded.database.source(), systems);
    REQUIRE(stores.size() == 1);
    JobQuery query;
    query.page_size = 500;
    const Page page = stores.front()->list(query);
    REQUIRE(page.jobs.size() == 500);
    CHECK(page.jobs.front().attempts == 1);
    CHECK(page.jobs.front().finished_at.has_value());
    CHECK(blocks_of(*connection, connection->statements.back()) < 500 * 16);
  }
}
