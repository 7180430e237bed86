// Every system: what a role may not see is said with every answer, and never taken for nothing.
#include <doctest/doctest.h>

#include <sstream>

#include "backends/fan_out.hpp"
#include "backends/open.hpp"
#include "model/error.hpp"
#include "tests/conformance/fixture.hpp"
#include "tests/conformance/job_view.hpp"
#include "tests/conformance/limited_roles.hpp"
#include "tests/support/postgres_server.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

/// States, queues, pauses and what is taken next, as the store tells them.
std::string told_of_everything(JobStore& store) {
  std::string told = told_of_jobs(store) + "\n";
  for (const QueueStatistics& queue : store.statistics(StatisticsQuery{}).queues) {
    told += queue.queue.raw() + (queue.paused.value_or(false) ? " paused" : "");
    for (const StateStatistics& state : queue.states)
      told += " " + std::string(to_word(state.state)) + "=" + std::to_string(state.count.value);
    if (queue.stale) told += " stale=" + std::to_string(queue.stale->value);
    told += "\n";
  }
  PeekQuery next;
  next.why = true;
  for (const PeekQueue& queue : store.peek(next).queues) {
    told += queue.queue.raw() + (queue.pause ? " paused:" : ":");
    for (const Job& job : queue.next) told += " " + job.ref.id.raw();
    told += "\n";
  }
  return told;
}

/// The tables of the database, as SQL names them.
std::vector<std::string> tables_of(const PostgresDatabase& database) {
  std::istringstream lines(
      database.ask("SELECT oid::regclass FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition AND "
                   "relnamespace::regnamespace::text !~ '^(pg_|information_schema)' ORDER BY 1"));
  std::vector<std::string> tables;
  for (std::string line; std::getline(lines, line);) tables.push_back(line);
  return tables;
}

}  // namespace

TEST_CASE("who may see everything is told of nothing unseen") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    LoadedFixture& loaded = loaded_for_reading(fixture);
    CHECK(texts_of(loaded.store().unseen()) == "");
  }
}

TEST_CASE("jobs that row level security may hide are told of with every answer") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    if (!fixture.in_postgres()) continue;
    LoadedFixture loaded(fixture);
    loaded.database()->run(make_reader("rls_reader"));
    loaded.database()->run(for_each_job_table(fixture, "ALTER TABLE %s ENABLE ROW LEVEL SECURITY"));
    CHECK(texts_of(loaded.open_again(Access::read).front()->unseen()) == "");  // its owner

    std::vector<OpenedSource> sources(1);
    try {
      sources.front().stores = loaded.open_again(Access::read, "rls_reader");
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::not_found);  // tables that only their rows tell from others
      continue;
    }
    JobStore& store = *sources.front().stores.front();
    const std::vector<Finding> unseen = store.unseen();
    CHECK(texts_of(unseen).starts_with("row-security: row level security may hide jobs from this role in "));
    Page page;
    const std::vector<SourceOutcome> outcomes =
        for_each_store(sources, [&](JobStore& one, std::size_t) { page = one.list(JobQuery{}); });
    CHECK_FALSE(outcomes.front().error);
    CHECK(page.jobs.empty());
    REQUIRE(outcomes.front().unseen);
    std::string told;
    for (const Finding& finding : unseen) told += (told.empty() ? "" : "; ") + finding.text;
    CHECK(*outcomes.front().unseen == told);
    CHECK(outcomes.front().incomplete());
    CHECK(any_of_code(store.check({}).findings, "row-security"));
    CHECK(any_of_code(store.diagnose({}), "row-security"));
  }
}

