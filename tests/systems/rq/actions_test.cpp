// What is written to queues of RQ.
#include <doctest/doctest.h>

#include "backends/systems/rq/system.hpp"
#include "tests/systems/redis_writes.hpp"
#include "tests/systems/rq/jobs.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

Action action(ActionKind kind, const std::string& queue = {}) {
  Action out;
  out.kind = kind;
  out.queue = queue;
  return out;
}

bool exists(RedisServer& server, const std::string& key) { return server.ask({"EXISTS", key}) == "1"; }

using Numbers = std::map<std::string, int>;

}  // namespace

TEST_CASE("a failed job and a scheduled one go to the tail of their queue, or to its head") {
  for (const bool front : {false, true}) {
    CAPTURE(front);
    RedisServer server;
    server.run(rq_queue());
    server.run({rq_job("1", "queued"),
                {"RPUSH", "rq:queue:mail", "1"},
                rq_job("2", "failed", {"started_at", "x", "ended_at", "y", "exc_info", "z", "retries_left", "0"}),
                {"ZADD", "rq:failed:mail", "1814436001", "2"},
                {"EXPIRE", "rq:job:2", "1000"},
                rq_job("3", "scheduled"),
                {"ZADD", "rq:scheduled:mail", "4102444800", "3"},
                rq_job("4", "stopped"),
                {"ZADD", "rq:failed:mail", "1814436001", "4"}});
    WritableStore store(server, rq::system);
    Action retry = action(ActionKind::retry);
    retry.front = front;
    const std::vector<Target> targets = store.plan(retry);
    CHECK(counts(store.apply(retry, targets)) == Numbers{{"already", 1}, {"done", 3}});
    CHECK(server.ask({"LINDEX", "rq:queue:mail", front ? "-1" : "0"}) == "1");
    CHECK(server.ask({"LLEN", "rq:queue:mail"}) == "4");
    CHECK_FALSE(exists(server, "rq:failed:mail"));
    CHECK_FALSE(exists(server, "rq:scheduled:mail"));
    for (const char* id : {"2", "3", "4"}) {
      const std::string key = std::string("rq:job:") + id;
      CHECK(server.ask({"HGET", key, "status"}) == "queued");
      CHECK(server.ask({"HGET", key, "enqueued_at"}).size() == 27);
      CHECK(server.ask({"HGET", key, "started_at"}).empty());
      CHECK(server.ask({"HEXISTS", key, "exc_info"}) == "0");
    }
    CHECK(server.ask({"HGET", "rq:job:2", "retries_left"}) == "0");
    CHECK(counts(store.apply(retry, targets)) == Numbers{{"already", 1}, {"changed", 3}});
  }
}

TEST_CASE("a cancelled job is among the cancelled ones, and nowhere else") {
  RedisServer server;
  server.run(rq_queue());
  server.run({rq_job("1", "queued"),
              {"RPUSH", "rq:queue:mail", "1"},
              rq_job("2", "scheduled"),
              {"ZADD", "rq:scheduled:mail", "4102444800", "2"},
              rq_job("3", "deferred", {"dependency_ids", R"(["1"])"}),
              {"ZADD", "rq:deferred:mail", "1782900000", "3"},
              {"SADD", "rq:job:1:dependents", "3"},
              rq_job("4", "failed"),
              {"ZADD", "rq:failed:mail", "inf", "4"}});
  WritableStore store(server, rq::system);
  const Action cancel = action(ActionKind::cancel);
  const std::vector<Target> targets = store.plan(cancel);
  CHECK(counts(store.apply(cancel, targets)) == Numbers{{"done", 3}, {"skipped", 1}});
  for (const char* id : {"1", "2", "3"}) {
    CHECK(server.ask({"HGET", std::string("rq:job:") + id, "status"}) == "canceled");
    CHECK(server.ask({"ZSCORE", "rq:canceled:mail", id}).size() == 10);
  }
  for (const char* key : {"rq:queue:mail", "rq:scheduled:mail", "rq:deferred:mail"}) CHECK_FALSE(exists(server, key));
  CHECK(server.ask({"SISMEMBER", "rq:job:1:dependents", "3"}) == "1");  // as the library leaves it
  CHECK(counts(store.apply(cancel, targets)) == Numbers{{"already", 3}, {"skipped", 1}});
}

