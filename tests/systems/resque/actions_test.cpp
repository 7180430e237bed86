// What is written to lists of Resque and of resque-scheduler.
#include <doctest/doctest.h>

#include "backends/systems/resque/system.hpp"
#include "tests/systems/redis_writes.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

using Counts = std::map<std::string, int>;

constexpr const char* list = "resque:delayed:4000000000";
constexpr const char* schedule = "resque:delayed_queue_schedule";
constexpr const char* delayed_item = R"({"class":"A","args":[ 1 ],"queue":"mail"})";

Action action(ActionKind kind) {
  Action out;
  out.kind = kind;
  return out;
}

std::string index_of(const std::string& item) { return "resque:timestamps:" + item; }

void delay(RedisServer& server, const std::string& item, const std::string& time = "4000000000") {
  server.run({{"RPUSH", "resque:delayed:" + time, item},
              {"ZADD", schedule, time, time},
              {"SADD", index_of(item), "delayed:" + time}});
}

/// An installation with a job that waits.
void fill(RedisServer& server) {
  server.run({{"SADD", "resque:queues", "mail"}, {"RPUSH", "resque:queue:mail", R"({"class":"A","args":[0]})"}});
}

}  // namespace

TEST_CASE("a failure goes to the tail of its queue with all it carries, once") {
  RedisServer server;
  fill(server);
  const std::string payload = R"({"class":"A", "args":[1],"traceparent":"x","other":{"a":"ü"}})";
  server.run({{"RPUSH", "resque:failed", R"({"queue":"new","payload":)" + payload + R"(,"exception":"E"})",
               R"({"queue":"new","payload":{"class":"B","args":[]},"exception":"E","retried_at":"x"})",
               R"({"payload":{"class":"C","args":[]},"exception":"E"})", R"({"queue":"new","payload":"text"})"}});
  WritableStore store(server, resque::system);
  const Action retry = action(ActionKind::retry);
  const std::vector<Target> targets = store.plan(retry);
  CHECK(counts(store.apply(retry, targets)) == Counts{{"already", 2}, {"done", 1}, {"skipped", 2}});
  CHECK(server.ask({"LRANGE", "resque:queue:new", "0", "-1"}) == payload);
  CHECK(server.ask({"SISMEMBER", "resque:queues", "new"}) == "1");
  CHECK(server.ask({"LLEN", "resque:failed"}) == "3");
  CHECK(counts(store.apply(retry, targets)) == Counts{{"already", 2}, {"changed", 1}, {"skipped", 2}});
  CHECK(server.ask({"LLEN", "resque:queue:new"}) == "1");
}

TEST_CASE("what is to be taken next goes to the head") {
  RedisServer server;
  fill(server);
  delay(server, delayed_item);
  WritableStore store(server, resque::system);
  Action retry = action(ActionKind::retry);
  retry.front = true;
  CHECK(counts(store.apply(retry, store.plan(retry, in_state("scheduled")))) == Counts{{"done", 1}});
  CHECK(server.ask({"LINDEX", "resque:queue:mail", "0"}) == R"({"class":"A","args":[ 1 ]})");
}

TEST_CASE("a delayed job leaves the scheduler's index and, as the last of its time, the schedule") {
  RedisServer server;
  fill(server);
  const std::string other = R"({"class":"B","args":[],"queue":"mail","more":1})";
  delay(server, delayed_item);
  delay(server, delayed_item);
  delay(server, delayed_item, "4000000001");
  delay(server, other);
  WritableStore store(server, resque::system);
  const Action retry = action(ActionKind::retry);
  const std::vector<Target> targets = store.plan(retry, in_state("scheduled"));
  REQUIRE(targets.size() == 4);
  const auto run = [&](const std::string& key, std::size_t most) {
    std::vector<Target> some;
    for (const Target& target : targets)
      if (target.locator.find(key) != std::string::npos && some.size() < most) some.push_back(target);
    return counts(store.apply(retry, some));
  };
  // Keys stand in a locator in base64.
  CHECK(run("cmVzcXVlOmRlbGF5ZWQ6NDAwMDAwMDAwMQ==", 9) == Counts{{"done", 1}});
  CHECK(server.ask({"SMEMBERS", index_of(delayed_item)}) == "delayed:4000000000");
  CHECK(server.ask({"ZRANGE", schedule, "0", "-1"}) == "4000000000");
  CHECK(run("cmVzcXVlOmRlbGF5ZWQ6NDAwMDAwMDAwMA==", 1) == Counts{{"done", 1}});
  CHECK(server.ask({"EXISTS", index_of(delayed_item)}) == "1");  // an equal one waits
  CHECK(run("cmVzcXVlOmRlbGF5ZWQ6NDAwMDAwMDAwMA==", 9) == Counts{{"changed", 1}, {"done", 2}});
  for (const std::string& key : {std::string(list), std::string(schedule), index_of(delayed_item), index_of(other)})
    CHECK(server.ask({"EXISTS", key}) == "0");
  CHECK(server.ask({"LINDEX", "resque:queue:mail", "-1"}) == other);  // other members stay, and so does the queue
  CHECK(server.ask({"LLEN", "resque:queue:mail"}) == "5");
}

