// Every system in PostgreSQL: jobs of a megabyte each are read in pages that are bounded in bytes, in every order, and
// kept in a capture; none is lost where a page is cut.
#include <doctest/doctest.h>

#include <algorithm>

#include "backends/capture.hpp"
#include "backends/engines/sql/row_stride.hpp"
#include "tests/conformance/fixture.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/read_capture.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

constexpr std::size_t large = 1'000'000;

/// Each table gets a large column that no description knows.
constexpr const char* large_column = R"sql(
SET session_replication_role = replica;
DO $$ DECLARE one regclass; BEGIN
  FOR one IN SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p')
      AND NOT c.relispartition AND n.nspname NOT IN ('pg_catalog', 'information_schema') LOOP
    EXECUTE format('ALTER TABLE %1$s ADD qt_large text; UPDATE %1$s SET qt_large = repeat(''x'', 1000000)', one);
  END LOOP;
END $$)sql";

std::size_t large_jobs(const std::vector<Job>& jobs) {
  return static_cast<std::size_t>(std::ranges::count_if(jobs, [](const Job& job) {
    return std::ranges::any_of(job.extra, [](const Field& field) { return field.name == "qt_large"; });
  }));
}

}  // namespace

TEST_CASE("jobs of a megabyte each are read in pages of a few, and each of them is") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    if (!fixture.in_postgres()) continue;
    LoadedFixture loaded(fixture);
    JobQuery query;
    query.page_size = 200;
    query.payload = true;
    const std::string before = joined(ids_of(list_all(loaded.store(), query)));
    loaded.database()->run(large_column);
    for (const JobOrder order : {JobOrder::newest, JobOrder::storage}) {
      const std::vector<std::unique_ptr<JobStore>> stores = loaded.open_again();
      REQUIRE(stores.size() == 1);
      query.order = order;
      query.after.reset();
      std::vector<Job> all;
      do {
        Page page = stores.front()->list(query);
        CHECK(large_jobs(page.jobs) <= page_bytes / large + 1);
        query.after = page.next;
        std::ranges::move(page.jobs, std::back_inserter(all));
      } while (query.after);
      std::vector<std::string> ids = ids_of(all);
      std::ranges::sort(ids);
      CHECK(std::ranges::adjacent_find(ids) == ids.end());
      // Tables a queue need not have the same columns: what no description knows of them is not shown.
      CHECK((large_jobs(all) > 0 || live_table(fixture, loaded).name.empty()));
      if (order == JobOrder::newest) CHECK(joined(ids_of(all)) == before);
      CHECK(ids.size() == static_cast<std::size_t>(std::ranges::count(before, '\n') + 1));
    }
  }
}
