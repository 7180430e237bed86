// What a backup of go-redis-work-queue puts back, and where.
#include <doctest/doctest.h>

#include "tests/systems/go_redis_work_queue/changes.hpp"

using namespace queuetrace;
using namespace queuetrace::test;
using namespace queuetrace::test::go_redis;

TEST_CASE("a backup puts elements back in their place, byte for byte, beside what arrived meanwhile") {
  RedisServer server;
  using namespace std::string_literals;
  std::vector<std::string> words{"LPUSH", dead, "\0binary\xff\xfe"s, "", "{}"};
  for (int i = 0; i < 1500; ++i) words.push_back(job("d" + std::to_string(i), "low", 3));
  server.run({words, {"PEXPIRE", dead, "5000000"}, {"LPUSH", low, job("w1"), job("w2"), "\xc3\x28"}});
  const auto before = keyspace(server);
  WritableStore store(server, go_redis_work_queue::system);
  const std::vector<Target> targets = store.plan(erase());
  REQUIRE(targets.size() == 1506);
  std::vector<BackupRecord> records;
  SUBCASE("all first") { records = store.back_up(targets); }
  SUBCASE("chunk by chunk") {
    for (std::size_t at = 0; at < targets.size(); at += 200) {
      const std::vector<Target> chunk(targets.begin() + static_cast<long>(at),
                                      targets.begin() + static_cast<long>(std::min(at + 200, targets.size())));
      for (BackupRecord& record : store.back_up(chunk)) records.push_back(std::move(record));
      CHECK(counts(store.apply(erase(), chunk)) == std::map<std::string, int>{{"done", chunk.size()}});
    }
  }
  REQUIRE(records.size() == 1506);
  store.apply(erase(), targets);
  CHECK(server.ask({"DBSIZE"}) == "0");
  CHECK(counts(store.administration().restore(records, true, {})) == std::map<std::string, int>{{"done", 1506}});
  CHECK(server.ask({"DBSIZE"}) == "0");
  CHECK(counts(store.administration().restore(records, false, {})) == std::map<std::string, int>{{"done", 1506}});
  CHECK(keyspace(server) == before);
  // Twice, by the same and by another administration.
  CHECK(counts(store.administration().restore(records, false, {})) == std::map<std::string, int>{{"already", 1506}});
  WritableStore other(server, go_redis_work_queue::system);
  CHECK(counts(other.administration().restore(records, false, {})) == std::map<std::string, int>{{"already", 1506}});
  CHECK(keyspace(server) == before);
}

TEST_CASE("some elements of a list come back between their neighbours; new ones stay in front") {
  RedisServer server;
  std::vector<std::string> words{"LPUSH", dead};
  for (int i = 0; i < 40; ++i) words.push_back(job("d" + std::to_string(i)));
  server.run({words});
  const std::string before = all_of(server, dead);
  WritableStore store(server, go_redis_work_queue::system);
  std::vector<Target> some;
  for (const Target& target : store.plan(erase()))
    if (const std::string id = target.job.ref.id.raw();
        id.back() == '3' || id.back() == '4' || id == "d0" || id == "d39")
      some.push_back(target);
  const std::vector<BackupRecord> records = store.back_up(some);
  CHECK(counts(store.apply(erase(), some)) == std::map<std::string, int>{{"done", 10}});
  server.run({{"LPUSH", dead, "new1", "new2"}});
  CHECK(counts(store.administration().restore(records, false, {})) == std::map<std::string, int>{{"done", 10}});
  CHECK(all_of(server, dead) == "new2 new1 " + before);
}

TEST_CASE("what a worker took meanwhile is not put back a second time") {
  RedisServer server;
  server.run({{"LPUSH", low, job("a"), job("b")}, {"LPUSH", dead, job("d", "low", 3)}});
  WritableStore store(server, go_redis_work_queue::system);
  const std::vector<Target> targets = store.plan(erase());
  const std::vector<BackupRecord> records = store.back_up(targets);
  server.run({{"RPOPLPUSH", low, list}, {"SET", heartbeat, job("a")}});
  CHECK(store.back_up(targets).size() == 2);
  CHECK(outcomes(store.apply(erase(), targets)) ==
        "changed: it is not in its list any more: a worker took it, or it was removed; done done");
  CHECK(outcomes(store.administration().restore(records, false, {})) ==
        "skipped: the same job is in another list; done done");
  CHECK(all_of(server, low) == job("b"));
  CHECK(all_of(server, dead) == job("d", "low", 3));
  CHECK(all_of(server, list) == job("a"));
}

TEST_CASE("a dead letter that was put back and completed since does not come back a second time") {
  RedisServer server;
  server.run({{"LPUSH", dead, job("d", "low", 3), job("other", "low", 3)}, {"LPUSH", completed, job("before")}});
  WritableStore store(server, go_redis_work_queue::system);
  const std::vector<BackupRecord> records = store.back_up(store.plan(erase(), in_state("dead")));
  CHECK(counts(store.apply(erase(), store.plan(erase(), in_state("dead")))) == std::map<std::string, int>{{"done", 2}});
  CHECK(counts(store.administration().restore(records, false, {})) == std::map<std::string, int>{{"done", 2}});
  CHECK(counts(store.apply(retry(), store.plan(retry(), with_ids({"other"})))) ==
        std::map<std::string, int>{{"done", 1}});
  // A worker does it, in its own steps.
  server.run({{"RPOPLPUSH", low, list}, {"LPUSH", completed, job("other")}, {"DEL", list}});
  for (const bool dry_run : {true, false}) {
    WritableStore again(server, go_redis_work_queue::system);
    const std::vector<TargetReport> reports = again.administration().restore(records, dry_run, {});
    CHECK(counts(reports) == std::map<std::string, int>{{"already", 1}, {"skipped", 1}});
  }
  CHECK(all_of(server, dead) == job("d", "low", 3));
  // The other way round nothing is in the way: what completed is history.
  const std::vector<Target> finished = store.plan(erase(), in_state("completed"));
  const std::vector<BackupRecord> history = store.back_up(finished);
  store.apply(erase(), finished);
  server.run({{"LPUSH", dead, job("before", "low", 3)}});
  CHECK(counts(store.administration().restore(history, false, {})) == std::map<std::string, int>{{"done", 2}});
}
