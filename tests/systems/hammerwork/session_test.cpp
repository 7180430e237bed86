// What the sql engine and the PostgreSQL session promise, shown on Hammerwork's tables: indexes used, pages stable,
// nothing written, failures told apart.
#include <doctest/doctest.h>

#include <set>

#include "backends/drivers/postgres/connection.hpp"
#include "backends/engines/sql/bound_system.hpp"
#include "backends/engines/sql/select_builder.hpp"
#include "backends/engines/sql/store.hpp"
#include "backends/systems/hammerwork/system.hpp"
#include "model/error.hpp"
#include "tests/support/postgres_server.hpp"
#include "tracing/trace_id.hpp"

using namespace queuetrace;

namespace {

const SqlSystem* const systems[] = {&hammerwork::system};
constexpr std::chrono::milliseconds patience{20'000};

/// 20,000 jobs in dialect C, 1 in 500 with a trace id, many with the same creation time.
void fill(const test::PostgresDatabase& database) {
  database.run_file("fixtures/dialect_c/load.sql");
  database.run(
      "TRUNCATE hammerwork_jobs, hammerwork_jobs_archive; INSERT INTO hammerwork_jobs (id, queue_name, payload, "
      "status, "
      "created_at, scheduled_at, trace_id) SELECT md5(n::text)::uuid, 'q' || n % 3, '{}', CASE WHEN n % 50 = 0 THEN "
      "'Pending' ELSE 'Completed' END, '2026-01-01Z'::timestamptz + n / 100 * interval '1 microsecond', "
      "'2026-01-01Z', CASE WHEN n % 500 = 0 THEN md5('t' || n) END FROM generate_series(1, 20000) n");
  database.run("ANALYZE");
}

std::unique_ptr<JobStore> open(const test::PostgresDatabase& database) {
  std::vector<std::unique_ptr<JobStore>> stores =
      open_sql_stores(connect_postgres(database.source()), database.source(), systems);
  REQUIRE(stores.size() == 1);
  return std::move(stores.front());
}

std::string explain(SqlConnection& connection, SqlStatement statement) {
  statement.text = "EXPLAIN " + statement.text;
  const std::unique_ptr<SqlResult> rows = connection.query(statement, patience);
  std::string plan;
  for (std::size_t row = 0; row < rows->rows(); ++row) plan += std::string(*rows->cell(row, 0)) + "\n";
  return plan;
}

BoundSystem bind(SqlConnection& connection) {
  const std::vector<LiveSchema> schemas = read_live_schemas(connection, systems, patience);
  REQUIRE(schemas.size() == 1);
  return bind_system(hammerwork::system, schemas.front(), "dialect_C");
}

ErrorKind kind_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    INFO(error.what() << ": " << error.cause().raw());
    return error.kind();
  }
  FAIL("no error");
  return ErrorKind::internal;
}

}  // namespace

TEST_CASE("indexed questions use their indexes") {
  test::PostgresDatabase database;
  fill(database);
  const std::shared_ptr<SqlConnection> connection = connect_postgres(database.source());
  const BoundSystem system = bind(*connection);
  const auto plan = [&](const JobFilter& filter, JobOrder order = JobOrder::newest) {
    return explain(*connection, build_list(system, filter, order, RowDetail::all, {}, 51).statement);
  };
  JobFilter filter;
  filter.traces = {make_trace_query("0af7651916cd43dd8448eb211c80319c")};
  std::string text = plan(filter);
  CAPTURE(text);
  CHECK(text.find("idx_hammerwork_jobs_trace_id") != std::string::npos);
  CHECK(text.find("Seq Scan on hammerwork_jobs ") == std::string::npos);
  filter = {};
  filter.correlation_ids = {"order-1"};
  text = plan(filter);
  CHECK(text.find("correlation") != std::string::npos);
  CHECK(text.find("Seq Scan on hammerwork_jobs ") == std::string::npos);
  filter = {};
  filter.ids = {"0000abcd"};
  text = plan(filter);
  CHECK(text.find("hammerwork_jobs_pkey") != std::string::npos);
  CHECK(text.find("Seq Scan on hammerwork_jobs ") == std::string::npos);
  database.run("CREATE INDEX dependants ON hammerwork_jobs USING gin (depends_on); ANALYZE hammerwork_jobs");
  filter = {};
  filter.parents = {"0000abcd-0000-4000-8000-000000000001"};
  text = plan(filter);
  CHECK(text.find("Bitmap Index Scan on dependants") != std::string::npos);
  CHECK(text.find("Bitmap Index Scan on idx_hammerwork_jobs_parent_span_id") != std::string::npos);
  CHECK(text.find("Seq Scan on hammerwork_jobs ") == std::string::npos);
  text = plan({}, JobOrder::storage);
  CHECK(text.find("Index Scan using hammerwork_jobs_pkey") != std::string::npos);
  const SqlPeek& peek = hammerwork::system.peek.front();
  text = explain(*connection, build_rows(system, "j.queue_name = 'q1' AND " + std::string(peek.eligible),
                                         std::string(peek.order), RowDetail::usual, {}, 10)
                                  .statement);
  CHECK(text.find("idx_hammerwork_jobs_queue_status_priority_scheduled") != std::string::npos);
}

