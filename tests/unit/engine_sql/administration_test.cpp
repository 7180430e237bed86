// What the sql engine promises of writes, shown on Hammerwork's tables: a job that is not as the plan saw it is left
// alone, a row that somebody holds is passed over, one failure stays alone, and nothing is half done when a connection
// goes.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <set>

#include "backends/drivers/postgres/connection.hpp"
#include "backends/engines/sql/store.hpp"
#include "backends/open.hpp"
#include "backends/systems/hammerwork/system.hpp"
#include "model/error.hpp"
#include "tests/support/administered.hpp"
#include "tests/unit/engine_sql/recorded_connection.hpp"

using namespace queuetrace;
using test::action_of;
using test::Administered;
using test::text_of;
using Json = nlohmann::json;
using Words = std::vector<std::string>;

namespace {

const std::string fixture = "../../systems/hammerwork/fixtures/dialect_c/load.sql";

/// `count` dead jobs and nothing else, numbered from 1.
std::string dead_jobs(int count) {
  return "TRUNCATE hammerwork_jobs, hammerwork_jobs_archive; INSERT INTO hammerwork_jobs (id, queue_name, payload, "
         "status, attempts, created_at, scheduled_at, failed_at) SELECT format('00000000-0000-4000-8000-%s', "
         "lpad(n::text, 12, '0'))::uuid, 'q', jsonb_build_object('n', n), 'Dead', 3, '2026-01-02Z', '2026-01-02Z', "
         "'2026-01-03Z' FROM generate_series(1, " +
         std::to_string(count) + ") n; ANALYZE hammerwork_jobs";
}

std::string job_id(int number) {
  const std::string digits = std::to_string(number);
  return "00000000-0000-4000-8000-" + std::string(12 - digits.size(), '0') + digits;
}

std::string where(int number) { return " WHERE id = '" + job_id(number) + "'"; }

/// Runs `body` of a function when a row is about to be updated, or when its transaction commits.
std::string trigger(const std::string& body, bool at_commit = false) {
  return "CREATE FUNCTION trip() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN " + body +
         " RETURN NEW; END $$; CREATE " +
         (at_commit ? "CONSTRAINT TRIGGER trip AFTER UPDATE ON hammerwork_jobs DEFERRABLE INITIALLY DEFERRED "
                    : "TRIGGER trip BEFORE UPDATE ON hammerwork_jobs ") +
         "FOR EACH ROW EXECUTE FUNCTION trip()";
}

Words said(const std::vector<TargetReport>& reports) {
  Words out;
  for (const TargetReport& report : reports) out.push_back(text_of(report));
  return out;
}

template <typename Work>
Error error_of(const Work& work) {
  try {
    work();
  } catch (const Error& error) {
    return error;
  }
  FAIL("no error");
  return Error(ErrorKind::internal, "");
}

Action action_for(ActionKind kind) {
  Action action = action_of(kind);
  action.queue = "other";
  return action;
}

}  // namespace

TEST_CASE("a job that changed after the plan is left alone") {
  struct Change {
    std::string sql;
    std::string expected;          ///< for every action
    std::string when_erased = {};  ///< where deleting says something else
  };
  const std::vector<Change> changes{
      {"UPDATE hammerwork_jobs SET priority = 4" + where(1), "changed: it changed after the plan was made"},
      {"UPDATE hammerwork_jobs SET status = 'Running', started_at = now(), attempts = attempts + 1" + where(1),
       "changed: it changed after the plan was made"},
      {"UPDATE hammerwork_jobs SET status = status" + where(1), "changed: it changed after the plan was made"},
      {"WITH gone AS (DELETE FROM hammerwork_jobs" + where(1) +
           " RETURNING *) SELECT * INTO kept FROM gone; INSERT INTO hammerwork_jobs SELECT * FROM kept",
       "changed: it changed after the plan was made"},
      {"DELETE FROM hammerwork_jobs" + where(1), "changed: it is not there", "already: it is not there"},
  };
  for (const ActionKind kind : {ActionKind::retry, ActionKind::cancel, ActionKind::erase, ActionKind::move})
    for (const Change& change : changes) {
      CAPTURE(to_word(kind));
      CAPTURE(change.sql);
      const bool waits = kind == ActionKind::cancel || kind == ActionKind::move;
      Administered on(fixture, dead_jobs(2) + (waits ? "; UPDATE hammerwork_jobs SET status = 'Pending'" : ""));
      const Target target = on.plan(action_for(kind), job_id(1));
      REQUIRE(target.verdict == Verdict::act);
      on.database().run(change.sql);
      const std::string before = on.digest("hammerwork_jobs");
      CHECK(text_of(on.apply(action_for(kind), target)) ==
            (kind == ActionKind::erase && !change.when_erased.empty() ? change.when_erased : change.expected));
      CHECK(on.digest("hammerwork_jobs") == before);
    }
}

