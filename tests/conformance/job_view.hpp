// A view in the place of the table of jobs.
#pragma once

#include <string>

#include "tests/conformance/fixture.hpp"
#include "tests/support/postgres_server.hpp"

namespace queuetrace::test {

/// Puts a view of its name in the place of the table; `options` stand behind the view's name, as in `WITH (...)`.
inline void put_view_of(const LoadedFixture& loaded, const JobTable& table, const std::string& options = "") {
  const auto quoted = [&](const std::string& name) {
    return loaded.database()->ask("SELECT quote_ident($$" + name + "$$)");
  };
  const std::string schema = quoted(table.schema), name = schema + "." + quoted(table.name);
  loaded.database()->run("ALTER TABLE " + name + " RENAME TO rows_of_a_view; CREATE VIEW " + name + " " + options +
                         " AS SELECT * FROM " + schema + ".rows_of_a_view");
}

}  // namespace queuetrace::test
