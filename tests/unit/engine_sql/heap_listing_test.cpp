// Everything in the order of storage, on a real server: each job once while others change, and each block of the table
// read once.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

#include "backends/drivers/postgres/connection.hpp"
#include "backends/engines/sql/heap_read.hpp"
#include "backends/engines/sql/job_store.hpp"
#include "backends/engines/sql/live_schema.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/unit/engine_sql/recorded_connection.hpp"

using namespace queuetrace;
using namespace std::chrono_literals;

namespace {

constexpr std::array fields{SqlFieldRule{SqlField::id, "j.id"}, SqlFieldRule{SqlField::queue, "j.queue"},
                            SqlFieldRule{SqlField::payload, "j.filler", "filler"}};
constexpr std::array states{SqlStateRule{JobState::pending, "'todo'"}, SqlStateRule{JobState::completed, "'done'"}};
constexpr std::array relations{
    SqlRelation{.name = "jobs", .table = "stored_jobs", .fields = fields, .state = "j.state", .states = states},
    SqlRelation{.name = "archive", .table = "stored_archive", .fields = fields, .state = "j.state", .states = states}};
constexpr std::array storage{SqlOrderKey{"j.id", SqlType::integer}};
constexpr SqlSystem make_stored() {
  SqlSystem system;
  system.info.name = "stored";
  system.info.title = "Stored";
  system.probe = "id queue state";
  system.relations = relations;
  system.id_type = SqlType::integer;
  system.id_expression = "j.id";
  system.storage = storage;
  return system;
}
constexpr SqlSystem stored = make_stored();
static_assert(consistent(stored));
constexpr std::array<const SqlSystem*, 1> systems{&stored};

/// 20,000 jobs of some 250 bytes, in an order that their keys do not have, 32 in a block; 40 in the archive.
constexpr const char* rows =
    "CREATE TABLE stored_jobs (id bigint PRIMARY KEY, queue text, state text, filler text) WITH (autovacuum_enabled = "
    "off);"
    "CREATE TABLE stored_archive (LIKE stored_jobs INCLUDING ALL);"
    "INSERT INTO stored_jobs SELECT (i * 7919) % 20011, 'q' || i % 4, CASE WHEN i % 10 = 0 THEN 'todo' ELSE 'done' "
    "END, "
    "repeat('x', 200) FROM generate_series(1, 20000) i;"
    "INSERT INTO stored_archive SELECT i, 'q0', 'done', 'y' FROM generate_series(100001, 100040) i;"
    "CREATE INDEX stored_todo ON stored_jobs (queue) WHERE state = 'todo';"
    "ANALYZE stored_jobs; ANALYZE stored_archive";

struct Opened {
  explicit Opened(const char* further = "") {
    database.run(std::string(rows) + further);
    connection = std::make_shared<test::RecordedConnection>(connect_postgres(database.source()));
    const std::vector<LiveSchema> schemas = read_live_schemas(*connection, systems, 5s);
    REQUIRE(schemas.size() == 1);
    store.emplace(connection, bind_system(stored, schemas.front(), ""));
    connection->statements.clear();
  }

  /// How often each id is handed out; `between` runs after every page, with its number from 1.
  template <typename Between>
  std::map<std::string, int> read(JobQuery query, const Between& between) {
    std::map<std::string, int> times;
    query.order = JobOrder::storage;
    for (int pages = 1;; ++pages) {
      const Page page = store->list(query);
      CHECK(page.jobs.size() <= query.page_size);
      truncated = page.truncated;
      for (const Job& job : page.jobs) ++times[job.ref.id.raw()];
      if (!page.next || page.truncated) return times;
      query.after = page.next;
      between(pages);
    }
  }

  std::set<std::string> ids(const std::string& condition) {
    std::set<std::string> found;
    std::string text = database.ask(
        "SELECT id FROM (SELECT * FROM stored_jobs UNION ALL SELECT * FROM stored_archive) j "
        "WHERE " +
        condition);
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      if (end > at) found.insert(text.substr(at, end - at));
      at = end + 1;
    }
    return found;
  }

