// emp-job-queue on a real server: checks, detection beside another system, denied commands, the loss of the server.
#include "backends/systems/emp_job_queue/system.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

#include "backends/systems/go_redis_work_queue/system.hpp"
#include "model/error.hpp"
#include "tests/systems/emp_job_queue/records.hpp"
#include "tests/systems/redis_store.hpp"
#include "tracing/trace_id.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

const std::filesystem::path fixtures = "fixtures";

const Finding* finding(const StoreCheck& check, std::string_view subject) {
  for (const Finding& one : check.findings)
    if (one.subject == subject) return &one;
  return nullptr;
}

}  // namespace

TEST_CASE("check names what is wrong and what shows the system") {
  RedisServer server;
  server.load(fixtures / "standard/load.redis");
  const std::unique_ptr<JobStore> store = open_redis_store(server.target(), emp_job_queue::system);
  const StoreCheck check = store->check({});
  for (const char* subject : {"ghosts", "poison requirements", "unclaimable", "score formulas", "claim function",
                              "trace ids", "notify-keyspace-events", "evidence"}) {
    CAPTURE(subject);
    REQUIRE(finding(check, subject) != nullptr);
  }
  CHECK(finding(check, "ghosts")->text.ends_with("(1 found)"));
  CHECK(finding(check, "unclaimable")->text.ends_with("1 hardware, 1 unmatchable-requirement (2 found)"));
  // What only the jobs themselves tell is for `doctor`.
  std::map<std::string, std::uint64_t> found;
  for (const Finding& one : store->diagnose({})) found[one.code] = one.count ? one.count->value : 0;
  CHECK(found == std::map<std::string, std::uint64_t>{{"abandoned-job", 1},
                                                      {"ghost", 1},
                                                      {"in-both-results", 1},
                                                      {"lost-job", 1},
                                                      {"missing-function", 0},
                                                      {"poison-requirements", 1},
                                                      {"retried-jobs-starve", 1},
                                                      {"stale-worker", 1},
                                                      {"unclaimable-job", 2}});
  CHECK(finding(check, "evidence")->text == "key function:checksum:jobMatching");
}

TEST_CASE("two systems in one Redis are both found and addressed") {
  RedisServer server;
  server.load(fixtures / "traced/load.redis");
  server.load("../go_redis_work_queue/fixtures/standard/load.redis");
  Source source;
  source.name = "shared";
  const RedisSystem* const systems[] = {&emp_job_queue::system, &go_redis_work_queue::system};
  const std::shared_ptr<RedisConnection> connection = connect_redis(server.target());
  const std::vector<std::unique_ptr<JobStore>> stores = open_redis_stores(connection, source, systems);
  REQUIRE(stores.size() == 2);
  CHECK(stores[0]->address() == "shared/emp-job-queue");
  CHECK(stores[1]->address() == "shared/go-redis-work-queue");
  CHECK(all_jobs(*stores[0], {}).size() == 11);
  CHECK(all_jobs(*stores[1], {}).size() == 24);
  CHECK(all_jobs(*stores[0], {}).at(0).ref.source == "shared/emp-job-queue");
  source.system = "emp-job-queue";
  CHECK(open_redis_stores(connection, source, systems).at(0)->address() == "shared");
  source.keys = {{"worker.queues.high", "x"}};
  CHECK_THROWS_AS(open_redis_stores(connection, source, systems), Error);
}

TEST_CASE("detection needs what no other system has") {
  RedisServer server;
  const RedisSystem* const systems[] = {&emp_job_queue::system};
  const std::shared_ptr<RedisConnection> connection = connect_redis(server.target());
  server.run({{"HSET", "job:1", "id", "1", "status", "pending"}, {"ZADD", "jobs:pending", "1", "1"}});
  CHECK_THROWS_AS(open_redis_stores(connection, {}, systems), Error);
  server.run({{"HSET", "job:1", "service_required", "s", "max_retries", "3"}});
  CHECK(open_redis_stores(connection, {}, systems).size() == 1);
  server.run({{"DEL", "jobs:pending"}});
  CHECK(open_redis_stores(connection, {}, systems).size() == 1);
  server.run({{"DEL", "job:1"},
              {"FUNCTION", "LOAD",
               "#!lua name=jobMatching\nredis.register_function('findMatchingJob', function() return nil end)"}});
  CHECK(open_redis_stores(connection, {}, systems).size() == 1);
}

TEST_CASE("denied commands: all denied is an error with a name, some denied only say less") {
  RedisServer server;
  server.load(fixtures / "standard/load.redis");
  server.run({{"ACL", "SETUSER", "reader", "on", ">pw", "~*", "+@read", "+@connection", "+@transaction", "+time",
               "+info", "-keys"},
              {"ACL", "SETUSER", "nobody", "on", ">pw", "resetkeys", "~nothing", "+@all"}});
  RedisTarget target = server.target();
  target.user = "reader";
  target.password = Secret("pw");
  const std::unique_ptr<JobStore> store = open_redis_store(target, emp_job_queue::system);
  CHECK(all_jobs(*store, {}).size() == 18);
  const StoreCheck check = store->check({});
  CHECK(finding(check, "claim function")->text.starts_with("FUNCTION LIST is not permitted"));
  CHECK(finding(check, "notify-keyspace-events") == nullptr);

  target.user = "nobody";
  Source source;
  source.system = "emp-job-queue";
  const RedisSystem* const systems[] = {&emp_job_queue::system};
  const std::vector<std::unique_ptr<JobStore>> stores = open_redis_stores(connect_redis(target), source, systems);
  for (int call = 0; call < 4; ++call) {
    CAPTURE(call);
    try {
      switch (call) {
        case 0: stores.at(0)->list({}); break;
        case 1: stores.at(0)->peek({}); break;
        case 2: stores.at(0)->statistics({}); break;
        default: stores.at(0)->check({}); break;
      }
      FAIL("a denied read went through");
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::authentication);
    }
  }
}

TEST_CASE("a server that dies in the middle of a listing is an error, not an end") {
  RedisServer server;
  server.run(many_jobs(0, 3000));
  const std::unique_ptr<JobStore> store = open_redis_store(server.target(), emp_job_queue::system);
  for (const JobOrder order : {JobOrder::storage, JobOrder::newest}) {
    JobQuery query;
    query.order = order;
    query.page_size = 100;
    const Page page = store->list(query);
    REQUIRE(page.next);
    query.after = page.next;
    server.kill();
    try {
      store->list(query);
      FAIL("the listing went on without a server");
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::unreachable);
    }
    break;
  }
}
