// A queue that has its tables to itself, as PGMQ's do: one relation over all of them, and ids that each queue counts.
#include <doctest/doctest.h>

#include <algorithm>

#include "backends/engines/sql/bound_system.hpp"
#include "backends/engines/sql/flavour.hpp"
#include "backends/open.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/unit/engine_sql/made_up_families.hpp"
#include "tracing/trace_id.hpp"

using namespace queuetrace;
using namespace queuetrace::test::made_up_families;

namespace {

std::vector<std::string> ids(const std::vector<Job>& jobs) {
  std::vector<std::string> out;
  for (const Job& job : jobs) out.push_back(job.ref.id.raw());
  return out;
}

}  // namespace

TEST_CASE("tables of many queues are one relation; each queue has its own ids") {
  test::PostgresDatabase database;
  database.run(rows);
  const std::vector<std::unique_ptr<JobStore>> stores =
      open_stores(database.source(), Access::read, Catalogue{{&families}, {}});
  REQUIRE(stores.size() == 1);
  JobStore& store = *stores.front();
  const auto list = [&](const JobFilter& filter, JobOrder order = JobOrder::newest) {
    JobQuery query;
    query.filter = filter;
    query.order = order;
    query.page_size = 2;
    std::vector<Job> jobs;
    do {
      Page page = store.list(query);
      for (Job& job : page.jobs) jobs.push_back(std::move(job));
      query.after = page.next;
    } while (query.after);
    return jobs;
  };
  using Ids = std::vector<std::string>;
  const std::string quoted = "It's \"a\\b\"";
  CHECK(ids(list({})) == Ids{quoted + "/3", quoted + "/1", "old/5", "old/4", "old/3", "old/2", "old/1", "old/6"});
  CHECK(list({}, JobOrder::storage).size() == 8);
  JobFilter filter;
  filter.ids = {quoted + "/1"};
  CHECK(ids(list(filter)) == Ids{quoted + "/1"});
  filter.ids = {"3"};
  CHECK(ids(list(filter)) == Ids{quoted + "/3", "old/3"});
  filter = {};
  filter.queues = {"old"};
  filter.states = {{JobState::running, "running"}};
  CHECK(ids(list(filter)) == Ids{"old/1"});
  filter.states = {{std::nullopt, "delayed"}};
  CHECK(ids(list(filter)) == Ids{"old/2"});
  filter = {};
  filter.traces = {make_trace_query("11111111111111111111111111111111")};
  CHECK(ids(list(filter)) == Ids{quoted + "/1"});

  StatisticsQuery query;
  query.window = Milliseconds(0);
  std::string counts;
  for (const QueueStatistics& queue : store.statistics(query).queues)
    for (const StateStatistics& state : queue.states)
      counts +=
          queue.queue.raw() + " " + std::string(to_word(state.state)) + " " + std::to_string(state.count.value) + "; ";
  CHECK(counts == quoted + " pending 2; old pending 3; old scheduled 1; old running 1; old completed 1; ");
}

TEST_CASE("a queue whose table a role may not read is said, and one of which it may read enough is read") {
  test::PostgresDatabase database;
  database.run(rows);
  database.run(
      "DO $$ BEGIN CREATE ROLE queue_reader LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$; GRANT SELECT ON "
      "family_meta, a_old, \"a_it's \"\"a\\b\"\"\" TO queue_reader; GRANT SELECT (msg_id, reads, at, vt) ON "
      "\"q_it's \"\"a\\b\"\"\" TO queue_reader; GRANT SELECT (msg_id, at) ON q_old TO queue_reader");
  Source source = database.source("queue_reader");
  const std::vector<std::unique_ptr<JobStore>> stores = open_stores(source, Access::read, Catalogue{{&families}, {}});
  REQUIRE(stores.size() == 1);
  const std::string quoted = "It's \"a\\b\"";
  CHECK(ids(stores.front()->list({}).jobs) == std::vector<std::string>{quoted + "/3", quoted + "/1", "old/6"});
  const std::vector<Finding> unseen = stores.front()->unseen();
  REQUIRE(unseen.size() == 1);
  CHECK(unseen.front().code == "unreadable-table");
  CHECK(unseen.front().text == "this role may not read the jobs in q_old");
  CHECK(unseen.front().remedy == "GRANT SELECT ON ALL TABLES IN SCHEMA \"public\" TO this_role");
}

