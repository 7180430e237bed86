// Hammerwork on a real server: what each filter finds.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/systems/hammerwork/fixture.hpp"
#include "tracing/trace_id.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

TEST_CASE("hammerwork: filters") {
  Fixture fixture("dialect_c");
  const auto found = [&](const JobFilter& filter) {
    JobQuery query;
    query.filter = filter;
    std::vector<std::string> ids = ids_of(fixture.store->list(query).jobs);
    std::ranges::sort(ids);
    return ids;
  };
  using Ids = std::vector<std::string>;
  SUBCASE("any spelling of a trace id, in jobs and archive") {
    for (const char* typed : {"0af7651916cd43dd8448eb211c80319c", "0AF76519-16CD-43DD-8448-EB211C80319C",
                              "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}) {
      JobFilter filter;
      filter.traces = {make_trace_query(typed)};
      CAPTURE(typed);
      CHECK(found(filter) == Ids{job_id(1), job_id(2), job_id(20)});
    }
    JobFilter prefix;
    prefix.traces = {make_trace_query("0af7651916cd*")};
    CHECK(found(prefix) == Ids{job_id(1), job_id(2), job_id(20)});
  }
  SUBCASE("correlation, span, workflow") {
    JobFilter filter;
    filter.correlation_ids = {"corr-11111111-2222-4333-8444-555555555555"};
    CHECK(found(filter) == Ids{job_id(2)});
    filter = {};
    filter.span_ids = {"b7ad6b7169203331"};
    CHECK(found(filter) == Ids{job_id(1)});
    filter = {};
    filter.workflows = {"aaaaaaaa-0000-4000-8000-000000000001"};
    CHECK(found(filter) == Ids{job_id(15)});
  }
  SUBCASE("ids, whole and by prefix") {
    JobFilter filter;
    filter.ids = {job_id(3), "00000014"};
    CHECK(found(filter) == Ids{job_id(3), job_id(20)});
    filter.ids = {"no-such-id"};
    CHECK(found(filter).empty());
  }
  SUBCASE("queues with quotes and wildcards in their names") {
    JobFilter filter;
    filter.queues = {"it's 100%_a\"queue"};
    CHECK(found(filter) == Ids{job_id(17)});
    filter.queues = {"*%_a*"};
    CHECK(found(filter) == Ids{job_id(17)});
    filter.queues = {"%"};
    CHECK(found(filter).empty());
    filter.queues = {"p?used"};
    CHECK(found(filter) == Ids{job_id(18)});
  }
  SUBCASE("native words, errors, payload, priority, times") {
    JobFilter filter;
    filter.states = {{std::nullopt, "timedout"}};
    CHECK(found(filter) == Ids{job_id(14)});
    filter = {};
    filter.errors = {"WORKFLOW c"};
    CHECK(found(filter) == Ids{job_id(15)});
    filter = {};
    filter.where = {{{"n"}, PayloadCondition::Comparison::equal, "17"}};
    CHECK(found(filter) == Ids{job_id(17)});
    filter = {};
    filter.priorities = {"7", "3"};
    CHECK(found(filter) == Ids{job_id(3), job_id(20)});
    filter = {};
    filter.since = parse_timestamp("2026-01-02T03:15:00Z");
    filter.until = parse_timestamp("2026-01-02T03:17:00Z");
    CHECK(found(filter) == Ids{job_id(15), job_id(16)});
  }
  SUBCASE("a fact that is not stored matches nothing and says so") {
    JobQuery query;
    query.filter.workers = {"*"};
    const Page page = fixture.store->list(query);
    CHECK(page.jobs.empty());
    CHECK(page.warnings.size() == 2);
  }
}
