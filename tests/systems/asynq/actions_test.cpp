// What is written to queues of Asynq.
#include <doctest/doctest.h>

#include "backends/systems/asynq/messages.hpp"
#include "backends/systems/asynq/system.hpp"
#include "tests/systems/asynq/tasks.hpp"
#include "tests/systems/redis_writes.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

using Counts = std::map<std::string, int>;

Action action(ActionKind kind) {
  Action out;
  out.kind = kind;
  return out;
}

bool exists(RedisServer& server, const std::string& key) { return server.ask({"EXISTS", key}) == "1"; }
std::string state_of(RedisServer& server, const std::string& id) {
  return server.ask({"HGET", "asynq:{mail}:t:" + id, "state"});
}

/// Tasks `scheduled`, `retry`, `archived` and `aggregating`, each under its state's name, behind one that waits.
void fill(RedisServer& server) {
  server.run({{"SADD", "asynq:queues", "mail"},
              asynq_task("first", "pending", {"pending_since", "1"}),
              {"LPUSH", "asynq:{mail}:pending", "first"},
              asynq_task("scheduled", "scheduled"),
              {"ZADD", "asynq:{mail}:scheduled", "4000000000", "scheduled"},
              asynq_task("retry", "retry", {}, wire_number(6, 3) + wire_bytes(7, "boom") + wire_number(99, 7)),
              {"ZADD", "asynq:{mail}:retry", "4000000000", "retry"},
              asynq_task("archived", "archived", {}, wire_number(6, 25)),
              {"ZADD", "asynq:{mail}:archived", "1782900000", "archived"},
              asynq_task("aggregating", "aggregating", {"group", "daily"}, wire_bytes(14, "daily")),
              {"ZADD", "asynq:{mail}:g:daily", "1782900000", "aggregating"},
              {"SADD", "asynq:{mail}:groups", "daily"}});
}

}  // namespace

TEST_CASE("what waits for anything is run now, behind what waits, and its message stays byte for byte") {
  RedisServer server;
  fill(server);
  const std::string message = server.ask({"HGET", "asynq:{mail}:t:retry", "msg"});
  WritableStore store(server, asynq::system);
  const Action retry = action(ActionKind::retry);
  const std::vector<Target> targets = store.plan(retry);
  CHECK(counts(store.apply(retry, targets)) == Counts{{"already", 1}, {"done", 4}});
  CHECK(server.ask({"LINDEX", "asynq:{mail}:pending", "-1"}) == "first");
  CHECK(server.ask({"LLEN", "asynq:{mail}:pending"}) == "5");
  for (const std::string id : {"scheduled", "retry", "archived", "aggregating"}) {
    CAPTURE(id);
    CHECK(state_of(server, id) == "pending");
    CHECK(server.ask({"HGET", "asynq:{mail}:t:" + id, "pending_since"}).size() == 19);
    CHECK_FALSE(exists(server, "asynq:{mail}:" + id));
  }
  CHECK_FALSE(exists(server, "asynq:{mail}:g:daily"));
  CHECK_FALSE(exists(server, "asynq:{mail}:groups"));
  CHECK(server.ask({"HGET", "asynq:{mail}:t:retry", "msg"}) == message);
  CHECK(counts(store.apply(retry, targets)) == Counts{{"already", 5}});
}