  /// Blocks of the tables that the recorded statements look at, when they run again.
  std::uint64_t blocks_read() {
    std::uint64_t blocks = 0;
    const std::vector<SqlStatement> statements = connection->statements;
    for (SqlStatement statement : statements) {
      if (statement.text.find("ctid") == std::string::npos || statement.text.starts_with("EXPLAIN")) continue;
      statement.text = "EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF) " + statement.text;
      const std::unique_ptr<SqlResult> plan = connection->query(statement, 5s);
      for (std::size_t row = 0; row < plan->rows(); ++row) {
        const std::string line(plan->cell(row, 0).value_or(""));
        const std::size_t at = line.find("Buffers: shared");
        if (at == std::string::npos) continue;
        for (const std::string_view what : {"hit=", "read="})
          if (const std::size_t place = line.find(what); place != std::string::npos)
            blocks += std::strtoull(line.c_str() + place + what.size(), nullptr, 10);
        break;  // the first line tells what all below it did
      }
    }
    return blocks;
  }

  test::PostgresDatabase database;
  std::shared_ptr<test::RecordedConnection> connection;
  std::optional<SqlJobStore> store;
  std::optional<std::string> truncated;
};

JobQuery pages_of(std::size_t size) {
  JobQuery query;
  query.page_size = size;
  return query;
}

bool all_once(const std::map<std::string, int>& times) {
  return std::ranges::all_of(times, [](const auto& one) { return one.second == 1; });
}

/// The ids of `wanted` that were not handed out.
std::set<std::string> missing(const std::set<std::string>& wanted, const std::map<std::string, int>& times) {
  std::set<std::string> out;
  for (const std::string& id : wanted)
    if (!times.contains(id)) out.insert(id);
  return out;
}

constexpr auto nothing = [](int) {};

}  // namespace

TEST_CASE("places and cursors are read back as they were written") {
  CHECK(HeapPlace{12, 3}.text() == "(12,3)");
  const auto place = HeapPlace::read("(12,3)");
  REQUIRE(place.has_value());
  CHECK(place->block == 12);
  CHECK(place->row == 3);
  for (const char* text : {"", "(", "(12", "(12,", "(12,3", "12,3)", "(x,3)"}) CHECK_FALSE(HeapPlace::read(text));
  const auto position = read_heap_cursor(write_heap_cursor({7, 1, {12, 3}}));
  REQUIRE(position.has_value());
  CHECK(position->reading == 7);
  CHECK(position->relation == 1);
  CHECK(position->after.block == 12);
  CHECK_FALSE(read_heap_cursor("[0, \"7\"]"));
  CHECK_FALSE(read_heap_cursor("{\"reading\": -1, \"relation\": 0, \"after\": \"(1,2)\"}"));
}

