// Tables that a configuration describes: times in their zones and units, states by rules, what is taken next.
#include "tests/systems/described/described_store.hpp"

#include "model/time.hpp"

using namespace queuetrace;
using namespace queuetrace::test;
using Kind = DescribedStore::Kind;

TEST_CASE("times are read in their zone and unit, whatever the session's zone is") {
  const DescribedStore on(
      Kind::postgresql,
      "CREATE TABLE t (id bigint PRIMARY KEY, local timestamp, epoch bigint, real double precision, day date);"
      "INSERT INTO t VALUES (1, '2026-01-02 04:04:05.678901', 1767323045678, 1767323045.678, '2026-01-02'), (2, "
      "'infinity', 9223372036854775807, 'NaN', 'infinity'), (3, '9999-12-31 23:59:59', -9223372036854775808, "
      "'-Infinity', NULL);");
  on.database().run("ALTER DATABASE " + on.database().name() + " SET TimeZone = 'Pacific/Chatham'");
  const auto stores = on.open("[systems.mine]\n" + state_of("[ { name = \"all\", state = \"pending\" } ]") +
                              "zone = \"Europe/Berlin\"\ncolumns = { created_at = \"local\", started_at = \"epoch\", "
                              "finished_at = \"real\", scheduled_at = \"day\" }\nabsent = { created_at = \"9999-12-31 "
                              "23:59:59\" }\nepoch = { started_at = \"ms\", finished_at = \"s\" }\n");
  const std::map<std::string, Job> jobs = jobs_of(*stores.front());
  const auto told = [](const std::optional<Timestamp>& time) { return time ? to_rfc3339_exact(*time) : "-"; };
  CHECK(told(jobs.at("1").created_at) == "2026-01-02T03:04:05.678901Z");
  CHECK(told(jobs.at("1").started_at) == "2026-01-02T03:04:05.678Z");
  CHECK(told(jobs.at("1").finished_at) == "2026-01-02T03:04:05.678Z");
  CHECK(told(jobs.at("1").scheduled_at) == "2026-01-01T23:00:00.000Z");
  CHECK(told(jobs.at("2").created_at) == "infinity");
  CHECK(told(jobs.at("2").started_at) == "-");
  CHECK(told(jobs.at("2").finished_at) == "-");
  CHECK(told(jobs.at("3").created_at) == "-");
  CHECK(told(jobs.at("3").finished_at) == "-");
}

TEST_CASE("SQLite's times are read to the microsecond, as text with and without zone and as numbers") {
  const DescribedStore on(Kind::sqlite,
                          "CREATE TABLE t (id INTEGER PRIMARY KEY, at);"
                          "INSERT INTO t VALUES (1, '2026-01-02 03:04:05.678901'), (2, '2026-01-02 03:04:05'), (3, "
                          "'2026-01-02T03:04:05.5+02:00'), (4, '2026-01-02T03:04:05.999999Z'), (5, '2026-01-02'), (6, "
                          "1767323045), (7, 1767323045.25), (8, 'no time'), (9, x'00'), (10, ''), (11, NULL), (12, "
                          "'9999-12-31 00:00:00'), (13, 9223372036854775807)");
  const std::string description = "[systems.mine]\n" + state_of("[ { name = \"all\", state = \"pending\" } ]") +
                                  "columns = { created_at = \"at\" }\nepoch = \"s\"\n";
  const auto told = [&](const std::string& more) {
    std::string out;
    const auto stores = on.open(description + more);
    const std::map<std::string, Job> jobs = jobs_of(*stores.front());
    for (int id = 1; id <= 12; ++id) {
      const std::optional<Timestamp>& time = jobs.at(std::to_string(id)).created_at;
      out += (time ? to_rfc3339_exact(*time) : "-") + "\n";
    }
    return out;
  };
  CHECK(told("absent = { created_at = \"9999-12-31T00:00:00Z\" }\n") ==
        "2026-01-02T03:04:05.678901Z\n2026-01-02T03:04:05.000Z\n2026-01-02T01:04:05.500Z\n2026-01-02T03:04:05.999999Z\n"
        "2026-01-02T00:00:00.000Z\n2026-01-02T03:04:05.000Z\n2026-01-02T03:04:05.250Z\n-\n-\n-\n-\n-\n");
  CHECK(told("zone = \"+01:00\"\n")
            .starts_with("2026-01-02T02:04:05.678901Z\n2026-01-02T02:04:05.000Z\n"
                         "2026-01-02T01:04:05.500Z\n"));
}

