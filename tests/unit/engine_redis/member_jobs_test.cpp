// Plans, changes and backups of jobs in sorted sets and hashes, and of ids in containers with their records.
#include <doctest/doctest.h>

#include <map>

#include "tests/systems/redis_writes.hpp"
#include "tests/unit/engine_redis/made_up_shop.hpp"

using namespace queuetrace;
using test::RedisServer;
using test::WritableStore;
namespace shop = test::shop;

namespace {

const std::string binary("\0\xff\x80", 3);

std::map<std::string, std::string> everything(RedisServer& server) {
  std::map<std::string, std::string> out;
  for (const char* key : {"shop:mail:wait", "shop:mail:again"}) out[key] = server.ask({"LRANGE", key, "0", "-1"});
  for (const char* key : {"shop:mail:urgent", "shop:mail:later", "shop:mail:done", "shop:dead"})
    out[key] = server.ask({"ZRANGE", key, "0", "-1", "WITHSCORES"});
  out["shop:held"] = server.ask({"HGETALL", "shop:held"});
  for (const char* id : {"1", "2", "4"}) {
    const std::string key = std::string("shop:mail:job:") + id;
    out[key] = server.ask({"TYPE", key}) == "string" ? server.ask({"GET", key}) : server.ask({"HGETALL", key});
  }
  out["queues"] = server.ask({"SMEMBERS", "shop:queues"});
  return out;
}

Action action(ActionKind kind) {
  Action out;
  out.kind = kind;
  return out;
}

std::map<std::string, int> counts(const std::vector<TargetReport>& reports) {
  std::map<std::string, int> out;
  for (const TargetReport& report : reports) ++out[std::string(to_word(report.outcome))];
  return out;
}

using Counts = std::map<std::string, int>;

}  // namespace

TEST_CASE("jobs in sorted sets and hashes are deleted and put back byte for byte") {
  RedisServer server;
  server.run({{"SADD", "shop:queues", "shop:mail"},
              {"ZADD", "shop:dead", "1760000000.123456", "d1 001" + binary, "17", "d2 002", "17", "d3 003"},
              {"HSET", "shop:held", "w1", "h1 004" + binary, "w2", "h2 005"}});
  const RedisSystem system = shop::system(true);
  WritableStore store(server, system);
  const auto before = everything(server);
  std::vector<Target> targets = store.plan(action(ActionKind::erase));
  REQUIRE(targets.size() == 5);
  // A plan is kept as text.
  for (const Target& target : targets) CHECK(to_text(read_redis_locator(target.locator)) == target.locator);
  const std::vector<BackupRecord> records = store.back_up(targets);
  CHECK(records.size() == 5);
  CHECK(counts(store.apply(action(ActionKind::erase), targets)) == Counts{{"done", 5}});
  CHECK(server.ask({"EXISTS", "shop:dead", "shop:held"}) == "0");
  CHECK(counts(store.apply(action(ActionKind::erase), targets)) == Counts{{"already", 5}});
  CHECK(store.back_up(targets).empty());
  CHECK(counts(store.administration().restore(records, true, {})) == Counts{{"done", 5}});
  CHECK(server.ask({"EXISTS", "shop:dead", "shop:held"}) == "0");
  CHECK(counts(store.administration().restore(records, false, {})) == Counts{{"done", 5}});
  CHECK(everything(server) == before);
  CHECK(counts(store.administration().restore(records, false, {})) == Counts{{"already", 5}});
  server.run({{"ZADD", "shop:dead", "18", "d2 002"}, {"HSET", "shop:held", "w2", "h3 006"}});
  CHECK(counts(store.administration().restore(records, false, {})) == Counts{{"already", 3}, {"skipped", 2}});
}

TEST_CASE("a member or field that changed since the plan is left alone") {
  RedisServer server;
  server.run({{"SADD", "shop:queues", "shop:mail"},
              {"ZADD", "shop:dead", "17", "d1 001", "17", "d2 002"},
              {"HSET", "shop:held", "w1", "h1 004"}});
  const RedisSystem system = shop::system(true);
  WritableStore store(server, system);
  const std::vector<Target> targets = store.plan(action(ActionKind::erase));
  server.run({{"ZADD", "shop:dead", "18", "d1 001"}, {"HSET", "shop:held", "w1", "other 1"}});
  CHECK(store.back_up(targets).size() == 1);
  CHECK(counts(store.apply(action(ActionKind::erase), targets)) == Counts{{"changed", 2}, {"done", 1}});
  CHECK(server.ask({"ZRANGE", "shop:dead", "0", "-1"}) == "d1 001");
}

