// GoodJob's workers hold jobs by advisory locks: who asks and who changes must see them.
#include <doctest/doctest.h>

#include "backends/drivers/postgres/connection.hpp"
#include "tests/support/administered.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

std::string id(int number) {
  char text[40];
  std::snprintf(text, sizeof text, "%08d-0000-4000-8000-%012d", number, number);
  return text;
}

/// A worker's session that holds the job, as long as this object.
class Worker {
 public:
  Worker(const PostgresDatabase& database, int number)
      : session_(connect_postgres(database.source(), Access::write)), work_(session_->begin_write({})) {
    work_->run(
        {"SELECT pg_advisory_xact_lock(('x' || substr(md5('good_jobs-" + id(number) + "'), 1, 16))::bit(64)::bigint)",
         {}});
  }

 private:
  std::shared_ptr<SqlConnection> session_;
  std::unique_ptr<SqlTransaction> work_;
};

std::string next_in(JobStore& store, const std::string& queue) {
  PeekQuery query;
  query.queues = {queue};
  const PeekResult result = store.peek(query);
  std::string ids;
  for (const Job& job : result.queues.front().next) ids += job.ref.id.raw().substr(0, 8) + " ";
  return ids;
}

}  // namespace

TEST_CASE("a job that a worker's session holds is neither next nor changed") {
  Administered on("fixtures/v4_19/load.sql");
  CHECK(next_in(on.store(), "email") == "00000002 00000001 ");
  const Target cancelled = on.plan(action_of(ActionKind::cancel), id(2));
  CHECK(text_of(cancelled) == "act");
  const std::string before = on.digest("good_jobs");
  {
    const Worker worker(on.database(), 2);
    CHECK(next_in(on.store(), "email") == "00000001 ");
    CHECK(text_of(on.apply(action_of(ActionKind::cancel), cancelled)) == "skipped: a worker holds it");
    for (const ActionKind kind : {ActionKind::retry, ActionKind::cancel, ActionKind::erase})
      CHECK(text_of(on.plan(action_of(kind), id(2))) == "skip: a worker holds it");
    CHECK(on.digest("good_jobs") == before);
    // Another job is changed meanwhile.
    CHECK(text_of(on.act(action_of(ActionKind::cancel), id(1))) == "done");
  }
  CHECK(text_of(on.apply(action_of(ActionKind::cancel), cancelled)) == "done");
  CHECK(on.database().ask("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM "
                          "pg_database WHERE datname = current_database())") == "0");
}

TEST_CASE("a discarded job is retried as the dashboard does it") {
  Administered on("fixtures/v4_19/load.sql");
  const nlohmann::json before = on.rows("good_jobs").at(id(9));
  CHECK(text_of(on.act(action_of(ActionKind::retry), id(9))) == "done");
  const nlohmann::json changes = on.difference(before, on.rows("good_jobs").at(id(9)));
  CHECK(changes.at("finished_at") == nullptr);
  CHECK(changes.at("scheduled_at") == "now");
  CHECK(changes.at("error_event") == 3);
  CHECK(changes.at("serialized_params").at("executions") == 1);
  CHECK_FALSE(changes.contains("error"));
  CHECK_FALSE(changes.contains("created_at"));
}

TEST_CASE("jobs of a batch are ended by force only") {
  Administered on("fixtures/v4_19/load.sql");
  CHECK(text_of(on.plan(action_of(ActionKind::cancel), id(14))) ==
        "skip: it belongs to a batch, whose end and callbacks only the application works out: --force changes the job "
        "alone (may be forced)");
}
