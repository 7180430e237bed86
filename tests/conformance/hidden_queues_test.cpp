// Every system in PostgreSQL: where row level security hides the rows of every table, those that name queues among
// them, nothing is told as if it were all.
#include <doctest/doctest.h>

#include "backends/fan_out.hpp"
#include "tests/conformance/fixture.hpp"
#include "tests/support/postgres_server.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

/// A role that may read every table and sees no row of any.
constexpr const char* hide_every_row = R"sql(
DO $$ BEGIN CREATE ROLE sees_nothing LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ DECLARE one record; BEGIN
  FOR one IN SELECT c.oid::regclass AS place, n.nspname AS schema FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema' LOOP
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO sees_nothing; GRANT SELECT ON %s TO sees_nothing; '
                   'ALTER TABLE %2$s ENABLE ROW LEVEL SECURITY', one.schema, one.place);
  END LOOP;
END $$)sql";

}  // namespace

TEST_CASE("where every table hides its rows, each answer says that it may be a part") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    if (!fixture.in_postgres()) continue;
    LoadedFixture loaded(fixture);
    loaded.database()->run(hide_every_row);
    std::vector<OpenedSource> sources(1);
    try {
      sources.front().stores = loaded.open_again(Access::read, "sees_nothing");
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::not_found);  // tables that only their rows tell from others
      continue;
    }
    const std::vector<SourceOutcome> outcomes =
        for_each_store(sources, [&](JobStore& store, std::size_t) { CHECK(store.list(JobQuery{}).jobs.empty()); });
    CHECK_FALSE(outcomes.front().error);
    CHECK(outcomes.front().incomplete());
    REQUIRE(outcomes.front().unseen);
    CHECK(outcomes.front().unseen->starts_with("row level security may hide jobs from this role in "));
  }
}