TEST_CASE("a member goes into a list in one step, and its queue is named") {
  RedisServer server;
  server.run({{"SADD", "shop:queues", "shop:other"}, {"ZADD", "shop:dead", "17", "d1 001" + binary, "18", "d2 002"}});
  const RedisSystem system = shop::system(true);
  WritableStore store(server, system);
  const std::vector<Target> targets = store.plan(action(ActionKind::retry));
  CHECK(counts(store.apply(action(ActionKind::retry), targets)) == Counts{{"done", 2}});
  CHECK(server.ask({"LRANGE", "shop:mail:again", "0", "-1"}).size() == std::string("d1 001xxx d2 002").size());
  CHECK(server.ask({"SISMEMBER", "shop:queues", "shop:mail"}) == "1");
  CHECK(server.ask({"EXISTS", "shop:dead"}) == "0");
}

TEST_CASE("an id in a list or sorted set goes with its record, and comes back with it") {
  for (const bool strings : {false, true}) {
    CAPTURE(strings);
    RedisServer server;
    const auto record = [&](const std::string& id, const std::string& made) {
      if (strings)
        server.run({{"SET", "shop:mail:job:" + id, made + binary}});
      else
        server.run({{"HSET", "shop:mail:job:" + id, "made", made, "state", "w", "body", binary}});
    };
    server.run({{"SADD", "shop:queues", "shop:mail"},
                {"LPUSH", "shop:mail:wait", "1", "2"},
                {"ZADD", "shop:mail:urgent", "5.25", "4"}});
    record("1", "101");
    record("2", "102");
    record("4", "104");
    server.run({{"PEXPIREAT", "shop:mail:job:4", "4000000000000"}});
    RedisSystem system = shop::system();
    if (strings) {
      system.read.record_type = RecordType::string;
      system.change.guard_fields = {};
    }
    WritableStore store(server, system);
    const auto before = everything(server);
    const std::vector<Target> targets = store.plan(action(ActionKind::erase));
    REQUIRE(targets.size() == 3);
    for (const Target& target : targets) CHECK(to_text(read_redis_locator(target.locator)) == target.locator);
    const std::vector<BackupRecord> records = store.back_up(targets);
    REQUIRE(records.size() == 3);
    CHECK(counts(store.apply(action(ActionKind::erase), targets)) == Counts{{"done", 3}});
    CHECK(server.ask({"DBSIZE"}) == "1");
    CHECK(counts(store.apply(action(ActionKind::erase), targets)) == Counts{{"already", 3}});
    CHECK(counts(store.administration().restore(records, false, {})) == Counts{{"done", 3}});
    CHECK(everything(server) == before);
    CHECK(server.ask({"PEXPIRETIME", "shop:mail:job:4"}) == "4000000000000");
    CHECK(counts(store.administration().restore(records, false, {})) == Counts{{"already", 3}});
  }
}

TEST_CASE("a record that is a string and changed since the plan is left alone") {
  RedisServer server;
  server.run({{"SADD", "shop:queues", "shop:mail"},
              {"LPUSH", "shop:mail:wait", "1", "2"},
              {"SET", "shop:mail:job:1", "101 w"},
              {"SET", "shop:mail:job:2", "102 w"}});
  RedisSystem system = shop::system();
  system.read.record_type = RecordType::string;
  system.change.guard_fields = {};
  WritableStore store(server, system);
  const std::vector<Target> targets = store.plan(action(ActionKind::erase));
  server.run({{"SET", "shop:mail:job:1", "101 x"}});
  CHECK(store.back_up(targets).size() == 1);
  CHECK(counts(store.apply(action(ActionKind::erase), targets)) == Counts{{"changed", 1}, {"done", 1}});
  CHECK(server.ask({"GET", "shop:mail:job:1"}) == "101 x");
}

TEST_CASE("a record that changed since the plan, or an id with another score, is left alone") {
  RedisServer server;
  server.run({{"SADD", "shop:queues", "shop:mail"},
              {"LPUSH", "shop:mail:wait", "1"},
              {"ZADD", "shop:mail:urgent", "5", "4"},
              {"HSET", "shop:mail:job:1", "made", "101", "state", "w"},
              {"HSET", "shop:mail:job:4", "made", "104", "state", "w"}});
  const RedisSystem system = shop::system();
  WritableStore store(server, system);
  const std::vector<Target> targets = store.plan(action(ActionKind::erase));
  server.run({{"HSET", "shop:mail:job:1", "state", "x"}, {"ZADD", "shop:mail:urgent", "6", "4"}});
  CHECK(store.back_up(targets).empty());
  CHECK(counts(store.apply(action(ActionKind::erase), targets)) == Counts{{"changed", 2}});
}
