// Every system in PostgreSQL: a table that a role may not read is named, and the system never taken for absent.
#include <doctest/doctest.h>

#include <sstream>

#include "model/error.hpp"
#include "tests/conformance/limited_roles.hpp"
#include "tests/support/postgres_server.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

/// `schema.table` of every table and view of users.
std::vector<std::string> tables_of(const LoadedFixture& loaded) {
  std::istringstream lines(loaded.database()->ask(
      "SELECT string_agg(format('%I.%I', n.nspname, c.relname), E'\\n' ORDER BY 1) FROM pg_class c JOIN pg_namespace "
      "n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition AND n.nspname NOT IN "
      "('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'"));
  std::vector<std::string> tables;
  for (std::string line; std::getline(lines, line);) tables.push_back(line);
  return tables;
}

/// What the role is refused when it opens the fixture and lists its jobs; empty where it may.
std::string refusal(const LoadedFixture& loaded) {
  try {
    const std::vector<std::unique_ptr<JobStore>> stores = loaded.open_again(Access::read, "withheld_reader");
    for (const std::unique_ptr<JobStore>& store : stores) store->list({});
    return "";
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::authentication);
    return std::string(error.what()) + "\n" + error.cause().raw() + "\n" + error.hint();
  }
}

}  // namespace

TEST_CASE("a role that may not read a table of a system is told which, and not that there is no system") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    if (!fixture.in_postgres()) continue;
    LoadedFixture loaded(fixture);
    loaded.database()->run(make_reader("withheld_reader"));
    CHECK(refusal(loaded) == "");
    for (const std::string& table : tables_of(loaded)) {
      CAPTURE(table);
      loaded.database()->run("REVOKE SELECT ON " + table + " FROM withheld_reader");
      const std::string told = refusal(loaded);
      std::string name = table.substr(table.find('.') + 1);
      std::erase(name, '"');
      CHECK((told.empty() || told.find(name) != std::string::npos));
      loaded.database()->run("GRANT SELECT ON " + table + " TO withheld_reader");
    }
  }
}

TEST_CASE("a role that may read no table, or may not use the schema, is told so") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    if (!fixture.in_postgres()) continue;
    LoadedFixture loaded(fixture);
    loaded.database()->run(make_reader("withheld_reader"));
    loaded.database()->run(in_every_schema("REVOKE SELECT ON ALL TABLES IN SCHEMA %I FROM withheld_reader"));
    CHECK(refusal(loaded) != "");
    loaded.database()->run(make_reader("withheld_reader"));
    loaded.database()->run(in_every_schema("REVOKE USAGE ON SCHEMA %I FROM withheld_reader, PUBLIC"));
    CHECK(refusal(loaded) != "");
  }
}