TEST_CASE("pages hold every job once, in both orders, also among equal times") {
  test::PostgresDatabase database;
  fill(database);
  const std::unique_ptr<JobStore> store = open(database);
  for (const JobOrder order : {JobOrder::newest, JobOrder::storage}) {
    JobQuery query;
    query.order = order;
    query.page_size = 777;
    std::set<std::string> seen;
    std::optional<Timestamp> last;
    std::size_t count = 0;
    do {
      const Page page = store->list(query);
      for (const Job& job : page.jobs) {
        seen.insert(job.ref.id.raw());
        ++count;
        if (order == JobOrder::newest && last) CHECK(*job.created_at <= *last);
        last = job.created_at;
      }
      query.after = page.next;
    } while (query.after);
    CHECK(count == 20'000);
    CHECK(seen.size() == 20'000);
  }
  JobQuery query;
  query.after = "[7]";
  CHECK(kind_of([&] { store->list(query); }) == ErrorKind::usage);
}

TEST_CASE("a session cannot write, and leaves no setting behind") {
  test::PostgresDatabase database;
  database.run("CREATE TABLE t (n int)");
  const std::shared_ptr<SqlConnection> connection = connect_postgres(database.source());
  CHECK(kind_of([&] { connection->query({"INSERT INTO public.t VALUES (1)", {}}, patience); }) == ErrorKind::internal);
  CHECK(kind_of([&] {
          connection->query({"COMMIT; INSERT INTO public.t VALUES (1)", {}}, patience);
        }) == ErrorKind::internal);
  CHECK(kind_of([&] { connection->query({"SELECT nextval('x')", {}}, patience); }) == ErrorKind::not_found);
  CHECK(database.ask("SELECT count(*) FROM t") == "0");
  CHECK(*connection->query({"SELECT $1::text || 'x'", {"a"}}, patience)->cell(0, 0) == "ax");
  CHECK_FALSE(connection->query({"SELECT $1::text", {std::nullopt}}, patience)->cell(0, 0));
  CHECK(*connection
             ->query({"SELECT current_setting('transaction_read_only') || current_setting('TimeZone')", {}}, patience)
             ->cell(0, 0) == "onUTC");
}

TEST_CASE("failures are told apart") {
  test::PostgresDatabase database;
  database.run("CREATE TABLE secret (n int); DROP ROLE IF EXISTS reader; CREATE ROLE reader LOGIN");
  const std::shared_ptr<SqlConnection> connection = connect_postgres(database.source("reader"));
  CHECK(kind_of([&] {
          connection->query({"SELECT * FROM public.secret", {}}, patience);
        }) == ErrorKind::authentication);
  CHECK(kind_of([&] { connection->query({"SELECT * FROM missing", {}}, patience); }) == ErrorKind::not_found);
  try {
    connection->query({"SELECT pg_sleep(5)", {}}, std::chrono::milliseconds(50));
    FAIL("no time-out");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::timed_out);
  }
  // The same session goes on after each of them.
  CHECK(*connection->query({"SELECT 1", {}}, patience)->cell(0, 0) == "1");

  database.run("DROP ROLE IF EXISTS locked; CREATE ROLE locked LOGIN PASSWORD 'right and \"proper\"'");
  Source source = database.source("locked");
  CHECK(kind_of([&] { connect_postgres(source); }) == ErrorKind::authentication);
  source.password = Secret("wrong");
  CHECK(kind_of([&] { connect_postgres(source); }) == ErrorKind::authentication);
  source.password = Secret("right and \"proper\"");
  CHECK(connect_postgres(source)->server().starts_with("PostgreSQL "));
  source.password = std::nullopt;
  source.url = Secret(database.url("nobody_here"));
  CHECK(kind_of([&] { connect_postgres(source); }) == ErrorKind::authentication);
  source.url =
      Secret("postgresql:///no_such_database?host=" + test::postgres_socket_folder().string() + "&user=postgres");
  CHECK(kind_of([&] { connect_postgres(source); }) == ErrorKind::not_found);
  source.url = Secret("host=/nonexistent dbname=x user=postgres");
  CHECK(kind_of([&] { connect_postgres(source); }) == ErrorKind::unreachable);
  source.url = Secret("postgresql://127.0.0.1:1/x");
  CHECK(kind_of([&] { connect_postgres(source); }) == ErrorKind::unreachable);
  source.url = Secret("this is = no 'connection");
  CHECK(kind_of([&] { connect_postgres(source); }) == ErrorKind::usage);
}

TEST_CASE("a session lost in a statement fails that one, one lost while idle fails none") {
  test::PostgresDatabase database;
  const std::shared_ptr<SqlConnection> connection = connect_postgres(database.source());
  const SqlStatement ends_itself{"SELECT pg_terminate_backend(pg_backend_pid()), pg_sleep(600)", {}};
  CHECK(kind_of([&] { connection->query(ends_itself, patience); }) == ErrorKind::unreachable);
  CHECK(*connection->query({"SELECT 1", {}}, patience)->cell(0, 0) == "1");

  database.run(
      "SELECT pg_terminate_backend(pid, 600000) FROM pg_stat_activity WHERE application_name = 'queuetrace' AND "
      "datname "
      "= current_database()");
  CHECK(*connection->query({"SELECT 1", {}}, patience)->cell(0, 0) == "1");
}

TEST_CASE("schemas: the named one, else the search path, else wherever it is") {
  test::PostgresDatabase database;
  database.run("CREATE SCHEMA \"jobs a\"; CREATE SCHEMA b");
  for (const char* schema : {"\"jobs a\"", "b"})
    database.run(std::string("CREATE TABLE ") + schema +
                 ".hammerwork_jobs (id uuid PRIMARY KEY, queue_name varchar, payload jsonb, status varchar, attempts "
                 "int, max_attempts int, created_at timestamptz, scheduled_at timestamptz)");
  Source source = database.source();
  const auto addresses = [&] {
    std::vector<std::string> out;
    for (const auto& store : open_sql_stores(connect_postgres(source), source, systems)) {
      CHECK(store->list({}).jobs.empty());
      CHECK(store->peek({}).queues.empty());
      CHECK(store->statistics({}).queues.empty());
      CHECK(store->capabilities().trace == Lookup::unsupported);
      out.push_back(store->address());
    }
    return out;
  };
  CHECK(addresses() == std::vector<std::string>{"test/hammerwork.b", "test/hammerwork.jobs a"});
  source.schema = "jobs a";
  CHECK(addresses() == std::vector<std::string>{"test"});
  source.schema = "c";
  CHECK(addresses().empty());
  source.schema = std::nullopt;
  database.run("ALTER DATABASE " + database.name() + " SET search_path = b, public");
  CHECK(addresses() == std::vector<std::string>{"test"});
}

TEST_CASE("a statement that takes too long: the first page fails, later ones end truncated") {
  test::PostgresDatabase database;
  fill(database);
  database.run(
      "ALTER TABLE hammerwork_jobs RENAME TO real_jobs; CREATE TABLE pace AS SELECT 0.0::float AS seconds; CREATE VIEW "
      "hammerwork_jobs AS SELECT j.* FROM real_jobs j CROSS JOIN pace WHERE pg_sleep(pace.seconds)::text IS NOT NULL");
  const std::unique_ptr<JobStore> store = open(database);
  JobQuery query;
  query.page_size = 10;
  query.after = store->list(query).next;
  REQUIRE(query.after);
  database.run("UPDATE pace SET seconds = 1");
  query.limits.statement_timeout = std::chrono::milliseconds(100);
  const Page page = store->list(query);
  CHECK(page.jobs.empty());
  CHECK(page.truncated);
  query.after = std::nullopt;
  CHECK(kind_of([&] { store->list(query); }) == ErrorKind::timed_out);
}