TEST_CASE("a deleted delayed job comes back with its place in index and schedule, whatever of them is there") {
  RedisServer server;
  fill(server);
  delay(server, delayed_item);
  const auto whole = keyspace(server);
  WritableStore store(server, resque::system);
  const Action erase = action(ActionKind::erase);
  const std::vector<Target> targets = store.plan(erase, in_state("scheduled"));
  const std::vector<BackupRecord> backup = store.back_up(targets);
  CHECK(counts(store.apply(erase, targets)) == Counts{{"done", 1}});
  CHECK(server.ask({"EXISTS", list, schedule, index_of(delayed_item)}) == "0");
  for (const auto& there :
       std::vector<std::vector<std::string>>{{"PING"},
                                             {"ZADD", schedule, "4000000000", "4000000000"},
                                             {"SADD", index_of(delayed_item), "delayed:4000000000"}}) {
    server.run({{"DEL", list, schedule, index_of(delayed_item)}, there});
    CHECK(counts(store.administration().restore(backup, false, {})) == Counts{{"done", 1}});
    CHECK(keyspace(server) == whole);
    CHECK(counts(store.administration().restore(backup, false, {})) == Counts{{"already", 1}});
    CHECK(keyspace(server) == whole);
  }
}

TEST_CASE("a queue that is called like a delayed list is a queue") {
  RedisServer server;
  server.run({{"SADD", "resque:queues", "delayed:5"},
              {"RPUSH", "resque:queue:delayed:5", R"({"class":"A","args":[0]})"},
              {"ZADD", schedule, "5", "5"}});
  const auto whole = keyspace(server);
  WritableStore store(server, resque::system);
  const Action erase = action(ActionKind::erase);
  const std::vector<Target> targets = store.plan(erase);
  const std::vector<BackupRecord> backup = store.back_up(targets);
  CHECK(counts(store.apply(erase, targets)) == Counts{{"done", 1}});
  CHECK(server.ask({"ZCARD", schedule}) == "1");
  CHECK(counts(store.administration().restore(backup, false, {})) == Counts{{"done", 1}});
  CHECK(keyspace(server) == whole);
}

TEST_CASE("jobs move between queues as they are, and others are left alone") {
  RedisServer server;
  fill(server);
  delay(server, delayed_item);
  server.run(
      {{"SADD", "resque:workers", "h:1:*"},
       {"SET", "resque:worker:h:1:*", R"({"queue":"mail","run_at":"","payload":{"class":"R","args":[],"id":"run"}})"},
       {"RPUSH", "resque:failed",
        R"({"queue":"mail","payload":{"class":"F","args":[],"id":"fail"},"exception":"E"})"}});
  WritableStore store(server, resque::system);
  Action move = action(ActionKind::move);
  move.queue = "to";
  CHECK(counts(store.apply(move, store.plan(move))) == Counts{{"done", 1}, {"skipped", 3}});
  CHECK(server.ask({"LRANGE", "resque:queue:to", "0", "-1"}) == R"({"class":"A","args":[0]})");
  CHECK(server.ask({"SISMEMBER", "resque:queues", "to"}) == "1");
  for (const ActionKind kind : {ActionKind::retry, ActionKind::cancel, ActionKind::erase})
    CHECK(verdicts(store.plan(action(kind))).at("run").starts_with("skip: running"));
  CHECK(verdicts(store.plan(action(ActionKind::cancel))).at("fail") == "skip: it has ended");
}

TEST_CASE("all queues pause together") {
  RedisServer server;
  fill(server);
  server.run({{"SET", "resque:pause-all-workers", "no"}});
  WritableStore store(server, resque::system);
  CHECK(store.administration().set_paused({"mail", true, "", ""}).outcome == Outcome::done);
  CHECK(server.ask({"GET", "resque:pause-all-workers"}) == "true");
  CHECK(store.administration().set_paused({"mail", true, "", ""}).outcome == Outcome::already);
  CHECK(store.administration().set_paused({"mail", false, "", ""}).outcome == Outcome::done);
  CHECK(server.ask({"EXISTS", "resque:pause-all-workers"}) == "0");
}