TEST_CASE("a queue without jobs is listed") {
  test::PostgresDatabase database;
  database.run(rows);
  database.run("DELETE FROM q_old; DELETE FROM a_old");
  const std::vector<std::unique_ptr<JobStore>> stores =
      open_stores(database.source(), Access::read, Catalogue{{&families}, {}});
  const std::vector<Untrusted> expected{Untrusted("It's \"a\\b\""), Untrusted("old")};
  CHECK(stores.front()->queues({}) == expected);
  StatisticsQuery query;
  query.window = Milliseconds(0);
  std::vector<Untrusted> told;
  for (const QueueStatistics& queue : stores.front()->statistics(query).queues) told.push_back(queue.queue);
  CHECK(told == expected);
  query.queues = {"ol*"};
  REQUIRE(stores.front()->statistics(query).queues.size() == 1);
  CHECK(stores.front()->statistics(query).queues.front().states.empty());
}

TEST_CASE("more queues than are read are said") {
  test::PostgresDatabase database;
  database.run(
      "CREATE TABLE family_meta (queue_name text); INSERT INTO family_meta SELECT 'n' || lpad(i::text, 4, '0') FROM "
      "generate_series(1, 1001) i; CREATE TABLE q_n0001 (msg_id bigint, reads int, at timestamptz, vt timestamptz); "
      "INSERT INTO q_n0001 VALUES (1, 0, '2026-01-01Z', '2026-01-01Z'); CREATE TABLE q_n1001 AS TABLE q_n0001");
  const auto unseen = [&] {
    std::string text;
    const std::vector<std::unique_ptr<JobStore>> stores =
        open_stores(database.source(), Access::read, Catalogue{{&families}, {}});
    for (const Job& job : stores.front()->list({}).jobs) text += job.ref.id.raw() + " ";
    for (const Finding& finding : stores.front()->unseen()) text += finding.code + ": " + finding.text;
    return text;
  };
  CHECK(unseen() ==
        "n0001/1 unread-queues: only the jobs of the first 1000 queues are read, each of which has a table of its own");
  database.run("DELETE FROM family_meta WHERE queue_name = 'n0500'");
  CHECK(unseen() == "n0001/1 n1001/1 ");
}

TEST_CASE("a family without tables is empty") {
  test::PostgresDatabase database;
  database.run("CREATE TABLE family_meta (queue_name text)");
  const std::vector<std::unique_ptr<JobStore>> stores =
      open_stores(database.source(), Access::read, Catalogue{{&families}, {}});
  REQUIRE(stores.size() == 1);
  CHECK(stores.front()->list({}).jobs.empty());
}

TEST_CASE("names that need quotes are read in braces and in needs") {
  const LiveSchema schema{
      "s", std::nullopt, {{"My \"own\" jobs", {{"created at", "timestamptz"}, {"a.b", "text"}}}}, {}};
  CHECK(schema.meets("\"My \"\"own\"\" jobs\".\"created at\"=timestamptz \"My \"\"own\"\" jobs\".", "x", ""));
  CHECK(schema.meets("\"a.b\"=text !\"a b\"", "My \"own\" jobs", ""));
  CHECK_FALSE(schema.meets("\"created at\"=text", "My \"own\" jobs", ""));
  CHECK(expand_names("FROM {\"My \"\"own\"\" jobs\"} WHERE x = '{\"a\",\"b\"}' AND y = '{\"k\": 1}'", "s", {}) ==
        "FROM \"s\".\"My \"\"own\"\" jobs\" WHERE x = '{\"a\",\"b\"}' AND y = '{\"k\": 1}'");
  CHECK(quoted_literal(SqlFlavour::postgresql, "it's \\") == "E'it''s \\\\'::text");
  CHECK(quoted_literal(SqlFlavour::sqlite, "it's \\") == "'it''s \\'");
}