TEST_CASE("what is done once is not done again") {
  for (const ActionKind kind : {ActionKind::retry, ActionKind::cancel, ActionKind::erase, ActionKind::move}) {
    CAPTURE(to_word(kind));
    const bool waits = kind == ActionKind::cancel || kind == ActionKind::move;
    Administered on(fixture, dead_jobs(3) + (waits ? "; UPDATE hammerwork_jobs SET status = 'Pending'" : ""));
    const std::vector<Target> targets = on.plan_all(action_for(kind));
    CHECK(said(on.writes().apply(action_for(kind), targets, {})) == Words{"done", "done", "done"});
    const std::string before = on.digest("hammerwork_jobs");
    for (const TargetReport& report : on.writes().apply(action_for(kind), targets, {}))
      CHECK(report.outcome == Outcome::already);
    CHECK(on.digest("hammerwork_jobs") == before);
  }
}

TEST_CASE("a row that another session holds is passed over, and its lock is not waited for") {
  Administered on(fixture, dead_jobs(3));
  const std::shared_ptr<SqlConnection> worker = connect_postgres(on.database().source(), Access::write);
  const Action retry = action_of(ActionKind::retry);
  const std::vector<Target> targets = on.plan_all(retry);
  {
    const std::unique_ptr<SqlTransaction> claim = worker->begin_write({});
    claim->run({"UPDATE public.hammerwork_jobs SET status = 'Running'" + where(2), {}});
    CHECK(said(on.writes().apply(retry, targets, {})) ==
          Words{"done", "skipped: another session is changing it", "done"});
  }
  CHECK(text_of(on.apply(retry, targets[1])) == "done");  // the worker gave it back

  // A dependent or the whole table held by somebody: nothing is done.
  on.database().run("UPDATE hammerwork_jobs SET depends_on = '{" + job_id(1) + "}', dependency_status = 'waiting'" +
                    where(2));
  const Action cancel = action_of(ActionKind::cancel);
  const Target parent = on.plan(cancel, job_id(1));
  const std::string before = on.digest("hammerwork_jobs");
  for (const std::string& held : {"SELECT 1 FROM public.hammerwork_jobs" + where(2) + " FOR UPDATE",
                                  std::string("LOCK TABLE public.hammerwork_jobs IN ACCESS EXCLUSIVE MODE")}) {
    CAPTURE(held);
    const std::unique_ptr<SqlTransaction> other = worker->begin_write({});
    other->run({held, {}});
    const TargetReport report = on.apply(cancel, parent);
    CHECK(report.outcome == Outcome::skipped);
    CHECK(report.reason == "the rows or the table are held by another session, or the server is too slow");
  }
  CHECK(on.digest("hammerwork_jobs") == before);
  CHECK(text_of(on.apply(cancel, parent)) == "done");
}

TEST_CASE("one row that the server refuses fails alone") {
  Administered on(fixture,
                  dead_jobs(5) + ";" + trigger("IF NEW.id = '" + job_id(3) + "' THEN RAISE 'not this one'; END IF;"));
  const Action retry = action_of(ActionKind::retry);
  const std::vector<Target> targets = on.plan_all(retry);
  const std::vector<TargetReport> reports = on.writes().apply(retry, targets, {});
  for (std::size_t i = 0; i < reports.size(); ++i)
    CHECK(reports[i].outcome == (i == 2 ? Outcome::failed : Outcome::done));
  CHECK(reports[2].cause.raw() == "not this one (SQLSTATE P0001)");
  CHECK(on.database().ask("SELECT string_agg(status, ' ' ORDER BY id) FROM hammerwork_jobs") ==
        "Pending Pending Dead Pending Pending");
  // A trigger that swallows the change is no success.
  on.database().run(
      "DROP TRIGGER trip ON hammerwork_jobs; DROP FUNCTION trip; CREATE FUNCTION trip() RETURNS trigger "
      "LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$; CREATE TRIGGER trip BEFORE UPDATE ON "
      "hammerwork_jobs FOR EACH ROW EXECUTE FUNCTION trip()");
  CHECK(text_of(on.apply(retry, targets[2])) == "failed: the server changed nothing, though it could");
}

