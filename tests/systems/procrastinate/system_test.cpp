// Procrastinate on a real server: schemas and their addresses, lock rules, notes, statistics from the events, and what
// a check says. What the lists hold is proved by tests/systems/procrastinate/fixtures.
#include "model/error.hpp"
#include "tests/systems/procrastinate/jobs.hpp"

using namespace queuetrace;
using namespace queuetrace::test::jobs_of_procrastinate;

TEST_CASE("every schema level is told by what it has") {
  for (const auto& [variant, version] :
       std::vector<std::pair<std::string, std::string>>{{"s24", "schema of 2.4 or earlier, lock by id"},
                                                        {"s27", "schema of 2.7 to 2.8, lock by id"},
                                                        {"s30", "schema of 3.0, lock by id"},
                                                        {"s34", "schema of 3.4 to 3.10, lock by priority"}}) {
    CAPTURE(variant);
    Loaded loaded(variant);
    CHECK(loaded.open()->check({}).version == version);
  }
  Loaded half("s30");
  half.database.run("ALTER TABLE procrastinate_jobs DROP CONSTRAINT check_not_todo_abort_requested");
  const StoreCheck check = half.open()->check({});
  CHECK(check.version == "schema of 3.0, post-migration missing, lock by id");
  REQUIRE(finding(check, "half-migrated") != nullptr);
  CHECK(finding(check, "half-migrated")->severity == Finding::Severity::warning);

  Loaded half_retry("s34");
  half_retry.database.run(
      "DROP TRIGGER procrastinate_trigger_status_events_update_v1 ON procrastinate_jobs; DROP FUNCTION "
      "procrastinate_trigger_status_events_procedure_update_v1");
  const StoreCheck later = half_retry.open()->check({});
  CHECK(later.version == "schema of 3.4, post-migration missing, lock by priority");
  CHECK(finding(later, "post-migration-missing") != nullptr);
  CHECK(finding(later, "events-not-recorded") != nullptr);
}

TEST_CASE("installations in several schemas are told apart, quoted names included") {
  test::PostgresDatabase database;
  database.run("CREATE SCHEMA \"Jobs \"\"a\"; CREATE SCHEMA jobs_b");
  database.run("SET search_path TO \"Jobs \"\"a\";" + fixture("s34"));
  database.run("SET search_path TO jobs_b;" + fixture("s24"));
  std::vector<std::unique_ptr<JobStore>> stores = open(database.source());
  REQUIRE(stores.size() == 2);
  CHECK(stores[0]->address() == "test/procrastinate.Jobs \"a");
  CHECK(stores[1]->address() == "test/procrastinate.jobs_b");
  CHECK(stores[0]->check({}).version == "schema of 3.4 to 3.10, lock by priority");
  CHECK(stores[1]->check({}).version == "schema of 2.4 or earlier, lock by id");
  CHECK(ids(stores[0]->peek({}).queues.at(0).next) == Words{"16", "43", "1", "11", "21"});
  CHECK(ids(stores[1]->peek({}).queues.at(0).next) == Words{"1", "3", "7", "12"});
  CHECK(ids(find(*stores[0], first_trace).jobs) == Words{"33", "1"});
  CHECK(ids(find(*stores[1], first_trace).jobs) == Words{"1"});
  CHECK(stores[0]->statistics({}).queues.size() == 7);
  CHECK(stores[1]->statistics({}).queues.size() == 2);
  Source source = database.source();
  source.schema = "jobs_b";
  const std::unique_ptr<JobStore> one = open_one(source);
  CHECK(one->address() == "test");
  CHECK(finding(one->check({}), "other-installations") != nullptr);
}

TEST_CASE("a table of that name is no Procrastinate without its events") {
  test::PostgresDatabase database;
  database.run(
      "CREATE TABLE procrastinate_jobs (id bigint, queue_name text, task_name text, lock text, args jsonb, status "
      "text, scheduled_at timestamptz, attempts int)");
  CHECK(open(database.source()).empty());
}