TEST_CASE("a job is deleted with all that the library keeps of it") {
  RedisServer server;
  server.run(rq_queue());
  server.run({rq_job("1", "finished", {"group_id", "night", "dependency_ids", R"(["0"])"}),
              {"ZADD", "rq:finished:mail", "inf", "1"},
              {"XADD", "rq:results:1", "1-1", "type", "1"},
              {"SADD", "rq:job:1:dependents", "9"},
              {"SADD", "rq:job::1:dependencies", "0"},
              {"SADD", "rq:group:night", "1", "2"},
              {"SADD", "rq:job:0:dependents", "1", "2"},
              rq_job("2", "scheduled", {"repeats_left", "1"}),
              {"ZADD", "rq:finished:mail", "inf", "2"},
              {"ZADD", "rq:scheduled:mail", "4102444800", "2"},
              rq_job("3", "queued"),
              {"RPUSH", "rq:queue:mail", "3"}});
  WritableStore store(server, rq::system);
  const Action erase = action(ActionKind::erase);
  const std::vector<Target> targets = store.plan(erase);
  const std::vector<BackupRecord> backup = store.back_up(targets);
  CHECK(counts(store.apply(erase, targets)) == Numbers{{"done", 3}, {"skipped", 1}});
  CHECK(server.ask({"DBSIZE"}) == "3");
  CHECK(server.ask({"SMEMBERS", "rq:group:night"}) == "2");
  CHECK(server.ask({"SMEMBERS", "rq:job:0:dependents"}) == "2");
  CHECK(exists(server, "rq:queues"));
}

TEST_CASE("a job moves to another queue, and keeps its time") {
  RedisServer server;
  server.run(rq_queue());
  server.run({rq_job("1", "queued"),
              {"RPUSH", "rq:queue:mail", "1"},
              rq_job("2", "scheduled"),
              {"ZADD", "rq:scheduled:mail", "4102444800", "2"},
              rq_job("3", "finished"),
              {"ZADD", "rq:finished:mail", "inf", "3"}});
  WritableStore store(server, rq::system);
  const Action move = action(ActionKind::move, "low");
  const std::vector<Target> targets = store.plan(move);
  CHECK(counts(store.apply(move, targets)) == Numbers{{"done", 2}, {"skipped", 1}});
  CHECK(server.ask({"LINDEX", "rq:queue:low", "0"}) == "1");
  CHECK(server.ask({"ZSCORE", "rq:scheduled:low", "2"}) == "4102444800");
  CHECK(server.ask({"HGET", "rq:job:1", "origin"}) == "low");
  CHECK(server.ask({"HGET", "rq:job:2", "origin"}) == "low");
  CHECK(server.ask({"SISMEMBER", "rq:queues", "rq:queue:low"}) == "1");
  CHECK_FALSE(exists(server, "rq:queue:mail"));
  CHECK(counts(store.apply(move, targets)) == Numbers{{"changed", 2}, {"skipped", 1}});
}

TEST_CASE("what the library keeps together with others is left alone") {
  RedisServer server;
  server.run(rq_queue());
  server.run({rq_job("awaited", "failed"),
              {"SADD", "rq:job:awaited:dependents", "x"},
              {"ZADD", "rq:failed:mail", "inf", "awaited", "inf", "later", "inf", "gone"},
              rq_job("later", "failed"),
              rq_job("limited", "queued", {"rate_limit_key", "api"}),
              {"RPUSH", "rq:queue:mail", "limited"},
              rq_job("runs", "started"),
              {"ZADD", "rq:wip:mail", "4102444800", "runs:0123456789abcdef0123456789abcdef"},
              rq_job("handed", "queued"),
              {"RPUSH", "rq:queue:mail:intermediate", "handed"},
              rq_job("ready", "ready_to_enqueue"),
              {"ZADD", "rq:ready:mail", "1782900000", "ready"}});
  WritableStore store(server, rq::system);
  const Action erase = action(ActionKind::erase);
  const std::vector<Target> targets = store.plan(erase);
  auto told = verdicts(targets);
  CHECK(told.at("awaited").starts_with("skip: jobs depend on it"));
  CHECK(told.at("gone").starts_with("skip: only its id"));
  CHECK(told.at("limited").starts_with("skip: a concurrency limit"));
  CHECK(told.at("runs").starts_with("skip: running"));
  CHECK(told.at("handed").starts_with("skip: running"));
  CHECK(told.at("later") == "act");
  server.run({{"SADD", "rq:job:later:dependents", "y"}});
  CHECK(counts(store.apply(erase, targets)) == Numbers{{"changed", 1}, {"done", 1}, {"skipped", 5}});
  CHECK(exists(server, "rq:job:later"));
  CHECK_FALSE(exists(server, "rq:job:ready"));
  told = verdicts(store.plan(action(ActionKind::cancel)));
  CHECK(told.at("limited").starts_with("skip: a concurrency limit"));
  CHECK(told.at("runs").starts_with("skip: running"));
  CHECK(told.at("awaited") == "skip: it has ended");
}

TEST_CASE("one key pauses every queue") {
  RedisServer server;
  server.run({{"SADD", "rq:queues", "rq:queue:mail", "rq:queue:low"}});
  WritableStore store(server, rq::system);
  CHECK(store.administration().set_paused({"mail", true, "", ""}).outcome == Outcome::done);
  CHECK(server.ask({"GET", "rq:suspended"}) == "1");
  CHECK(store.administration().set_paused({"low", true, "", ""}).outcome == Outcome::already);
  CHECK(store.administration().set_paused({"low", false, "", ""}).outcome == Outcome::done);
  CHECK_FALSE(exists(server, "rq:suspended"));
}
