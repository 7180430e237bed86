// Trace context in several documents of a row, in rows of another table, and in text that the server cannot look into:
// one made-up system, in PostgreSQL and in SQLite.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>

#include "backends/drivers/postgres/connection.hpp"
#include "backends/drivers/sqlite/writer.hpp"
#include "backends/engines/sql/carrier_members.hpp"
#include "backends/engines/sql/store.hpp"
#include "backends/engines/sql/system.hpp"
#include "backends/open.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/unit/engine_sql/recorded_connection.hpp"
#include "tracing/trace_id.hpp"

using namespace queuetrace;

namespace {

constexpr std::array fields{SqlFieldRule{SqlField::id, "j.id"}, SqlFieldRule{SqlField::queue, "j.queue"}};
constexpr std::array states{SqlStateRule{JobState::pending, "'todo'"}};
constexpr std::array carriers{SqlCarrier{.document = "j.meta"},
                              SqlCarrier{.document = "j.\"Job params\"", .needs = "\"Job params\""},
                              SqlCarrier{.document = "x.params",
                                         .needs = "made_up_attempts.",
                                         .table = "made_up_attempts",
                                         .job = "x.job_id",
                                         .order = "x.id",
                                         .what = "attempt"}};
constexpr std::array relations{SqlRelation{.name = "jobs",
                                           .table = "made_up_jobs",
                                           .fields = fields,
                                           .state = "j.state",
                                           .states = states,
                                           .carriers = carriers}};
constexpr std::array newest{SqlOrderKey{"j.id", SqlType::integer, true}};
constexpr std::array storage{SqlOrderKey{"j.id", SqlType::integer}};

constexpr SqlSystem made_up(SqlFlavour flavour) {
  SqlSystem system;
  system.info.name = "made-up";
  system.info.title = "Made up";
  system.info.family = flavour == SqlFlavour::sqlite ? StorageFamily::sqlite : StorageFamily::postgresql;
  system.flavour = flavour;
  system.probe = "id queue state meta";
  system.relations = relations;
  system.id_type = SqlType::integer;
  system.id_expression = "j.id";
  system.newest = newest;
  system.storage = storage;
  return system;
}
constexpr SqlSystem on_postgresql = made_up(SqlFlavour::postgresql), on_sqlite = made_up(SqlFlavour::sqlite);
static_assert(consistent(on_postgresql) && consistent(on_sqlite));

Catalogue catalogue() { return {{&on_postgresql, &on_sqlite}, {}}; }

/// A traceparent of the trace of 32 times this digit.
std::string context(char digit) {
  return R"({"traceparent": "00-)" + std::string(32, digit) + R"(-b7ad6b7169203331-01"})";
}

/// Job 1 has a context in both documents and two in its attempts; 2 in its text, which holds what JSON functions of a
/// server refuse; 3 a list of pairs; 4 none, but text that holds an id; 5 nothing at all.
std::string rows(std::string_view json) {
  const std::string type(json);
  return "CREATE TABLE made_up_jobs (id bigint PRIMARY KEY, queue text, state text, meta " + type +
         ", \"Job params\" text);"
         "CREATE TABLE made_up_attempts (id bigint PRIMARY KEY, job_id bigint, params " +
         type +
         ");"
         "INSERT INTO made_up_jobs VALUES (1, 'q', 'todo', '" +
         context('1') + "', '" + context('2') +
         "'), (2, 'q', 'todo', '{}', '{\"command\": \"\\u0000\", \"traceparent\": "
         "\"00-33333333333333333333333333333333-b7ad6b7169203331-01\"}'), (3, 'q', 'todo', '{\"__otel_headers\": "
         "[[\"tracestate\", \"\"], [\"traceparent\", \"00-44444444444444444444444444444444-b7ad6b7169203331-01\"]]}', "
         "NULL), (4, 'q', 'todo', '{}', '{\"note\": \"55555555555555555555555555555555\"}'), (5, 'q', 'todo', NULL, "
         "'no "
         "JSON {');"
         "INSERT INTO made_up_attempts VALUES (1, 1, '" +
         context('6') + "'), (2, 1, '{}'), (3, 1, '" + context('7') + "')";
}

std::vector<std::string> found(JobStore& store, char digit) {
  JobQuery query;
  query.filter.traces = {make_trace_query(std::string(32, digit))};
  std::vector<std::string> ids;
  for (const Job& job : store.list(query).jobs) ids.push_back(job.ref.id.raw());
  std::ranges::sort(ids);
  return ids;
}

void check_jobs(JobStore& store) {
  using Ids = std::vector<std::string>;
  CHECK(found(store, '1') == Ids{"1"});
  CHECK(found(store, '2') == Ids{"1"});
  CHECK(found(store, '3') == Ids{"2"});
  CHECK(found(store, '4') == Ids{"3"});
  CHECK(found(store, '5').empty());
  CHECK(found(store, '6') == Ids{"1"});
  CHECK(found(store, '7') == Ids{"1"});
  JobQuery query;
  const Page page = store.list(query);
  REQUIRE(page.jobs.size() == 5);
  const Job& first = page.jobs.back();
  REQUIRE(first.trace.trace_id.has_value());
  CHECK(first.trace.trace_id->raw() == std::string(32, '1'));
  CHECK(first.trace.further_trace_ids ==
        std::vector{Untrusted(std::string(32, '2')), Untrusted(std::string(32, '6')), Untrusted(std::string(32, '7'))});
  const auto told = std::ranges::find(first.extra, "further_traces", &Field::name);
  REQUIRE(told != first.extra.end());
  CHECK(std::get<JsonText>(told->value).text.raw() ==
        "[{\"from\":\"Job params\",\"trace_id\":\"22222222222222222222222222222222\"},{\"from\":\"attempt 1\","
        "\"trace_id\":\"66666666666666666666666666666666\"},{\"from\":\"attempt 2\",\"trace_id\":"
        "\"77777777777777777777777777777777\"}]");
  CHECK_FALSE(page.jobs.front().trace.trace_id);
}

/// What `source check` advises where no index serves the documents.
std::vector<std::string> advised_indexes(JobStore& store) {
  std::vector<std::string> statements;
  for (const Finding& finding : store.check({}).findings)
    if (finding.code == "missing-trace-index") statements.push_back(finding.remedy);
  return statements;
}

/// As a person does who pastes it: each statement by itself, since an index cannot be built concurrently in a
/// transaction.
void follow(const test::PostgresDatabase& database, const std::string& advice) {
  const testing::TemporaryFolder folder;
  const std::filesystem::path file = folder.path() / "advice.sql";
  std::ofstream(file) << advice << ";\n";
  database.run_file(file);
}

/// Lookups go by indexes once all that are advised are there, and find the same.
void check_advice(std::string_view json) {
  test::PostgresDatabase database;
  database.run(rows(json));
  const auto opened = [&] { return open_stores(database.source(), Access::read, catalogue()); };
  const std::vector<std::string> statements = advised_indexes(*opened().front());
  REQUIRE(statements.size() == carriers.size());
  CHECK(opened().front()->capabilities().trace == Lookup::scanned);
  for (const std::string& statement : statements) follow(database, statement);
  const std::vector<std::unique_ptr<JobStore>> stores = opened();
  CHECK(advised_indexes(*stores.front()).empty());
  CHECK(stores.front()->capabilities().trace == Lookup::indexed);
  check_jobs(*stores.front());
}

}  // namespace