TEST_CASE("workers take from their queues in one order") {
  Loaded loaded("s34");
  const std::unique_ptr<JobStore> store = loaded.open();
  PeekQuery query;
  query.queues = {"orders"};
  PeekResult result = store->peek(query);
  REQUIRE(result.queues.size() == 1);
  CHECK(result.queues[0].queue.raw() == "orders");
  CHECK(result.queues[0].exact);
  CHECK(ids(result.queues[0].next) == Words{"21"});
  query.queues = {"email", "orders"};
  query.count = 2;
  query.why = true;
  result = store->peek(query);
  REQUIRE(result.queues.size() == 1);
  CHECK(result.queues[0].queue.raw() == "email,orders");
  CHECK(ids(result.queues[0].next) == Words{"1", "11"});
  const auto blocked = std::ranges::find(result.queues[0].waiting, "blocked", &Waiting::reason);
  REQUIRE(blocked != result.queues[0].waiting.end());
  CHECK(blocked->count == 2);
  // Held by a job of a queue that was not asked about, or by one that is not due: the lock counts all the same.
  REQUIRE(blocked->sample.has_value());
  CHECK(blocked->explanation.ends_with(blocked->sample->raw() == "14" ? " (14 waits for 13)" : " (15 waits for 16)"));

  // Taking what is shown, as a worker would, leads to the next one shown.
  Words taken;
  for (int i = 0; i < 5; ++i) {
    const std::string next = loaded.database.ask("SELECT procrastinate_fetch_job_v2(NULL, 1)");
    query = {};
    query.count = 1;
    CHECK(ids(store->peek(query).queues.at(0).next) == Words{next});
    loaded.database.run("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = " + next);
    taken.push_back(next);
  }
  CHECK(taken == Words{"16", "43", "1", "11", "21"});
  CHECK(store->peek({}).queues.at(0).next.empty());
}

TEST_CASE("before 3.3 a lock goes by id, and an aborting job holds it") {
  Loaded loaded("s27");
  const std::unique_ptr<JobStore> store = loaded.open();
  CHECK(ids(store->peek({}).queues.at(0).next) == Words{"3", "1", "7", "12"});
  CHECK(codes(job(*store, "4")) == Words{"lock-held"});
  CHECK(codes(job(*store, "14")) == Words{"lock-held"});
  CHECK(codes(job(*store, "13")) == Words{"abort-requested"});
  CHECK(job(*store, "16").state == JobState::completed);
}