TEST_CASE("a reading looks at as many blocks as give a page") {
  HeapStride stride;
  CHECK(stride.blocks() == 64);
  stride.note(64, 256, 1'000, 1ms);
  CHECK(stride.blocks() == 128);
  stride.note(128, 2'048, 1'000, 1ms);
  CHECK(stride.blocks() == 62);
  stride.note(62, 1'000, 1'000, 600ms);  // slow: half as many
  CHECK(stride.blocks() == 31);
  for (int i = 0; i < 20; ++i) stride.note(stride.blocks(), 0, 1'000, 1ms);  // nothing matches
  CHECK(stride.blocks() == 8'192);
  while (stride.shorten()) CHECK(stride.blocks() < 8'192);
  CHECK(stride.blocks() == 1);
}

TEST_CASE("where hardly any job was found so far, all that is left is looked at at once") {
  HeapStride stride;
  stride.note(2'000, 3, 1'000, 1ms, 500'000);
  CHECK(stride.blocks() == 128);  // too little was looked at
  stride.note(128, 0, 1'000, 1ms, 500'000);
  CHECK(stride.blocks() == 256);  // 705 are expected
  stride.note(1'000, 0, 1'000, 1ms, 499'000);
  CHECK(stride.blocks() == 499'000);  // 479
  // All but one lay in what was left: what they are like is learnt before it is tried again.
  stride.note(10, 1'000, 1'000, 1ms, 498'990);
  CHECK(stride.blocks() == 10);
  for (int i = 0; i < 8; ++i) stride.note(100, 0, 1'000, 1ms, 498'000);
  CHECK(stride.blocks() < 8'193);
  HeapStride small;
  small.note(2'048, 0, 1'000, 1ms, 8'192);
  CHECK(small.blocks() == 128);  // no more is left than one statement looks at anyway
}

TEST_CASE("each block is read once, however small the pages and whatever the keys") {
  Opened opened;
  const auto blocks = std::stoull(opened.database.ask("SELECT pg_relation_size('stored_jobs') / 8192"));
  const std::map<std::string, int> times = opened.read(pages_of(1'000), nothing);
  CHECK(all_once(times));
  CHECK(times.size() == 20'040);
  CHECK_FALSE(opened.truncated);
  CHECK(opened.connection->statements.size() < 60);
  // At the edges of pages that are cut by their number of jobs a block is looked at twice.
  CHECK(opened.blocks_read() < blocks * 3 / 2);
}

TEST_CASE("what an index finds is found by it, and not by a look at every block") {
  Opened opened;
  JobQuery query = pages_of(1'000);
  query.filter.queues = {"q0"};
  query.filter.states = {{JobState::pending, "pending"}};
  const std::map<std::string, int> times = opened.read(query, nothing);
  CHECK(all_once(times));
  CHECK(times.size() == opened.ids("queue = 'q0' AND state = 'todo'").size());
  for (const SqlStatement& statement : opened.connection->statements)
    CHECK((statement.text.starts_with("EXPLAIN") || statement.text.find("ctid") == std::string::npos));
}

TEST_CASE("jobs that are changed while they are read are handed out once, wherever their new versions are put") {
  Opened opened;
  // Free room in the first blocks: versions of rows that lie behind move to where was read already.
  opened.database.run("DELETE FROM stored_jobs WHERE ctid < '(200,0)' AND id % 2 = 0");
  opened.database.run("VACUUM stored_jobs");
  const std::map<std::string, int> times = opened.read(pages_of(500), [&](int page) {
    if (page % 4 != 2) return;
    const std::string third = std::to_string(page % 3);
    // Longer than before, so that none stays in its block.
    opened.database.run("UPDATE stored_jobs SET filler = filler || repeat('z', 60), state = 'done' WHERE id % 29 = " +
                        third);
    if (page == 2)
      CHECK(opened.database.ask("SELECT count(*) > 500 FROM stored_jobs WHERE ctid < '(200,0)' AND filler LIKE '%z'") ==
            "t");
    opened.database.run("UPDATE stored_archive SET filler = filler || 'z' WHERE id % 3 = " + third);
    opened.database.run("INSERT INTO stored_jobs VALUES (" + std::to_string(200'000 + page) + ", 'q1', 'todo', 'new')");
    opened.database.run("DELETE FROM stored_jobs WHERE id % 500 = " + std::to_string(page));
  });
  CHECK_FALSE(opened.truncated);
  CHECK(all_once(times));
  CHECK(missing(opened.ids("true"), times).empty());
}

TEST_CASE("a filter is asked of what a changed job has become") {
  Opened opened;
  JobQuery query = pages_of(500);
  query.filter.states = {{JobState::completed, "completed"}};
  const std::map<std::string, int> times = opened.read(query, [&](int page) {
    if (page == 3)
      opened.database.run("UPDATE stored_jobs SET state = 'done', filler = filler || 'more' WHERE id % 7 = 3");
    if (page == 5) opened.database.run("UPDATE stored_jobs SET state = 'todo' WHERE id % 11 = 4 AND id % 7 <> 3");
  });
  CHECK(all_once(times));
  CHECK(missing(opened.ids("state = 'done'"), times).empty());
}

TEST_CASE("a table that is written anew in between is named") {
  Opened opened;
  const std::map<std::string, int> times = opened.read(pages_of(500), [&](int page) {
    if (page == 3) opened.database.run("VACUUM FULL stored_jobs");
  });
  REQUIRE(opened.truncated.has_value());
  CHECK(opened.truncated->find("written anew") != std::string::npos);
}

TEST_CASE("two readings of one store in turn are each whole") {
  Opened opened;
  JobQuery query = pages_of(100);
  query.order = JobOrder::storage;
  const Page first = opened.store->list(query);
  REQUIRE(first.next.has_value());
  CHECK(opened.read(pages_of(2'000), nothing).size() == 20'040);
  // What was begun before goes on where it was.
  query.after = first.next;
  std::set<std::string> ids;
  for (const Job& job : first.jobs) ids.insert(job.ref.id.raw());
  for (const Job& job : opened.store->list(query).jobs) CHECK(ids.insert(job.ref.id.raw()).second);
}

TEST_CASE("where hardly any job is expected, one statement looks at the whole table, which the server may share out") {
  Opened opened;
  const auto ranges = [&] {
    return std::ranges::count_if(opened.connection->statements, [](const SqlStatement& statement) {
      return statement.text.find("j.ctid > ") != std::string::npos;
    });
  };
  JobQuery done = pages_of(1'000);
  done.filter.states = {{JobState::completed, "completed"}};
  done.filter.queues = {"q1"};
  CHECK(all_once(opened.read(done, nothing)));
  CHECK(ranges() > 4);  // 4,500 jobs: page by page
  opened.connection->statements.clear();
  done.filter.queues = {"none"};
  CHECK(opened.read(done, nothing).empty());
  CHECK(ranges() == 2);  // both tables
}

TEST_CASE("one statement over a large table is shared among the server's workers, and passes over what changed") {
  // A job a block, more blocks than a statement looks at else.
  Opened opened(
      ";TRUNCATE stored_jobs; ALTER TABLE stored_jobs SET (fillfactor = 10); INSERT INTO stored_jobs SELECT i, CASE i "
      "WHEN "
      "8000 THEN 'rare' ELSE 'q' || i % 4 END, 'done', repeat('x', 820) FROM generate_series(1, 8300) i; ANALYZE "
      "stored_jobs; DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET parallel_setup_cost = 0', current_database()); "
      "END $$");
  JobQuery query = pages_of(1'000);
  query.filter.queues = {"rare"};
  query.order = JobOrder::storage;
  CHECK(opened.store->list(query).jobs.size() == 1);
  const auto shared = std::ranges::find_if(opened.connection->statements, [](const SqlStatement& statement) {
    return statement.text.find("j.ctid > ") != std::string::npos;
  });
  REQUIRE(shared != opened.connection->statements.end());
  const SqlStatement statement = *shared;
  std::string plan;
  const std::unique_ptr<SqlResult> lines =
      opened.connection->query({"EXPLAIN " + statement.text, statement.parameters}, 5s);
  for (std::size_t row = 0; row < lines->rows(); ++row) plan += std::string(lines->cell(row, 0).value_or("")) + "\n";
  CAPTURE(plan);
  CHECK(plan.find("Parallel Seq Scan on stored_jobs") != std::string::npos);
  CHECK(opened.connection->query(statement, 5s)->rows() == 1);
  opened.database.run("UPDATE stored_jobs SET state = 'todo' WHERE queue = 'rare'");
  CHECK(opened.connection->query(statement, 5s)->rows() == 0);
}