TEST_CASE("indexes of trace ids are advised for every document, and used: jsonb") { check_advice("jsonb"); }
TEST_CASE("indexes of trace ids are advised for every document, and used: text") { check_advice("text"); }

TEST_CASE("a document in which no trace context was seen needs no index, and is searched until the others have one") {
  test::PostgresDatabase database;
  database.run(
      "CREATE TABLE made_up_jobs (id bigint PRIMARY KEY, queue text, state text, meta jsonb, \"Job params\" text); "
      "INSERT INTO made_up_jobs SELECT n, 'q', 'todo', '" +
      context('1') +
      "', '{}' FROM generate_series(2, 3000) n; INSERT INTO made_up_jobs VALUES (1, 'q', 'todo', '{}', '" +
      context('2') + "')");
  const auto opened = [&] { return open_stores(database.source(), Access::read, catalogue()); };
  const std::vector<std::string> statements = advised_indexes(*opened().front());
  REQUIRE(statements.size() == 1);
  CHECK(statements[0].find("substr((meta ->> 'traceparent'), 4, 32)") != std::string::npos);
  CHECK(found(*opened().front(), '2') == std::vector<std::string>{"1"});
  follow(database, statements[0]);
  CHECK(opened().front()->capabilities().trace == Lookup::indexed);
  CHECK(found(*opened().front(), '1').size() > 1);
}