TEST_CASE("attempts are counted anew by leaving one field out of the message") {
  RedisServer server;
  fill(server);
  WritableStore store(server, asynq::system);
  Action retry = action(ActionKind::retry);
  retry.reset_attempts = true;
  retry.front = true;
  CHECK(counts(store.apply(retry, store.plan(retry, with_ids({"mail:retry"})))) == Counts{{"done", 1}});
  CHECK(server.ask({"LINDEX", "asynq:{mail}:pending", "-1"}) == "retry");
  CHECK(server.ask({"HGET", "asynq:{mail}:t:retry", "msg"}) ==
        asynq_message("retry", wire_bytes(7, "boom") + wire_number(99, 7)));
  // What ends too early, or is a bomb of tiny fields, is left as it is.
  for (const std::string& damage : {std::string("\x0a\x7f"), std::string(4'000, '\x08'), std::string("\x0b")}) {
    server.run({{"HSET", "asynq:{mail}:t:archived", "msg", asynq_message("archived") + damage}});
    Target target = store.plan(retry, with_ids({"mail:archived"})).front();
    target.verdict = Verdict::act;
    CHECK(outcomes(store.apply(retry, {target})).starts_with("skipped: its message cannot be read"));
    CHECK(state_of(server, "archived") == "archived");
  }
}

TEST_CASE("a release that knows no time of waiting gets none") {
  RedisServer server;
  server.run({{"SADD", "asynq:queues", "mail"},
              asynq_task("1", "archived", {"timeout", "1800", "deadline", "0"}),
              {"ZADD", "asynq:{mail}:archived", "1782900000", "1"}});
  WritableStore store(server, asynq::system);
  const Action retry = action(ActionKind::retry);
  CHECK(counts(store.apply(retry, store.plan(retry))) == Counts{{"done", 1}});
  CHECK(server.ask({"HEXISTS", "asynq:{mail}:t:1", "pending_since"}) == "0");
}

TEST_CASE("cancelled tasks are archived") {
  RedisServer server;
  fill(server);
  WritableStore store(server, asynq::system);
  const Action cancel = action(ActionKind::cancel);
  const std::vector<Target> targets = store.plan(cancel);
  CHECK(counts(store.apply(cancel, targets)) == Counts{{"already", 1}, {"done", 4}});
  CHECK(server.ask({"ZCARD", "asynq:{mail}:archived"}) == "5");
  for (const std::string id : {"first", "scheduled", "retry", "aggregating"}) CHECK(state_of(server, id) == "archived");
  for (const std::string key : {"pending", "scheduled", "retry", "g:daily", "groups"})
    CHECK_FALSE(exists(server, "asynq:{mail}:" + key));
  CHECK(server.ask({"ZSCORE", "asynq:{mail}:archived", "first"}).size() == 10);
  CHECK(counts(store.apply(cancel, targets)) == Counts{{"already", 5}});
}

TEST_CASE("a lock is freed by the task that holds it, and by no other") {
  RedisServer server;
  const std::string lock = "asynq:{mail}:unique:send:x", other = "asynq:{mail}:unique:send:y";
  server.run({{"SADD", "asynq:queues", "mail"},
              asynq_task("1", "archived", {"unique_key", lock}),
              asynq_task("2", "archived", {"unique_key", other}),
              {"SET", lock, "1", "EX", "1000"},
              {"SET", other, "9", "EX", "1000"},
              {"ZADD", "asynq:{mail}:archived", "1782900000", "1", "1782900000", "2"}});
  const auto before = keyspace(server);
  WritableStore store(server, asynq::system);
  const Action erase = action(ActionKind::erase);
  const std::vector<Target> targets = store.plan(erase);
  const std::vector<BackupRecord> backup = store.back_up(targets);
  CHECK(counts(store.apply(erase, targets)) == Counts{{"done", 2}});
  CHECK_FALSE(exists(server, lock));
  CHECK(server.ask({"GET", other}) == "9");
  server.run({{"DEL", other}});
  CHECK(counts(store.administration().restore(backup, false, {})) == Counts{{"done", 2}});
  CHECK(server.ask({"GET", lock}) == "1");
  CHECK_FALSE(exists(server, other));  // it was never this task's to put back
  CHECK(keyspace(server).size() == before.size() - 1);
}

TEST_CASE("what a server has in hand is left alone, and so is what changed since") {
  RedisServer server;
  fill(server);
  server.run({asynq_task("runs", "active"),
              {"LPUSH", "asynq:{mail}:active", "runs"},
              asynq_task("taken", "aggregating", {"group", "daily"}),
              {"ZADD", "asynq:{mail}:g:daily:set", "1", "taken"},
              {"ZADD", "asynq:{mail}:aggregation_sets", "4000000000", "asynq:{mail}:g:daily:set"},
              {"LPUSH", "asynq:{mail}:pending", "ghost"},
              asynq_task("over", "completed"),
              {"ZADD", "asynq:{mail}:completed", "4000000000", "over"}});
  WritableStore store(server, asynq::system);
  for (const ActionKind kind : {ActionKind::retry, ActionKind::cancel, ActionKind::erase}) {
    const auto told = verdicts(store.plan(action(kind)));
    CHECK(told.at("mail:runs").starts_with("skip: running"));
    CHECK(told.at("mail:taken").starts_with("skip: a server is making"));
    CHECK(told.at("mail:ghost") == "skip: its task is gone: only its id is there");
    CHECK(told.at("mail:over") == (kind == ActionKind::erase ? "act" : "skip: completed"));
  }
  const Action erase = action(ActionKind::erase);
  const std::vector<Target> targets = store.plan(erase, with_ids({"mail:first", "mail:retry", "mail:aggregating"}));
  server.run({{"RPOPLPUSH", "asynq:{mail}:pending", "asynq:{mail}:active"},
              {"HSET", "asynq:{mail}:t:first", "state", "active"},
              {"ZADD", "asynq:{mail}:retry", "4000000001", "retry"},
              {"ZREM", "asynq:{mail}:g:daily", "aggregating"}});
  CHECK(counts(store.apply(erase, targets)) == Counts{{"changed", 3}});
  for (const std::string id : {"first", "retry", "aggregating"}) CHECK(exists(server, "asynq:{mail}:t:" + id));
}

TEST_CASE("a task of a group that went with it is put back into it by another session") {
  RedisServer server;
  fill(server);
  const auto before = keyspace(server);
  std::vector<BackupRecord> backup;
  {
    WritableStore store(server, asynq::system);
    const Action erase = action(ActionKind::erase);
    const std::vector<Target> targets = store.plan(erase, with_ids({"mail:aggregating"}));
    backup = store.back_up(targets);
    CHECK(counts(store.apply(erase, targets)) == Counts{{"done", 1}});
  }
  CHECK_FALSE(exists(server, "asynq:{mail}:groups"));
  WritableStore store(server, asynq::system);
  CHECK(counts(store.administration().restore(backup, false, {})) == Counts{{"done", 1}});
  CHECK(keyspace(server) == before);
}
