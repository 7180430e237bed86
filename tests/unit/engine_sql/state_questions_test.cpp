// Counts and filters by state on real servers: what a statement reads and how often, for a small system of our own.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "tests/unit/engine_sql/small_jobs.hpp"

using namespace queuetrace;
using namespace queuetrace::test::small_jobs;
using namespace std::chrono_literals;

namespace {

constexpr std::array fields{SqlFieldRule{SqlField::id, "j.id"}, SqlFieldRule{SqlField::queue, "j.queue"},
                            SqlFieldRule{SqlField::created_at, "j.created"},
                            SqlFieldRule{SqlField::scheduled_at, "j.due"}};
constexpr std::array states{SqlStateRule{JobState::completed, "'done'"},
                            SqlStateRule{JobState::dead, "'failed', 'of_another_release'"},
                            SqlStateRule{JobState::blocked, "'todo'", "j.note LIKE 'held%'"},
                            SqlStateRule{JobState::retrying, "'todo'", "j.tried > 0"},
                            SqlStateRule{JobState::scheduled, "'todo'", "j.due > now()", "", "later"},
                            SqlStateRule{JobState::pending, "'todo'"}};
constexpr std::array relations{
    SqlRelation{.name = "jobs", .table = "small_jobs", .fields = fields, .state = "j.state", .states = states}};
constexpr std::array storage{SqlOrderKey{"j.id", SqlType::integer}};
constexpr SqlSystem make_small() {
  SqlSystem system;
  system.info.name = "small";
  system.info.title = "Small";
  system.probe = "id queue state";
  system.relations = relations;
  system.id_type = SqlType::integer;
  system.id_expression = "j.id";
  system.storage = storage;
  return system;
}
constexpr SqlSystem small = make_small();

/// The same, but that each look at a creation time takes half a millisecond.
constexpr std::array slow_fields{SqlFieldRule{SqlField::id, "j.id"}, SqlFieldRule{SqlField::queue, "j.queue"},
                                 SqlFieldRule{SqlField::created_at, "slowly(j.created)"}};
constexpr std::array slow_relations{
    SqlRelation{.name = "jobs", .table = "small_jobs", .fields = slow_fields, .state = "j.state", .states = states}};
constexpr SqlSystem make_slow() {
  SqlSystem system = make_small();
  system.relations = slow_relations;
  return system;
}
constexpr SqlSystem slow = make_slow();

/// The same with times of each run.
constexpr std::array timed_fields{SqlFieldRule{SqlField::id, "j.id"}, SqlFieldRule{SqlField::queue, "j.queue"},
                                  SqlFieldRule{SqlField::created_at, "j.created"},
                                  SqlFieldRule{SqlField::started_at, "j.begun"},
                                  SqlFieldRule{SqlField::finished_at, "j.ended"}};
constexpr std::array waits{SqlTiming{"j.created", "j.begun", "j.tried = 0"}};
constexpr std::array runs{SqlTiming{"j.begun", "coalesce(j.ended, now())"}};
constexpr std::array timed_relations{SqlRelation{.name = "jobs",
                                                 .table = "small_jobs",
                                                 .fields = timed_fields,
                                                 .state = "j.state",
                                                 .states = states,
                                                 .wait = waits,
                                                 .run = runs}};
constexpr std::array overdue{SqlNoteRule{"stale", "too late", "j.begun < now() - interval '1 day'"}};
constexpr SqlSystem make_timed() {
  SqlSystem system = make_small();
  system.relations = timed_relations;
  system.stale = overdue;
  return system;
}
constexpr SqlSystem timed = make_timed();

/// The same with a state that only another table tells.
constexpr std::array marked_states{SqlStateRule{.state = JobState::cancelled,
                                                .words = "'done'",
                                                .when = "EXISTS (SELECT 1 FROM marks m WHERE m.job = j.id)",
                                                .listed = "SELECT m.job FROM marks m"},
                                   SqlStateRule{JobState::completed, "'done'"}};
constexpr std::array marked_relations{
    SqlRelation{.name = "jobs", .table = "small_jobs", .fields = fields, .state = "j.state", .states = marked_states}};
constexpr SqlSystem make_marked() {
  SqlSystem system = make_small();
  system.relations = marked_relations;
  return system;
}
constexpr SqlSystem marked = make_marked();
static_assert(consistent(small));
constexpr std::array<const SqlSystem*, 1> systems{&small};

/// 20,000 rows, of which 400 are to be done, in four states; a partial index on those. 20 of q2 ended half an hour ago
/// after 2, 1,002, ... 19,002 ms.
constexpr const char* rows =
    "CREATE TYPE job_state AS ENUM ('todo', 'done', 'failed');"
    "CREATE TABLE small_jobs (id bigint PRIMARY KEY, queue text, state job_state, note text, tried int, created "
    "timestamptz, due timestamptz, begun timestamptz, ended timestamptz);"
    "INSERT INTO small_jobs SELECT i, 'q' || i % 4, CASE WHEN i % 50 = 0 THEN 'todo' WHEN i % 50 = 1 THEN 'failed' "
    "ELSE "
    "'done' END::job_state, CASE WHEN i % 200 = 0 THEN 'held ' ELSE 'note ' END || i, (i % 200 = 50)::int, "
    "'2026-01-01Z', "
    "CASE WHEN i % 200 = 100 THEN now() + interval '1 hour' ELSE '2026-01-01Z' END + i * interval '1 ms', CASE WHEN i "
    "% 1000 = 2 THEN now() - interval '30 minutes' WHEN i % "
    "50 > 0 THEN '2026-01-01Z' END, CASE WHEN i % 1000 = 2 THEN now() - interval '30 minutes' + i * interval '1 ms' "
    "WHEN i % 50 > 0 THEN '2026-01-02Z' END FROM generate_series(1, 20000) i;"
    "CREATE INDEX small_todo ON small_jobs (queue) WHERE state = 'todo'; ANALYZE small_jobs";

struct Opened {
  explicit Opened(const SqlSystem& system = small) {
    database.run(rows);
    // A table of this size would not be read by several workers.
    database.run("ALTER DATABASE \"" + database.name() + "\" SET parallel_setup_cost = 0; ALTER DATABASE \"" +
                 database.name() + "\" SET min_parallel_table_scan_size = 0");
    connection = std::make_shared<test::RecordedConnection>(connect_postgres(database.source()));
    const std::vector<LiveSchema> schemas = read_live_schemas(*connection, systems, 5s);
    REQUIRE(schemas.size() == 1);
    store.emplace(connection, bind_system(system, schemas.front(), ""));
    connection->statements.clear();
  }

  std::string plan_of(SqlStatement statement) {
    statement.text = "EXPLAIN (COSTS OFF) " + statement.text;
    const std::unique_ptr<SqlResult> lines = connection->query(statement, 5s);
    std::string plan;
    for (std::size_t row = 0; row < lines->rows(); ++row) plan += std::string(*lines->cell(row, 0)) + "\n";
    return plan;
  }

  /// The jobs of a filter by state, and the statement that found them.
  std::pair<std::vector<Job>, SqlStatement> list(std::optional<JobState> state, const std::string& word) {
    JobQuery query;
    query.filter.states = {{state, word}};
    query.page_size = 1000;
    query.order = JobOrder::storage;
    connection->statements.clear();
    std::vector<Job> jobs;
    do {
      Page page = store->list(query);
      std::ranges::move(page.jobs, std::back_inserter(jobs));
      query.after = page.next;
    } while (query.after);
    return {std::move(jobs), connection->statements.back()};
  }

  test::PostgresDatabase database;
  std::shared_ptr<test::RecordedConnection> connection;
  std::optional<SqlJobStore> store;
};

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
