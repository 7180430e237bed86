// Jobs of emp-job-queue whose worker has not let go of them: it writes the end of a run in several commands, the record
// first, and clears its current_job_id last; and it goes on with a job that the API marked cancelled.
#include "backends/systems/emp_job_queue/system.hpp"
#include "tests/systems/redis_writes.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

constexpr const char* held =
    "skipped: its worker is alive and has not let go of it: it still runs, or the end of its run is being written; it "
    "can be forced;";

Action action_of(ActionKind kind, bool force = false) {
  Action action;
  action.kind = kind;
  action.force = force;
  return action;
}

/// A job in `status` and its worker `w`, alive, with the job as its current one.
void add_job(RedisServer& server, const std::string& status, const std::vector<std::string>& more = {}) {
  std::vector<std::string> record{
      "HSET",        "job:j1", "id",       "j1", "service_required", "render",
      "status",      status,   "priority", "50", "retry_count",      "1",
      "max_retries", "3",      "payload",  "{}", "created_at",       "2026-11-21T10:00:00.000Z"};
  record.insert(record.end(), more.begin(), more.end());
  server.run({record,
              {"HSET", "worker:w", "worker_id", "w", "status", "busy", "current_job_id", "j1"},
              {"SET", "worker:w:heartbeat", "now", "EX", "60"},
              {"SADD", "workers:active", "w"},
              {"HSET", "jobs:active:w", "j1", "{}"}});
}

}  // namespace

TEST_CASE("a job whose worker still writes the end of its run is left as it is, and goes when that is written") {
  struct Case {
    ActionKind action;
    std::string status;
    std::vector<std::string> more;
    std::vector<std::vector<std::string>> rest_of_the_end;
  };
  const std::vector<std::string> result{"HSET", "jobs:completed", "j1", R"({"success":true})"};
  const std::vector<std::string> failure{"HSET", "jobs:failed", "j1", R"({"error":"boom"})"};
  const std::vector<std::string> place{"ZADD", "jobs:pending", "7", "j1"};
  const std::vector<Case> cases{
      {ActionKind::erase, "completed", {"worker_id", "w"}, {result}},
      {ActionKind::erase, "failed", {"worker_id", "w", "last_failed_worker", "w"}, {failure}},
      {ActionKind::erase, "failed", {"worker_id", "", "last_failed_worker", "w"}, {failure}},
      {ActionKind::retry, "failed", {"worker_id", "w", "last_failed_worker", "w"}, {failure}},
      {ActionKind::retry, "failed", {"worker_id", "", "last_failed_worker", "w"}, {failure}},
      {ActionKind::erase, "pending", {"worker_id", "", "last_failed_worker", "w"}, {place}},
      {ActionKind::retry, "pending", {"worker_id", "", "last_failed_worker", "w"}, {}},
  };
  for (const Case& one : cases) {
    CAPTURE(to_word(one.action));
    CAPTURE(one.status);
    RedisServer server;
    add_job(server, one.status, one.more);
    WritableStore store(server, emp_job_queue::system);
    const Action action = action_of(one.action);
    const auto before = keyspace(server);
    const std::vector<Target> targets = store.plan(action, with_ids({"j1"}));
    REQUIRE(targets.size() == 1);
    REQUIRE(targets.front().verdict == Verdict::act);
    CHECK(outcomes(store.apply(action, targets)) == held);
    CHECK(keyspace(server) == before);

    server.run(one.rest_of_the_end);
    server.run({{"HDEL", "jobs:active:w", "j1"}, {"HSET", "worker:w", "status", "idle", "current_job_id", ""}});
    CHECK(outcomes(store.apply(action, store.plan(action, with_ids({"j1"})))) == "done");
    if (one.action == ActionKind::erase)
      CHECK(server.ask({"KEYS", "job*"}).empty());
    else
      CHECK(server.ask({"ZSCORE", "jobs:pending", "j1"}) != "(nil)");
  }
}

TEST_CASE("cancelling a job that a worker is giving back waits for the worker") {
  RedisServer server;
  add_job(server, "pending", {"worker_id", "", "last_failed_worker", "w"});
  server.run({{"ZADD", "jobs:pending", "7", "j1"}});
  WritableStore store(server, emp_job_queue::system);
  const Action cancel = action_of(ActionKind::cancel);
  const auto before = keyspace(server);
  CHECK(outcomes(store.apply(cancel, store.plan(cancel, with_ids({"j1"})))) == held);
  CHECK(keyspace(server) == before);
  server.run({{"HSET", "worker:w", "status", "idle", "current_job_id", ""}});
  CHECK(outcomes(store.apply(cancel, store.plan(cancel, with_ids({"j1"})))) == "done");
}

TEST_CASE("a job that the API cancelled while it ran is left to its worker") {
  RedisServer server;
  add_job(server, "failed", {"worker_id", "w", "error", "Job cancelled by user"});
  server.run({{"HSET", "jobs:failed", "j1", R"({"error":"Job cancelled by user","cancelled":true})"}});
  WritableStore store(server, emp_job_queue::system);
  for (const ActionKind kind : {ActionKind::retry, ActionKind::erase})
    CHECK(outcomes(store.apply(action_of(kind), store.plan(action_of(kind), with_ids({"j1"})))) == held);
}

TEST_CASE("a worker that is gone, has another job or is none holds nothing; force passes over one that does") {
  const std::vector<std::vector<std::string>> changes{
      {"DEL", "worker:w:heartbeat"},
      {"DEL", "worker:w"},
      {"HSET", "worker:w", "current_job_id", "j2"},
      {"HSET", "job:j1", "worker_id", "w:heartbeat", "last_failed_worker", ""},  // its hash would be a string
  };
  for (const std::vector<std::string>& change : changes)
    for (const ActionKind kind : {ActionKind::retry, ActionKind::erase}) {
      CAPTURE(change.back());
      RedisServer server;
      add_job(server, "failed", {"worker_id", "w", "last_failed_worker", "w"});
      server.run({change, {"SET", "worker:w:heartbeat:heartbeat", "now"}});
      WritableStore store(server, emp_job_queue::system);
      CHECK(outcomes(store.apply(action_of(kind), store.plan(action_of(kind), with_ids({"j1"})))) == "done");
    }
  for (const ActionKind kind : {ActionKind::retry, ActionKind::erase}) {
    RedisServer server;
    add_job(server, "failed", {"worker_id", "w", "last_failed_worker", "w"});
    WritableStore store(server, emp_job_queue::system);
    CHECK(outcomes(store.apply(action_of(kind, true), store.plan(action_of(kind, true), with_ids({"j1"})))) == "done");
  }
}