TEST_CASE("a connection that is lost before the commit leaves everything as it was") {
  const std::string dies = "PERFORM pg_terminate_backend(pg_backend_pid());";
  const Action retry = action_of(ActionKind::retry);
  Administered on(fixture, dead_jobs(3) + ";" + trigger(dies));
  const std::vector<Target> targets = on.plan_all(retry);
  const std::string before = on.digest("hammerwork_jobs");
  CHECK(error_of([&] { on.writes().apply(retry, targets, {}); }).kind() == ErrorKind::unreachable);
  CHECK(on.digest("hammerwork_jobs") == before);
  on.database().run("DROP TRIGGER trip ON hammerwork_jobs; DROP FUNCTION trip");
  CHECK(said(on.writes().apply(retry, targets, {})) == Words{"done", "done", "done"});  // the same store, a new session
}

TEST_CASE("a connection that is lost at the commit leaves it unknown, and asking again tells") {
  Administered on(fixture, dead_jobs(2) + ";" + trigger("PERFORM pg_terminate_backend(pg_backend_pid());", true));
  const Action retry = action_of(ActionKind::retry);
  const std::vector<Target> targets = on.plan_all(retry);
  for (const TargetReport& report : on.writes().apply(retry, targets, {})) {
    CHECK(report.outcome == Outcome::unknown);
    CHECK(report.reason == "the connection was lost before the server answered");
  }
  on.database().run("DROP TRIGGER trip ON hammerwork_jobs; DROP FUNCTION trip");
  CHECK(said(on.writes().apply(retry, targets, {})) == Words{"done", "done"});  // it had not been committed
}

TEST_CASE("what was committed before a connection was lost is reported, and the rest goes on") {
  // Row 1 makes the chunk fail, so that each goes alone; row 3 kills its session once row 2 is done.
  Administered on(fixture, dead_jobs(4) + ";" +
                               trigger("IF NEW.id = '" + job_id(1) + "' THEN RAISE 'no'; END IF; IF NEW.id = '" +
                                       job_id(3) + "' AND (SELECT status FROM hammerwork_jobs" + where(2) +
                                       ") = 'Pending' THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;"));
  const Action retry = action_of(ActionKind::retry);
  const std::vector<TargetReport> reports = on.writes().apply(retry, on.plan_all(retry), {});
  CHECK(reports[0].outcome == Outcome::failed);
  CHECK(text_of(reports[1]) == "done");
  CHECK(reports[2].outcome == Outcome::failed);
  CHECK(reports[2].reason.starts_with("lost "));
  CHECK(text_of(reports[3]) == "done");
  CHECK(on.database().ask("SELECT string_agg(status, ' ' ORDER BY id) FROM hammerwork_jobs") ==
        "Dead Pending Dead Pending");
}

TEST_CASE("a store opened for reading writes nothing, and foreign plans are refused") {
  Administered on(fixture, dead_jobs(1));
  const Action retry = action_of(ActionKind::retry);
  Target target = on.plan(retry, job_id(1));
  on.open(Access::read);
  CHECK(error_of([&] { on.writes(); }).kind() == ErrorKind::internal);
  const std::shared_ptr<SqlConnection> reader = connect_postgres(on.database().source());
  CHECK(error_of([&] { reader->begin_write({}); }).kind() == ErrorKind::internal);
  CHECK(error_of([&] { reader->query({"DELETE FROM public.hammerwork_jobs", {}}, {}); }).kind() == ErrorKind::internal);

  on.open();
  for (const std::string locator : {"", "0", "x:1", "-1:5", "7:1"}) {  // the last: a relation there is none of
    CAPTURE(locator);
    target.locator = locator;
    CHECK(error_of([&] { on.apply(retry, target); }).kind() == ErrorKind::usage);
  }
  CHECK(on.database().ask("SELECT DISTINCT status FROM hammerwork_jobs") == "Dead");
}

