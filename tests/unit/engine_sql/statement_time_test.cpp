// How long a statement may take, and what is told when there is no time to count, on real servers.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

#include "tests/unit/engine_sql/small_jobs.hpp"

using namespace queuetrace;
using namespace queuetrace::test::small_jobs;
using namespace std::chrono_literals;

TEST_CASE("when there is no time to count, jobs to be done are counted by their index and the others estimated") {
  Opened opened(slow);
  opened.database.run(
      "CREATE FUNCTION slowly(timestamptz) RETURNS timestamptz LANGUAGE plpgsql VOLATILE AS $$ BEGIN PERFORM "
      "pg_sleep(0.0005); RETURN $1; END $$");
  StatisticsQuery query;
  query.window = Milliseconds(0);
  query.limits.statement_timeout = 6s;  // a pass over the table sleeps for 10 s, the jobs to be done for 0.2 s
  const Statistics statistics = opened.store->statistics(query);
  REQUIRE(statistics.truncated.has_value());
  CHECK(statistics.truncated->find("--full") != std::string::npos);
  std::map<std::pair<JobState, Exactness>, std::uint64_t> counts;
  for (const QueueStatistics& queue : statistics.queues)
    for (const StateStatistics& state : queue.states) counts[{state.state, state.count.exactness}] += state.count.value;
  using enum Exactness;
  CHECK(counts == std::map<std::pair<JobState, Exactness>, std::uint64_t>{{{JobState::pending, exact}, 100},
                                                                          {{JobState::scheduled, exact}, 100},
                                                                          {{JobState::blocked, exact}, 100},
                                                                          {{JobState::retrying, exact}, 100},
                                                                          {{JobState::completed, estimated}, 19'200},
                                                                          {{JobState::dead, estimated}, 400}});
  query.queues = {"q1"};
  for (const QueueStatistics& queue : opened.store->statistics(query).queues) CHECK(queue.queue.raw() == "q1");
}

TEST_CASE("when there is no time to count the jobs to be done either, all are estimated") {
  Opened opened(slow);
  opened.database.run(
      "CREATE FUNCTION slowly(timestamptz) RETURNS timestamptz LANGUAGE plpgsql VOLATILE AS $$ BEGIN PERFORM "
      "pg_sleep(0.02); RETURN $1; END $$");
  StatisticsQuery query;
  query.window = Milliseconds(0);
  query.limits.deadline = std::chrono::steady_clock::now() + 2s;  // the jobs to be done alone sleep for 8 s
  const Statistics statistics = opened.store->statistics(query);
  REQUIRE(statistics.truncated.has_value());
  std::map<std::pair<JobState, Exactness>, std::uint64_t> counts;
  for (const QueueStatistics& queue : statistics.queues)
    for (const StateStatistics& state : queue.states) counts[{state.state, state.count.exactness}] += state.count.value;
  using enum Exactness;
  CHECK(counts == std::map<std::pair<JobState, Exactness>, std::uint64_t>{{{JobState::pending, estimated}, 400},
                                                                          {{JobState::completed, estimated}, 19'200},
                                                                          {{JobState::dead, estimated}, 400}});
}

TEST_CASE("without what the planner knows, nothing is told but why") {
  Opened opened(slow);
  opened.database.run(
      "CREATE FUNCTION slowly(timestamptz) RETURNS timestamptz LANGUAGE plpgsql VOLATILE AS $$ BEGIN PERFORM "
      "pg_sleep(0.0005); RETURN $1; END $$; DROP INDEX small_todo; DELETE FROM pg_statistic WHERE starelid = "
      "'small_jobs'::regclass");
  StatisticsQuery query;
  query.limits.statement_timeout = 1s;
  CHECK_THROWS_WITH_AS(opened.store->statistics(query), "timed out", Error);
}

TEST_CASE("a statement may take what the configuration says, --timeout instead of it, and with --full any time") {
  Opened opened;
  Source source = opened.database.source();
  source.statement_timeout = 30s;
  const auto connection = std::make_shared<test::RecordedConnection>(connect_postgres(source));
  const std::vector<LiveSchema> schemas = read_live_schemas(*connection, systems, 5s);
  SqlJobStore store(connection, bind_system(small, schemas.front(), ""));
  const auto times_of = [&](const ReadLimits& limits) {
    connection->timeouts.clear();
    StatisticsQuery counts;
    counts.window = Milliseconds(0);
    counts.limits = limits;
    store.statistics(counts);
    JobQuery jobs;
    jobs.limits = limits;
    store.list(jobs);
    jobs.order = JobOrder::storage;
    store.list(jobs);
    store.queues(limits);
    store.diagnose(limits);
    return std::set<std::chrono::milliseconds>(connection->timeouts.begin(), connection->timeouts.end());
  };
  using Times = std::set<std::chrono::milliseconds>;
  ReadLimits limits;
  CHECK(times_of(limits) == Times{30s});
  limits.statement_timeout = 120s;
  CHECK(times_of(limits) == Times{120s});
  limits.scan.reset();
  CHECK(times_of(limits) == Times{0s});
}