TEST_CASE("what is special about a job is said") {
  Loaded loaded("s34");
  const std::unique_ptr<JobStore> store = loaded.open();
  CHECK(codes(job(*store, "1")).empty());
  CHECK(codes(job(*store, "11")) == Words{"attempts-differ"});
  const Job again = job(*store, "11");
  REQUIRE(extra(again, "stored_attempts") != nullptr);
  CHECK(std::get<std::int64_t>(*extra(again, "stored_attempts")) == 3);
  CHECK(codes(job(*store, "12")) == Words{"retried-while-running", "times-out-of-order"});
  CHECK(codes(job(*store, "44")) == Words{"cancelled-as-finished"});
  CHECK(codes(job(*store, "42")) == Words{"no-events"});
  CHECK(codes(job(*store, "17")).empty());
  CHECK(codes(job(*store, "19")) == Words{"stale"});
  CHECK(codes(job(*store, "20")) == Words{"stale"});
  CHECK(codes(job(*store, "22")) == Words{"abort-requested"});
  CHECK(codes(job(*store, "31")) == Words{"not-sampled"});
  Source patient = loaded.database.source();
  patient.keys["stalled_seconds"] = "300";
  const std::unique_ptr<JobStore> later = open_one(patient);
  CHECK(codes(job(*later, "19")) == Words{"stale"});
  CHECK(codes(job(*later, "20")).empty());
  patient.keys["stalled_seconds"] = "0";
  CHECK_THROWS_AS(open(patient), Error);
  const Job waiting = job(*store, "18");
  CHECK(codes(waiting) == Words{"lock-held"});
  REQUIRE(extra(waiting, "blocked_by") != nullptr);
  CHECK(std::get<JsonText>(*extra(waiting, "blocked_by")).text.raw().find("\"id\": 17") != std::string::npos);
  const Job periodic = job(*store, "23");
  REQUIRE(extra(periodic, "periodic") != nullptr);
  CHECK(std::get<JsonText>(*extra(periodic, "periodic")).text.raw().find("app.tick") != std::string::npos);
  const Job failed = job(*store, "5");
  CHECK(failed.wait == Milliseconds(60'000));
  CHECK(failed.run == Milliseconds(60'000));
  CHECK(std::get<JsonText>(*extra(failed, "events")).text.raw().find("deferred_for_retry") != std::string::npos);
  CHECK_FALSE(failed.error);
  CHECK_FALSE(failed.result);
}

TEST_CASE("odd values: an infinite time, an unknown label, further columns, a worker that is not there") {
  Loaded loaded("s34");
  loaded.database.run("ALTER TYPE procrastinate_job_status ADD VALUE 'paused'");
  loaded.database.run(
      "ALTER TABLE procrastinate_jobs ADD COLUMN dataset text, ADD COLUMN created_at timestamptz DEFAULT "
      "'2026-01-05Z', DROP CONSTRAINT procrastinate_jobs_worker_id_fkey; UPDATE procrastinate_jobs SET scheduled_at = "
      "'infinity' WHERE id = 3; UPDATE procrastinate_jobs SET dataset = 'blue', status = 'paused' WHERE id = 1; UPDATE "
      "procrastinate_jobs SET worker_id = 99 WHERE id = 17");
  const std::unique_ptr<JobStore> store = loaded.open();
  CHECK(job(*store, "3").scheduled_at == infinite_future);
  CHECK(job(*store, "3").state == JobState::scheduled);
  const Job paused = job(*store, "1");
  CHECK(paused.state == JobState::unknown);
  CHECK(paused.native_state->raw() == "paused");
  REQUIRE(extra(paused, "dataset") != nullptr);
  CHECK(std::get<Untrusted>(*extra(paused, "dataset")).raw() == "blue");
  CHECK(codes(job(*store, "17")) == Words{"stale"});
  CHECK(to_rfc3339(*job(*store, "42").created_at) == "2026-01-05T00:00:00.000Z");
  const StoreCheck check = store->check({});
  CHECK(finding(check, "no-worker-key") != nullptr);
  CHECK(finding(check, "doing-without-worker") != nullptr);
  CHECK(finding(check, "queueing-lock-taken") != nullptr);
  CHECK(finding(check, "lock-across-queues") != nullptr);
  CHECK(finding(check, "lock-held-by-later-job") != nullptr);
  CHECK(finding(check, "abort-flag-kept") != nullptr);
  CHECK(finding(check, "no-heartbeats") == nullptr);
}

TEST_CASE("statistics follow the events of the window") {
  Loaded loaded("s34");
  loaded.database.run(
      "TRUNCATE procrastinate_jobs CASCADE; ALTER TABLE procrastinate_jobs DISABLE TRIGGER USER; INSERT INTO "
      "procrastinate_jobs (id, queue_name, task_name, status, attempts) SELECT n, 'q', 't', (CASE WHEN n % 4 = 0 THEN "
      "'failed' ELSE 'succeeded' END)::procrastinate_job_status, 1 FROM generate_series(1, 400) n; INSERT INTO "
      "procrastinate_events (job_id, type, at) SELECT n, t.type::procrastinate_job_event_type, now() - (400 - n) * "
      "interval '1 minute' - t.seconds * interval '1 second' - interval '1 second' FROM generate_series(1, 400) n, "
      "LATERAL "
      "(VALUES (1, 'deferred', 50), (2, 'started', 40), (3, CASE WHEN n % 4 = 0 THEN 'failed' ELSE 'succeeded' END, "
      "10)) "
      "t(place, type, seconds) ORDER BY n, t.place; INSERT INTO procrastinate_events (job_id, type, at) VALUES (1, "
      "'scheduled', '2099-01-01Z')");
  const std::unique_ptr<JobStore> store = loaded.open();
  StatisticsQuery query;
  query.window = Milliseconds(3'600'000);
  const Statistics statistics = store->statistics(query);
  REQUIRE(statistics.queues.size() == 1);
  const QueueStatistics& queue = statistics.queues[0];
  CHECK(queue.completed_per_minute == doctest::Approx(45.0 / 60));
  CHECK(queue.failed_per_minute == doctest::Approx(15.0 / 60));
  REQUIRE(queue.wait);
  CHECK(queue.wait->samples == 60);
  CHECK(queue.wait->p50 == Milliseconds(10'000));
  REQUIRE(queue.run);
  CHECK(queue.run->samples == 60);
  CHECK(queue.run->p95 == Milliseconds(30'000));
  REQUIRE(queue.states.size() == 2);
  CHECK(queue.states[0].count.value + queue.states[1].count.value == 400);
  for (const StateStatistics& state : queue.states) {
    REQUIRE(state.oldest);
    REQUIRE(state.newest);
    CHECK(*state.oldest < *state.newest);
  }
  REQUIRE(queue.stale);
  CHECK(queue.stale->value == 0);
  REQUIRE(queue.coverage);
  CHECK(queue.coverage->absent == 400);

  Loaded whole("s34");
  for (const QueueStatistics& one : whole.open()->statistics({}).queues) {
    if (one.queue.raw() == "orders") CHECK(one.stale->value == 2);
    if (one.queue.raw() == "trace") {
      CHECK(one.coverage->w3c == 12);
      CHECK(one.coverage->absent == 1);  // upper case is no traceparent
    }
  }
  Loaded old("s24");
  for (const QueueStatistics& one : old.open()->statistics({}).queues) CHECK_FALSE(one.stale);
}
