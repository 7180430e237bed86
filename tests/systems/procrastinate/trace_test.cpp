// Trace context in Procrastinate's arguments on a real server: the paths in use, the index that serves them, and what a
// search without one may cost.
#include "backends/engines/sql/bound_system.hpp"
#include "backends/engines/sql/carrier_search.hpp"
#include "backends/engines/sql/select_builder.hpp"
#include "tests/systems/procrastinate/jobs.hpp"

using namespace queuetrace;
using namespace queuetrace::test::jobs_of_procrastinate;

TEST_CASE("trace paths: discovered, or as configured") {
  Loaded loaded("s34");
  const StoreCheck check = loaded.open()->check({});
  CHECK(check.capabilities.trace == Lookup::scanned);
  const Finding* paths = finding(check, "trace paths in args");
  REQUIRE(paths != nullptr);
  for (const char* path : {"trace_context.traceparent", "house.tp", "headers.uber-trace-id", "sentry-trace"})
    CHECK(paths->text.find(path) != std::string::npos);
  const Finding* index = finding(check, "trace index on procrastinate_jobs");
  REQUIRE(index != nullptr);
  CHECK(index->severity == Finding::Severity::warning);
  CHECK(
      index->remedy.starts_with("CREATE INDEX CONCURRENTLY procrastinate_jobs_trace_id_idx ON "
                                "\"public\".\"procrastinate_jobs\" (substr(coalesce("));

  Source source = loaded.database.source();
  source.keys["trace_paths"] = "house.tp, trace_context.traceparent";
  const std::unique_ptr<JobStore> store = open_one(source);
  CHECK(finding(store->check({}), "trace paths in args")->text == "house.tp, trace_context.traceparent (configured)");
  CHECK(finding(store->check({}), "trace index on procrastinate_jobs")->remedy ==
        "CREATE INDEX CONCURRENTLY procrastinate_jobs_trace_id_idx ON \"public\".\"procrastinate_jobs\" (substr((args "
        "#>> '{trace_context,traceparent}'), 4, 32)); ANALYZE \"public\".\"procrastinate_jobs\"");
  CHECK(ids(find(*store, "3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a").jobs) == Words{"41"});
  CHECK(find(*store, "34343434343434343434343434343434").jobs.empty());  // under a path that was not named
}

TEST_CASE("an id inside another text is not the id") {
  Loaded loaded("s34");
  loaded.database.run(
      "UPDATE procrastinate_jobs SET args = '{\"trace_context\": {\"traceparent\": "
      "\"00-11111111111111111111111111111111-b7ad6b7169203331-01-0af7651916cd43dd8448eb211c80319c\"}}' "
      "WHERE id = 2");
  CHECK(ids(find(*loaded.open(), first_trace).jobs) == Words{"33", "1"});
}

