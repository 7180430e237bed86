// Counts and filters by state on real servers: what a statement reads and how often, for a small system of our own.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "tests/unit/engine_sql/small_jobs.hpp"

using namespace queuetrace;
using namespace queuetrace::test::small_jobs;
using namespace std::chrono_literals;

namespace {

std::size_t count_of(std::string_view text, std::string_view what) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

/// That the table was read once, by several workers.
void check_one_pass(Opened& opened) {
  std::vector<SqlStatement> readers;
  for (const SqlStatement& statement : opened.connection->statements)
    if (statement.text.find("small_jobs") != std::string::npos) readers.push_back(statement);
  REQUIRE(readers.size() == 1);
  const std::string plan = opened.plan_of(readers.front());
  CAPTURE(plan);
  CHECK(count_of(plan, "Parallel Seq Scan") == 1);
  CHECK(count_of(plan, "Seq Scan") == 1);
  // Rows are hashed where they are read; what the workers send on is their groups.
  CHECK(plan.find("Partial HashAggregate") != std::string::npos);
}

}  // namespace

TEST_CASE("counts of all states are one pass, shared by workers, into a handful of groups") {
  Opened opened;
  StatisticsQuery query;
  query.window = Milliseconds(0);
  const Statistics statistics = opened.store->statistics(query);
  std::map<JobState, std::uint64_t> counts;
  for (const QueueStatistics& queue : statistics.queues)
    for (const StateStatistics& state : queue.states) counts[state.state] += state.count.value;
  CHECK(counts == std::map<JobState, std::uint64_t>{{JobState::pending, 100},
                                                    {JobState::scheduled, 100},
                                                    {JobState::blocked, 100},
                                                    {JobState::retrying, 100},
                                                    {JobState::completed, 19'200},
                                                    {JobState::dead, 400}});
  check_one_pass(opened);
}

TEST_CASE("rows that another table tells apart are found first where they are few, and counted in the same pass") {
  for (const std::uint64_t marks : {0, 30, 12'000}) {
    CAPTURE(marks);
    Opened opened(marked);
    opened.database.run(
        "CREATE TABLE marks (job bigint); INSERT INTO marks SELECT id FROM small_jobs WHERE state = "
        "'done' ORDER BY id LIMIT " +
        std::to_string(marks));
    StatisticsQuery query;
    query.window = Milliseconds(0);
    std::map<JobState, std::uint64_t> counts;
    for (const QueueStatistics& queue : opened.store->statistics(query).queues)
      for (const StateStatistics& state : queue.states) counts[state.state] += state.count.value;
    CHECK(counts[JobState::cancelled] == marks);
    CHECK(counts[JobState::completed] == 19'200 - marks);
    if (marks <= 10'000) check_one_pass(opened);
  }
}

TEST_CASE("with a window the same pass tells rates, waits and runs, to the millisecond") {
  Opened opened(timed);
  const Statistics statistics = opened.store->statistics({});
  check_one_pass(opened);
  const auto queue = [&](std::string_view name) {
    return *std::ranges::find_if(statistics.queues,
                                 [&](const QueueStatistics& one) { return one.queue.raw() == name; });
  };
  const QueueStatistics busy = queue("q2");
  CHECK(busy.completed_per_minute == 20.0 / 60);
  CHECK(busy.failed_per_minute == 0.0);
  CHECK(busy.stale.value_or(Count{1}).value == 0);  // no job runs
  REQUIRE(busy.run.has_value());
  CHECK(busy.run->samples == 20);
  CHECK(busy.run->p50 == 9'002ms);
  CHECK(busy.run->p95 == 18'002ms);
  CHECK(busy.run->p99 == 19'002ms);
  CHECK(busy.run->maximum == 19'002ms);
  CHECK(busy.wait.has_value());
  CHECK(queue("q1").completed_per_minute == 0.0);
  CHECK_FALSE(queue("q1").run.has_value());
  std::uint64_t jobs = 0;
  for (const QueueStatistics& one : statistics.queues)
    for (const StateStatistics& state : one.states) jobs += state.count.value;
  CHECK(jobs == 20'000);
}

TEST_CASE("only a time that cannot be true costs a second look, and it hides none that is true") {
  for (const bool impossible : {false, true}) {
    CAPTURE(impossible);
    Opened opened(timed);
    if (impossible) opened.database.run("UPDATE small_jobs SET created = '0001-01-01Z' WHERE id = 50");
    const Statistics statistics = opened.store->statistics({});
    std::size_t looks = 0;
    for (const SqlStatement& statement : opened.connection->statements)
      looks += statement.text.find("GROUP BY queue, state") != std::string::npos;
    CHECK(looks == (impossible ? 2 : 1));
    for (const QueueStatistics& queue : statistics.queues)
      for (const StateStatistics& state : queue.states) CHECK(state.oldest == parse_timestamp("2026-01-01T00:00:00Z"));
  }
}

TEST_CASE("a search for failures leaves out completed jobs by their word, before it looks closer") {
  Opened opened;
  JobQuery query;
  query.filter.states = {{JobState::retrying, "retrying"}, {JobState::dead, "dead"}};
  query.page_size = 1000;
  CHECK(opened.store->list(query).jobs.size() == 500);
  const std::string plan = opened.plan_of(opened.connection->statements.back());
  CAPTURE(plan);
  CHECK(plan.find("Filter: ((state <> 'done'::public.job_state) AND ") != std::string::npos);
}

TEST_CASE(
    "a database is opened with a question about the search path and one to its catalogue, and another where there is a "
    "view") {
  for (const bool view : {false, true}) {
    CAPTURE(view);
    Opened opened;
    if (view)
      opened.database.run("ALTER TABLE small_jobs RENAME TO kept; CREATE VIEW small_jobs AS SELECT * FROM kept");
    CHECK(read_live_schemas(*opened.connection, systems, std::chrono::seconds(5)).size() == 1);
    CHECK(opened.connection->statements.size() == (view ? 3 : 2));
  }
}

TEST_CASE("filters by state can use an index of the rows that matter") {
  Opened opened;
  for (const auto& [state, count] : std::map<JobState, std::size_t>{
           {JobState::pending, 100}, {JobState::scheduled, 100}, {JobState::blocked, 100}, {JobState::retrying, 100}}) {
    CAPTURE(to_word(state));
    const auto [jobs, statement] = opened.list(state, std::string(to_word(state)));
    CHECK(jobs.size() == count);
    CHECK(std::ranges::all_of(jobs, [&](const Job& job) { return job.state == state; }));
    SqlStatement counted = statement;
    const std::string plan = opened.plan_of(counted);
    CAPTURE(plan);
    CHECK(plan.find("small_todo") != std::string::npos);
  }
}

TEST_CASE("a word is found where the system prints it, and labels of other releases are not asked for") {
  Opened opened;
  const auto native_of = [&](std::optional<JobState> state, const std::string& word) {
    std::map<std::string, std::size_t> found;
    for (const Job& job : opened.list(state, word).first)
      ++found[std::string(to_word(job.state)) + " " + (job.native_state ? job.native_state->raw() : "-")];
    return found;
  };
  using Found = std::map<std::string, std::size_t>;
  CHECK(native_of(JobState::failed, "failed") == Found{{"dead failed", 400}});
  CHECK(native_of(JobState::dead, "dead") == Found{{"dead failed", 400}});
  CHECK(native_of(std::nullopt, "Later") == Found{{"scheduled later", 100}});
  CHECK(native_of(std::nullopt, "todo") == Found{{"blocked todo", 100}, {"pending todo", 100}, {"retrying todo", 100}});
  CHECK(native_of(std::nullopt, "paused").empty());
}