TEST_CASE("a table whose hidden rows change an answer is named with the answer, whatever it holds") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    if (!fixture.in_postgres()) continue;
    LoadedFixture loaded(fixture);
    const PostgresDatabase& database = *loaded.database();
    database.run(make_reader("rls_reader"));
    const std::string whole = told_of_everything(*loaded.open_again(Access::read, "rls_reader").front());
    for (const std::string& table : tables_of(database)) {
      CAPTURE(table);
      database.run("ALTER TABLE " + table + " ENABLE ROW LEVEL SECURITY");
      try {
        const std::vector<std::unique_ptr<JobStore>> stores = loaded.open_again(Access::read, "rls_reader");
        const std::string part = told_of_everything(*stores.front());
        const std::vector<Finding> unseen = stores.front()->unseen();
        if (part != whole) {
          REQUIRE(unseen.size() == 1);
          CHECK((unseen.front().code == "row-security" || unseen.front().code == "hidden-rows"));
          CHECK(unseen.front().severity == Finding::Severity::warning);
          CHECK(any_of_code(stores.front()->diagnose({}), unseen.front().code));
        }
      } catch (const Error& error) {
        CHECK(error.kind() == ErrorKind::not_found);  // tables that only their rows tell from others
      }
      database.run("ALTER TABLE " + table + " DISABLE ROW LEVEL SECURITY");
    }
  }
}

TEST_CASE("rows that are hidden behind a view are told of, whoever the view reads them as") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    if (!fixture.in_postgres()) continue;
    LoadedFixture loaded(fixture);
    const JobTable table = live_table(fixture, loaded);
    if (table.name.empty()) continue;
    loaded.database()->run(make_reader("rls_reader"));
    loaded.database()->run(for_each_job_table(fixture, "ALTER TABLE %s ENABLE ROW LEVEL SECURITY"));
    put_view_of(loaded, table, "WITH (security_invoker = on)");
    loaded.database()->run(make_reader("rls_reader"));
    CHECK(texts_of(loaded.open_again(Access::read).front()->unseen()) == "");  // the tables' owner
    std::vector<std::unique_ptr<JobStore>> stores;
    try {
      stores = loaded.open_again(Access::read, "rls_reader");
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::not_found);  // tables that only their rows tell from others
      continue;
    }
    const std::string told = texts_of(stores.front()->unseen());
    CHECK(told.starts_with("row-security: row level security may hide jobs from this role in "));
    CHECK(told.find(table.name) != std::string::npos);
  }
}

TEST_CASE("jobs in a schema beside the one that is read are told of") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    if (!fixture.in_postgres()) continue;
    LoadedFixture loaded(fixture);
    if (loaded.source().schema) continue;
    const std::string schema = live_table(fixture, loaded).schema;
    if (schema.empty()) continue;
    loaded.database()->run(
        "CREATE SCHEMA beside; DO $$ DECLARE one name; BEGIN FOR one IN SELECT relname FROM pg_class "
        "WHERE relkind IN ('r', 'p') AND relnamespace = '" +
        schema + "'::regnamespace LOOP EXECUTE format('CREATE TABLE beside.%I (LIKE " + schema +
        ".%I INCLUDING ALL)', one, one); END LOOP; END $$; ALTER DATABASE " + loaded.database()->name() +
        " SET search_path = " + schema);
    Source beside = loaded.source();
    beside.schema = "beside";
    try {
      const std::vector<std::unique_ptr<JobStore>> asked_for = open_stores(beside, Access::read, fixture.catalogue());
      CHECK(texts_of(asked_for.front()->unseen()) == "");
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::not_found);  // the system is told by its functions, too
      continue;
    }
    const std::vector<std::unique_ptr<JobStore>> stores = loaded.open_again();
    REQUIRE(stores.size() == 1);
    const std::vector<Finding> unseen = stores.front()->unseen();
    REQUIRE(unseen.size() == 1);
    CHECK(unseen.front().code == "unread-schema");
    CHECK(unseen.front().text.ends_with(" are not read: beside"));
    CHECK(any_of_code(stores.front()->check({}).findings, "unread-schema"));
    CHECK(any_of_code(stores.front()->diagnose({}), "unread-schema"));
  }
}
