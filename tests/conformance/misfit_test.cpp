// Every system in SQL: a description that does not fit a table of the source is a note beside it, never in its way.
#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <regex>

#include "backends/fan_out.hpp"
#include "backends/open.hpp"
#include "backends/systems/described.hpp"
#include "model/error.hpp"
#include "tests/conformance/fixture.hpp"
#include "tests/conformance/job_view.hpp"
#include "tests/conformance/limited_roles.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

/// A table that the fixture has, in the schema that its source is read in.
std::string table_of(const Fixture& fixture, const LoadedFixture& loaded) {
  if (fixture.in_postgres()) return live_table(fixture, loaded).name;
  std::ifstream file(fixture.folder / "load.sqlite.sql");
  const std::string sql{std::istreambuf_iterator<char>(file), {}};
  std::smatch match;
  static const std::regex created(R"re(CREATE TABLE (?:IF NOT EXISTS )?["`]?([a-z_]+)["`]? ?\()re");
  return std::regex_search(sql, match, created) ? match[1].str() : "";
}

/// Of a table that another program made.
SystemDescription another(const std::string& table) {
  SystemDescription out;
  out.name = "mine";
  out.families = {StorageFamily::postgresql, StorageFamily::sqlite};
  TableDescription described;
  described.table = table;
  described.id = "no such column";
  described.states = {{"all", JobState::pending}};
  described.line = 7;
  out.tables = {described};
  return out;
}

}  // namespace

TEST_CASE("a described system that does not fit a table of another is told of and keeps nothing from being read") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    if (fixture.in_redis()) continue;
    LoadedFixture& loaded = loaded_for_reading(fixture);
    const std::string table = table_of(fixture, loaded);
    if (table.empty()) continue;
    Catalogue catalogue = fixture.catalogue();
    catalogue.described.push_back(std::make_shared<const DescribedSystem>(another(table)));
    Source source = loaded.source();
    const bool named = source.system.has_value();
    std::vector<OpenedSource> sources(1);
    sources.front().stores = open_stores(source, Access::read, catalogue);
    REQUIRE(sources.front().stores.size() == loaded.stores().size());
    JobStore& store = *sources.front().stores.front();
    CHECK(sorted(ids_of(list_all(store, {}))) == sorted(ids_of(list_all(loaded.store(), {}))));
    const std::vector<SourceOutcome> outcomes =
        for_each_store(sources, [](JobStore& one, std::size_t) { one.statistics({}); });
    CHECK_FALSE(outcomes.front().error);
    CHECK_FALSE(outcomes.front().incomplete());
    if (named) {
      CHECK_FALSE(outcomes.front().unsearched);  // nobody looked for it
    } else {
      const std::string told = "[systems.mine] does not fit the tables of source '" + source.name +
                               "': 1 problem: line 7: id: the table has no column for 'no such column'; it is not "
                               "read here";
      CHECK(outcomes.front().unsearched == told);
      CHECK(texts_of(store.unseen()) == "unfit-description: " + told);
      CHECK(any_of_code(store.check({}).findings, "unfit-description"));
      CHECK(any_of_code(store.diagnose({}), "unfit-description"));
    }
    source.system = "mine";
    try {
      open_stores(source, Access::read, catalogue);
      FAIL_CHECK("the system that was asked for does not fit");
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::usage);
      REQUIRE(error.notes().size() == 1);
      CHECK(error.notes().front() == "line 7: id: the table has no column for 'no such column'");
    }
  }
}
