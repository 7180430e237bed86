// Every system: what a role may not see is said with every answer, and never taken for nothing.
#include <doctest/doctest.h>

#include <algorithm>

#include "backends/engines/sql/system.hpp"
#include "backends/fan_out.hpp"
#include "backends/systems/catalogue.hpp"
#include "tests/conformance/fixture.hpp"
#include "tests/support/postgres_server.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

/// Runs for each user's schema of the database.
std::string in_every_schema(const std::string& statement) {
  return "DO $$ DECLARE one name; BEGIN FOR one IN SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%' "
         "AND "
         "nspname <> 'information_schema' LOOP EXECUTE format('" +
         statement + "', one); END LOOP; END $$;";
}

/// A role that may read every table.
std::string make_reader(const std::string& name) {
  return "DO $$ BEGIN CREATE ROLE " + name + " LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;" +
         in_every_schema("GRANT USAGE ON SCHEMA %I TO " + name) +
         in_every_schema("GRANT SELECT ON ALL TABLES IN SCHEMA %I TO " + name);
}

/// Runs for each table that holds jobs of the fixture's system; `%s` is the table.
std::string for_each_job_table(const Fixture& fixture, const std::string& statement) {
  std::string names;
  for (const SqlSystem* system : sql_systems())
    if (system->info.name == fixture.expected.at("system").get<std::string>())
      for (const SqlRelation& relation : system->relations)
        names += (names.empty() ? "" : ", ") + ("'" + std::string(relation.table) + "'");
  return "DO $$ DECLARE one regclass; BEGIN FOR one IN SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = "
         "c.relnamespace WHERE c.relkind IN ('r', 'p') AND c.relname IN (" +
         names + ") LOOP EXECUTE format('" + statement + "', one); END LOOP; END $$;";
}

std::string texts_of(const std::vector<Finding>& findings) {
  std::vector<std::string> texts;
  for (const Finding& finding : findings) texts.push_back(finding.code + ": " + finding.text);
  return joined(texts);
}

bool any_of_code(const std::vector<Finding>& findings, const std::string& code) {
  return std::ranges::any_of(findings, [&](const Finding& finding) { return finding.code == code; });
}

}  // namespace

TEST_CASE("who may see everything is told of nothing unseen") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    LoadedFixture loaded(fixture);
    CHECK(texts_of(loaded.store().unseen()) == "");
  }
}

TEST_CASE("jobs that row level security may hide are told of with every answer") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    LoadedFixture loaded(fixture);
    if (loaded.database() == nullptr) continue;
    loaded.database()->run(make_reader("rls_reader"));
    loaded.database()->run(for_each_job_table(fixture, "ALTER TABLE %s ENABLE ROW LEVEL SECURITY"));
    CHECK(texts_of(loaded.open_again(Access::read).front()->unseen()) == "");  // its owner

    std::vector<OpenedSource> sources(1);
    sources.front().stores = loaded.open_again(Access::read, "rls_reader");
    JobStore& store = *sources.front().stores.front();
    const std::vector<Finding> unseen = store.unseen();
    CHECK(texts_of(unseen).starts_with("row-security: row level security may hide jobs from this role in "));
    Page page;
    const std::vector<SourceOutcome> outcomes =
        for_each_store(sources, [&](JobStore& one, std::size_t) { page = one.list(JobQuery{}); });
    CHECK_FALSE(outcomes.front().error);
    CHECK(page.jobs.empty());
    REQUIRE(outcomes.front().unseen);
    CHECK(*outcomes.front().unseen == unseen.front().text);
    CHECK(outcomes.front().incomplete());
    CHECK(any_of_code(store.check({}).findings, "row-security"));
    CHECK(any_of_code(store.diagnose({}), "row-security"));
  }
}