TEST_CASE("a plan tells how large its jobs are, packed ones too") {
  Administered on(fixture, dead_jobs(3) +
                               "; UPDATE hammerwork_jobs SET payload = jsonb_build_object('b', repeat('x', 3000000)) "
                               "WHERE id = '" +
                               job_id(1) +
                               "'; UPDATE hammerwork_jobs SET error_message = repeat('x', "
                               "2000000) WHERE id = '" +
                               job_id(2) + "'");
  const auto bytes = [&](int number) {
    return on.writes().bytes_of(on.plan(action_of(ActionKind::erase), job_id(number)));
  };
  CHECK(bytes(1) > 3'000'000);
  CHECK(bytes(2) > 2'000'000);
  CHECK(bytes(3) > 0);
  CHECK(bytes(3) < 10'000);
}

TEST_CASE("a role that may not write is told so, and nothing is changed") {
  Administered on(fixture, dead_jobs(2) +
                               "; DROP ROLE IF EXISTS looker; CREATE ROLE looker LOGIN; GRANT SELECT ON ALL "
                               "TABLES IN SCHEMA public TO looker");
  const Action retry = action_of(ActionKind::retry);
  const std::vector<Target> targets = on.plan_all(retry);
  const std::vector<std::unique_ptr<JobStore>> stores = open_stores(on.database().source("looker"), Access::write);
  const Error refused = error_of([&] { stores.front()->administration().apply(retry, targets, {}); });
  CHECK(refused.kind() == ErrorKind::authentication);
  CHECK(refused.hint() == "grant USAGE on the schema and SELECT, UPDATE on the tables to this role");
  CHECK(on.database().ask("SELECT DISTINCT status FROM hammerwork_jobs") == "Dead");
  on.database().run("DROP OWNED BY looker; DROP ROLE looker");
}

TEST_CASE("rows are locked and looked at again in one statement, and deleted in the next") {
  Administered on(fixture, dead_jobs(3));
  const auto connection =
      std::make_shared<test::RecordedConnection>(connect_postgres(on.database().source(), Access::write));
  const std::array<const SqlSystem*, 1> systems{&hammerwork::system};
  const std::vector<std::unique_ptr<JobStore>> stores = open_sql_stores(connection, on.database().source(), systems);
  REQUIRE(stores.size() == 1);
  JobAdministration& writes = stores.front()->administration();
  const TargetPage page = writes.plan(action_of(ActionKind::erase), {});
  REQUIRE(page.targets.size() == 3);
  const std::shared_ptr<SqlConnection> other = connect_postgres(on.database().source(), Access::write);
  const std::unique_ptr<SqlTransaction> claim = other->begin_write({});
  claim->run({"SELECT 1 FROM public.hammerwork_jobs" + where(2) + " FOR UPDATE", {}});
  on.database().run("DELETE FROM hammerwork_jobs" + where(3));
  Words outcomes;
  const auto statements_about = [&](std::string_view what) {
    return std::ranges::count_if(connection->written,
                                 [&](const SqlStatement& one) { return one.text.find(what) != std::string::npos; });
  };
  for (const TargetReport& report : writes.apply(action_of(ActionKind::erase), page.targets, {}))
    outcomes.push_back(report.id.raw().back() + (" " + text_of(report)));
  std::ranges::sort(outcomes);
  CHECK(outcomes == Words{"1 done", "2 skipped: another session is changing it", "3 already: it is not there"});
  CHECK(statements_about("FOR UPDATE OF j SKIP LOCKED") == 1);
  CHECK(statements_about("awaited") == 2);  // and of the two that were not locked, what became of them
}

TEST_CASE("a chunk of 500 rows among 20,000 is done within the time of one statement") {
  for (const ActionKind kind : {ActionKind::retry, ActionKind::cancel, ActionKind::move, ActionKind::erase}) {
    const bool waits = kind == ActionKind::cancel || kind == ActionKind::move;
    Administered on(fixture, dead_jobs(20'000) + (waits ? "; UPDATE hammerwork_jobs SET status = 'Pending'" : ""));
    if (kind == ActionKind::cancel)  // every second job waits for the one before it
      on.database().run(
          "UPDATE hammerwork_jobs SET dependency_status = 'waiting', depends_on = "
          "ARRAY[format('00000000-0000-4000-8000-%s', lpad(((payload->>'n')::int - 1)::text, 12, '0'))::uuid] WHERE "
          "(payload->>'n')::int % 2 = 0");
    on.database().run(
        "CREATE INDEX ON hammerwork_jobs USING gin (depends_on); CREATE INDEX ON hammerwork_jobs "
        "(dependency_status) WHERE dependency_status != 'none'; ANALYZE");
    CHECK(on.writes().largest_chunk() == 500);
    JobQuery query;
    query.page_size = 500;
    query.order = JobOrder::storage;
    const TargetPage page = on.writes().plan(action_for(kind), query);
    std::size_t done = 0;
    for (const TargetReport& report : on.writes().apply(action_for(kind), page.targets, {}))
      done += report.outcome == Outcome::done;
    CHECK(done == 500);
  }
}
