// Changes of go-redis-work-queue that the server, the connection or the cluster do not let happen.
#include <doctest/doctest.h>

#include <thread>

#include "tests/systems/go_redis_work_queue/changes.hpp"

using namespace queuetrace;
using namespace queuetrace::test;
using namespace queuetrace::test::go_redis;

TEST_CASE("a connection lost after the write was sent leaves targets in doubt") {
  RedisServer server;
  server.run({{"LPUSH", dead, job("d1"), job("d2")}});
  WritableStore store(server, go_redis_work_queue::system);
  const std::vector<Target> targets = store.plan(erase());
  // The clock still answers; the script waits for a server that never comes to it.
  server.run({{"CLIENT", "PAUSE", "60000", "WRITE"}});
  std::thread end([&] {
    while (server.ask({"CLIENT", "LIST"}).find(" cmd=eval") == std::string::npos)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    server.kill();
  });
  const std::vector<TargetReport> reports = store.apply(erase(), targets);
  end.join();
  REQUIRE(reports.size() == 2);
  CHECK(reports[0].outcome == Outcome::unknown);
  CHECK(reports[0].reason == "the connection was lost before the server answered");
  CHECK(reports[1].outcome == Outcome::unknown);
  CHECK_THROWS_AS(store.apply(erase(), targets), Error);
}

TEST_CASE("a full server and a denied command change nothing") {
  RedisServer server;
  server.run({{"LPUSH", dead, job("d1", "low", 3)}, {"CONFIG", "SET", "maxmemory", "1"}});
  WritableStore store(server, go_redis_work_queue::system);
  const auto before = keyspace(server);
  const std::vector<TargetReport> full = store.apply(retry(), store.plan(retry()));
  REQUIRE(full.size() == 1);
  CHECK(full[0].outcome == Outcome::failed);
  CHECK(full[0].reason == "the server refused it");
  server.run({{"CONFIG", "SET", "maxmemory", "0"},
              {"ACL", "SETUSER", "limited", "on", ">secret", "allkeys", "+@all", "-lrem"}});
  CHECK(keyspace(server) == before);
  RedisTarget target = server.target();
  target.user = "limited";
  target.password = Secret("secret");
  WritableStore limited(target, go_redis_work_queue::system);
  const std::vector<TargetReport> denied = limited.apply(retry(), limited.plan(retry()));
  REQUIRE(denied.size() == 1);
  CHECK(denied[0].outcome == Outcome::failed);
  CHECK(keyspace(server) == before);
}

TEST_CASE("a store opened for reading changes nothing") {
  RedisServer server;
  server.run({{"LPUSH", dead, job("d1", "low", 3)}});
  Source source;
  source.name = "test";
  const RedisSystem* const systems[] = {&go_redis_work_queue::system};
  const std::unique_ptr<JobStore> store =
      std::move(open_redis_stores(connect_redis(server.target()), source, systems).front());
  CHECK_THROWS_WITH_AS(store->administration(), "source 'test' was opened for reading", Error);
  CHECK(server.ask({"LLEN", dead}) == "1");
}

TEST_CASE("on a cluster an element can be removed, but not pushed to a list in another slot") {
  RedisServer server({"--cluster-enabled", "yes"});
  server.run({{"CLUSTER", "ADDSLOTSRANGE", "0", "16383"}});
  while (server.ask({"CLUSTER", "INFO"}).find("cluster_state:ok") == std::string::npos) {
  }
  server.run({{"LPUSH", dead, job("d1", "low", 3), job("d2", "low", 3)}});
  RedisTarget target = server.tcp_target();
  target.kind = RedisTarget::Kind::cluster;
  WritableStore store(target, go_redis_work_queue::system);
  const std::string apart =
      "skipped: its keys lie in different slots of the cluster, so they cannot be changed in one step;";
  CHECK(outcomes(store.apply(retry(), store.plan(retry()))) == apart + " " + apart);
  CHECK(outcomes(store.apply(erase(), store.plan(erase(), with_ids({"d1"})))) == "done");
  CHECK(all_of(server, dead) == job("d2", "low", 3));
}