TEST_CASE("an index that holds all ids is used, another is not relied on") {
  Loaded loaded("s34");
  loaded.database.run(
      "TRUNCATE procrastinate_jobs CASCADE; INSERT INTO procrastinate_jobs (queue_name, task_name, args) SELECT 'q', "
      "'t', jsonb_build_object('trace_context', jsonb_build_object('traceparent', '00-' || md5((n / 5)::text) || "
      "'-b7ad6b7169203331-01')) FROM generate_series(1, 20000) n");
  const std::string trace = loaded.database.ask("SELECT md5('1000')");
  CHECK(loaded.open()->capabilities().trace == Lookup::scanned);
  CHECK(find(*loaded.open(), trace).jobs.size() == 5);
  loaded.database.run(
      "CREATE INDEX trace_idx ON procrastinate_jobs (substr(coalesce(args #>> '{trace_context,traceparent}', args ->> "
      "'traceparent'), 4, 32)); ANALYZE procrastinate_jobs");
  std::unique_ptr<JobStore> store = loaded.open();
  CHECK(store->capabilities().trace == Lookup::indexed);
  CHECK(finding(store->check({}), "trace index on procrastinate_jobs")->severity == Finding::Severity::good);
  CHECK(find(*store, trace).jobs.size() == 5);
  CHECK(find(*store, "00-" + trace + "-b7ad6b7169203331-01").jobs.size() == 5);

  const std::shared_ptr<SqlConnection> connection = connect_postgres(loaded.database.source());
  BoundSystem system =
      bind_system(procrastinate::system, read_live_schemas(*connection, systems, std::chrono::seconds(5)).front(),
                  "lock_by_priority", read_settings(procrastinate::system, Source()));
  bind_carriers(*connection, system, {}, std::chrono::seconds(5));
  JobFilter filter;
  filter.traces = {make_trace_query(trace)};
  SqlStatement statement = build_list(system, filter, JobOrder::newest, RowDetail::all, {}, 51).statement;
  statement.text = "EXPLAIN " + statement.text;
  const std::unique_ptr<SqlResult> rows = connection->query(statement, std::chrono::seconds(5));
  std::string plan;
  for (std::size_t row = 0; row < rows->rows(); ++row) plan += std::string(*rows->cell(row, 0)) + "\n";
  CAPTURE(plan);
  CHECK(plan.find("trace_idx") != std::string::npos);
  CHECK(plan.find("Seq Scan on procrastinate_jobs") == std::string::npos);

  // A newer job under a path that the index does not know: reading on is the honest answer.
  loaded.database.run(
      "INSERT INTO procrastinate_jobs (queue_name, task_name, args) SELECT 'q', 't', jsonb_build_object("
      "'b3', md5('1000') || '-b7ad6b7169203331-1')");
  store = loaded.open();
  CHECK(store->capabilities().trace == Lookup::scanned);
  CHECK(find(*store, trace).jobs.size() == 6);
  CHECK(finding(store->check({}), "trace index on procrastinate_jobs")->text.starts_with("present, but"));

  // An index over a function of the database's own is not run.
  loaded.database.run(
      "DROP INDEX trace_idx; DELETE FROM procrastinate_jobs WHERE args ? 'b3'; CREATE FUNCTION own(jsonb) RETURNS text "
      "LANGUAGE sql IMMUTABLE AS $$ SELECT substr($1 #>> '{trace_context,traceparent}', 4, 32) $$; CREATE INDEX "
      "own_idx "
      "ON procrastinate_jobs (own(args))");
  CHECK(loaded.open()->capabilities().trace == Lookup::scanned);
}

TEST_CASE("a search without an index shows the newest first and says what it did not read") {
  Loaded loaded("s34");
  loaded.database.run(
      "TRUNCATE procrastinate_jobs CASCADE; INSERT INTO procrastinate_jobs (id, queue_name, task_name, args) SELECT n "
      "* "
      "100000, 'q', 't', jsonb_build_object('traceparent', '00-' || md5('x') || '-b7ad6b7169203331-01') FROM "
      "generate_series(1, 8) n");
  const std::unique_ptr<JobStore> store = loaded.open();
  JobQuery query;
  query.filter.traces = {make_trace_query(loaded.database.ask("SELECT md5('x')"))};
  query.page_size = 1;
  Words found;
  do {
    const Page page = store->list(query);
    CHECK_FALSE(page.truncated);
    for (const Job& one : page.jobs) found.push_back(one.ref.id.raw());
    query.after = page.next;
  } while (query.after);
  CHECK(found == Words{"800000", "700000", "600000", "500000", "400000", "300000", "200000", "100000"});

  // The complete search is held up behind a row that takes long; what the first look found stands.
  loaded.database.run(
      "ALTER TABLE procrastinate_jobs RENAME TO stored; CREATE FUNCTION slow(bigint, jsonb) RETURNS jsonb LANGUAGE "
      "plpgsql "
      "STABLE AS $$ BEGIN IF $1 = 100000 THEN PERFORM pg_sleep(5); END IF; RETURN $2; END $$; CREATE VIEW "
      "procrastinate_jobs AS SELECT id, queue_name, task_name, priority, lock, queueing_lock, slow(id, args) AS args, "
      "status, scheduled_at, attempts, abort_requested, worker_id FROM stored");
  query.after = std::nullopt;
  query.page_size = 50;
  query.limits.statement_timeout = std::chrono::milliseconds(500);
  Source source = loaded.database.source();
  source.keys["trace_paths"] = "traceparent";
  const Page page = open_one(source)->list(query);
  CHECK(ids(page.jobs) == Words{"800000", "700000"});
  REQUIRE(page.truncated);
  CHECK(page.truncated->starts_with("only the newest 200000 ids were searched"));
}