TEST_CASE("the first rule that fits counts, and a word of several rules means them all") {
  for (const Kind kind : {Kind::postgresql, Kind::sqlite}) {
    CAPTURE(static_cast<int>(kind));
    const DescribedStore on(
        kind,
        "CREATE TABLE t (id integer PRIMARY KEY, state text, n integer, run_at text, queue text); INSERT INTO t VALUES "
        "(1, 'new', 0, NULL, 'a'), (2, 'new', 7, NULL, 'a'), (3, NULL, 7, NULL, 'a'), (4, 'done', -1, NULL, 'a'), (5, "
        "'odd', 0, NULL, NULL)");
    const auto stores =
        on.open("[systems.mine]\n" +
                state_of("[ { name = \"high\", state = \"retrying\", when = { n = \"over 6\" } }, { name = \"word\", "
                         "state = \"pending\", when = { state = \"new\" } }, { name = \"word\", state = \"completed\", "
                         "when = { state = [\"done\", \"ready\"], n = \"under 0\" } } ]") +
                "columns = { queue = \"queue\", priority = \"n\" }\ndefault = { queue = \"(none)\" }\norder = "
                "[\"-n\", \"id\"]\n");
    JobStore& store = *stores.front();
    CHECK(states_of(jobs_of(store)) ==
          "1 pending word, 2 retrying high, 3 retrying high, 4 completed word, 5 unknown odd");
    JobFilter filter;
    filter.states = {{std::nullopt, "word"}};
    CHECK(states_of(jobs_of(store, filter)) == "1 pending word, 4 completed word");
    filter = {};
    filter.queues = {"(none)"};
    CHECK(states_of(jobs_of(store, filter)) == "5 unknown odd");
    const PeekResult next = store.peek({});
    REQUIRE(next.queues.size() == 1);
    CHECK(next.queues.front().exact);
    std::string ids;
    for (const Job& job : next.queues.front().next) ids += job.ref.id.raw();
    CHECK(ids == "231");
  }
}

TEST_CASE("a running job is taken again after its time, and an order with ties is not exact") {
  const DescribedStore on(
      Kind::postgresql,
      "CREATE TABLE t (id bigint PRIMARY KEY, prio integer, locked timestamptz, failed timestamptz); INSERT INTO t "
      "VALUES (1, 5, NULL, NULL), (2, 3, now() - interval '2 hours', NULL), (3, 1, now(), NULL), (4, 0, now() - "
      "interval '2 hours', now())");
  const auto stores = on.open("[systems.mine]\n" +
                              state_of("[ { name = \"failed\", state = \"dead\", when = { failed = \"set\" } }, { name "
                                       "= \"locked\", state = \"running\", when = { locked = \"set\" }, again_after = "
                                       "\"1h\" }, { name = \"free\", state = \"pending\" } ]") +
                              "columns = { started_at = \"locked\" }\ndefault = { queue = \"main\" }\norder = "
                              "[\"prio\"]\n");
  JobStore& store = *stores.front();
  const PeekResult next = store.peek({});
  REQUIRE(next.queues.size() == 1);
  CHECK(next.queues.front().queue.raw() == "main");
  CHECK_FALSE(next.queues.front().exact);
  std::string ids;
  for (const Job& job : next.queues.front().next) ids += job.ref.id.raw();
  CHECK(ids == "21");
  std::string stale;
  for (const auto& [id, job] : jobs_of(store))
    for (const Note& note : job.notes) stale += id + " " + note.code + ";";
  CHECK(stale == "2 stale;");
}