TEST_CASE("each context that a job's rows carry finds it: PostgreSQL, looked into by the server") {
  test::PostgresDatabase database;
  database.run(rows("jsonb"));
  const std::vector<std::unique_ptr<JobStore>> stores = open_stores(database.source(), Access::read, catalogue());
  REQUIRE(stores.size() == 1);
  check_jobs(*stores.front());
}

TEST_CASE("short documents come whole and long ones in part, and both say the same") {
  test::PostgresDatabase database;
  database.run(rows("jsonb") +
               "; UPDATE made_up_jobs SET meta = meta || jsonb_build_object('Traceparent', '00-' || repeat('8', 32) || "
               "'-b7ad6b7169203331-01', 'opts', jsonb_build_object('tm', jsonb_build_object('traceparent', '00-' || "
               "repeat('9', 32) || '-b7ad6b7169203331-01'))) WHERE id = 4; INSERT INTO made_up_jobs SELECT id + 10, "
               "queue, state, meta || jsonb_build_object('more', (SELECT string_agg(md5(n::text), '') FROM "
               "generate_series(1, 200) n)), \"Job params\" FROM made_up_jobs WHERE id <= 4");
  const auto connection = std::make_shared<test::RecordedConnection>(connect_postgres(database.source()));
  const std::array<const SqlSystem*, 1> systems{&on_postgresql};
  const std::vector<std::unique_ptr<JobStore>> stores = open_sql_stores(connection, database.source(), systems);
  REQUIRE(stores.size() == 1);
  const Page page = stores.front()->list({});
  CHECK(connection->statements.back().text.find("pg_column_size(j.meta) <= 2048 THEN (j.meta)::text") !=
        std::string::npos);
  const auto trace_of = [&](const std::string& id) {
    const auto job = std::ranges::find_if(page.jobs, [&](const Job& one) { return one.ref.id.raw() == id; });
    REQUIRE(job != page.jobs.end());
    return job->trace.trace_id ? job->trace.trace_id->raw() : "";
  };
  CHECK(trace_of("1") == std::string(32, '1'));
  CHECK(trace_of("3") == std::string(32, '4'));
  CHECK(trace_of("4") == std::string(32, '8'));  // whatever the case of its name; `opts` is another system's place
  for (const char* id : {"1", "2", "3", "4"}) CHECK(trace_of(id) == trace_of("1" + std::string(id)));
}

TEST_CASE("of a document the members that may hold a context are chosen, as they are written") {
  CHECK(carrier_members(R"({"a": 1, "TraceParent": "x", "headers": {"b": [1, "}"]}, "c": {"trace_id": 1}})") ==
        R"({"TraceParent": "x", "headers": {"b": [1, "}"]}})");
  CHECK(carrier_members(R"({"a": "trace_id"})").empty());
  CHECK(carrier_members("{\"trace_id\": \"" + std::string(20'000, 'x') + "\"}").empty());
  for (const char* other : {"", "{}", "null", "7", R"("trace_id")", R"(["trace_id"])", R"({"trace_id": )"})
    CHECK(carrier_members(other).empty());
}

TEST_CASE("each context that a job's rows carry finds it: PostgreSQL, documents that are text") {
  test::PostgresDatabase database;
  database.run(rows("text"));
  const std::vector<std::unique_ptr<JobStore>> stores = open_stores(database.source(), Access::read, catalogue());
  REQUIRE(stores.size() == 1);
  check_jobs(*stores.front());
}

TEST_CASE("the same system in a SQLite file") {
  testing::TemporaryFolder folder;
  {
    SqliteWriter writer(folder.path() / "jobs.db", false);
    writer.execute(rows("text").c_str());
    writer.finish();
  }
  Source source;
  source.name = "file";
  source.url = Secret("sqlite:" + (folder.path() / "jobs.db").string());
  const std::vector<std::unique_ptr<JobStore>> stores = open_stores(source, Access::read, catalogue());
  REQUIRE(stores.size() == 1);
  CHECK(stores.front()->system().name == "made-up");
  check_jobs(*stores.front());
  CHECK(catalogue().systems().size() == 1);
  CHECK(catalogue().families("made-up") == std::vector{StorageFamily::postgresql, StorageFamily::sqlite});
}
