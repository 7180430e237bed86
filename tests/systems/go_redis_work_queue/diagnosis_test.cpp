// `doctor` on go-redis-work-queue, on a real server: every finding appears where it must, alone, and a healthy keyspace
// has none.
#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <thread>

#include "backends/engines/redis/job_store.hpp"
#include "backends/systems/go_redis_work_queue/diagnosis.hpp"
#include "backends/systems/go_redis_work_queue/system.hpp"
#include "model/error.hpp"
#include "tests/support/redis_session.hpp"
#include "tests/systems/go_redis_work_queue/elements.hpp"
#include "tests/systems/redis_diagnosis.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

const std::string low = "jobqueue:low_priority", dead = "jobqueue:dead_letter", completed = "jobqueue:completed";
const std::string rate_key = "jobqueue:rate_limit:producer";
const std::string other_list = "jobqueue:worker:host-8-1767000000000000000-c3d4-1:processing";

/// One job waits, one runs, one is done.
Commands healthy() {
  return {{"LPUSH", low, go_element(1)},
          {"LPUSH", worker_list, go_element(2)},
          {"SET", worker_heartbeat, go_element(2), "EX", "30"},
          {"LPUSH", completed, go_element(3)},
          {"SET", rate_key, "5", "EX", "1000"}};
}

Commands pushes(const std::string& key, int first, int count) {
  Commands commands;
  for (int at = first; at < first + count; at += 500) {
    commands.push_back({"LPUSH", key});
    for (int i = at; i < std::min(at + 500, first + count); ++i) commands.back().push_back(go_element(i));
  }
  return commands;
}

/// 100,000 elements that cost little to read.
Commands many_finished() {
  std::vector<std::string> push{"LPUSH", completed};
  push.resize(1002, "x");
  Commands commands(100, push);
  commands.push_back({"EXPIRE", worker_heartbeat, "30"});
  return commands;
}

std::vector<RedisDiagnosisCase> cases() {
  const std::string future = "\"2199-01-01T00:00:00Z\"";
  const Commands nobody_works{{"DEL", worker_list, worker_heartbeat}};
  return {
      {"created-in-the-future", {{"LPUSH", low, go_element(4, {{"creation_time", future}})}}, 1, {"job-4"}},
      {"wrong-key-type", {{"SET", dead, "x"}}, std::nullopt, {dead}, "redis-cli TYPE " + dead},
      {"expiring-key", {{"EXPIRE", low, "600"}}, 1, {low}, "redis-cli PERSIST " + low},
      {"unconsumed-queue",
       {{"LPUSH", "app:bulk", go_element(4, {{"priority", "\"bulk\""}}), go_element(5, {{"priority", "\"bulk\""}})}},
       2,
       {"app:bulk"},
       {},
       {"queue-without-priority"},
       {{"worker.queues.bulk", "app:bulk"}}},
      {"completed-list-grows", many_finished(), 100'001, {completed}, "LTRIM " + completed + " 0 99999"},
      {"double-listed", {{"LPUSH", completed, go_element(1)}}, 1, {"job-1"}, "job show -s <source> job-1"},
      {"no-live-workers", nobody_works, std::nullopt},
      {"orphaned-job", {{"LPUSH", other_list, go_element(4)}}, 1, {"job-4"}, "job retry -s <source> job-4"},
      {"stranded-job", {{"RPUSH", worker_list, go_element(4)}}, 1, {"job-4"}},
      {"heartbeat-without-expiry", {{"PERSIST", worker_heartbeat}}, 1, {"job-2"}},
      {"heartbeat-of-another-type",
       {{"DEL", worker_heartbeat}, {"LPUSH", worker_heartbeat, "x"}, {"EXPIRE", worker_heartbeat, "30"}},
       1,
       {"job-2"}},
      {"heartbeat-ttl-differs", {{"EXPIRE", worker_heartbeat, "600"}}, 1, {"job-2"}},
      {"undecodable-element", {{"LPUSH", low, "no json"}}, 1, {"element-f9e554561b9636b8"}},
      {"rejected-element", {{"LPUSH", low, go_element(4, {{"retries", "1.0"}})}}, 1, {"job-4"}},
      {"job-without-id", {{"LPUSH", low, "null"}}, 1, {"element-5b9bc4ba528108e4"}},
      {"wrong-priority-list", {{"LPUSH", low, go_element(4, {{"priority", "\"high\""}})}}, 1, {"job-4"}},
      {"bad-creation-time", {{"LPUSH", low, go_element(4, {{"creation_time", "\"soon\""}})}}, 1, {"job-4"}},
      {"dead-letters", {{"LPUSH", dead, go_element(4), go_element(5)}}, 2, {"job-5", "job-4"}, "--state dead"},
      {"unread-list",
       {{"LPUSH", "acme:normal", go_element(4), go_element(5)}, {"LPUSH", "other:list", "x"}},
       2,
       {"acme:normal"},
       "worker.queues.NAME"},
      {"rate-limit-stuck", {{"PERSIST", rate_key}}, std::nullopt, {rate_key}, "redis-cli DEL " + rate_key},
      {"pause-without-reader", {{"SET", "jobqueue:paused:low", "1"}}, 1, {"jobqueue:paused:low"}},
      {"queue-without-priority", {}, std::nullopt, {}, {}, {}, {{"worker.queues.bulk", "app:bulk"}}},
      {"priority-without-queue", {}, std::nullopt, {}, {}, {}, {{"worker.priorities", "high,low,Bulk"}}},
      {"one-list-two-roles", {}, std::nullopt, {}, {}, {"unread-list"}, {{"worker.completed_list", dead}}},
      {"renamed-patterns",
       {{"RENAME", worker_heartbeat, "app:beat:w"}, {"RENAME", worker_list, "app:w:list"}},
       std::nullopt,
       {},
       {},
       {},
       {{"worker.heartbeat_key_pattern", "app:beat:%s"}, {"worker.processing_list_pattern", "app:%s:list"}}},
      {"maxmemory-policy",
       {{"CONFIG", "SET", "maxmemory", "100mb"}, {"CONFIG", "SET", "maxmemory-policy", "allkeys-lru"}},
       std::nullopt}};
}

Source named() {
  Source source;
  source.system = "go-redis-work-queue";
  return source;
}

}  // namespace

TEST_CASE("a healthy go-redis-work-queue has no findings, and an empty one neither") {
  RedisServer server;
  CHECK(codes_of(diagnose_store(*open_redis_store(server.target(), go_redis_work_queue::system, named()), {})).empty());
  server.run(healthy());
  const std::unique_ptr<JobStore> store = open_redis_store(server.target(), go_redis_work_queue::system);
  CHECK(codes_of(diagnose_store(*store, {})).empty());
  ReadLimits unbounded;
  unbounded.scan.reset();
  CHECK(codes_of(diagnose_store(*store, unbounded)).empty());
}

TEST_CASE("every finding on go-redis-work-queue appears where it must, alone") {
  check_cases(cases(), healthy(), go_redis_work_queue::system);
}

TEST_CASE("every code of go-redis-work-queue has a case") {
  std::set<std::string> expected = codes_of(common_diagnoses());
  expected.merge(codes_of(go_redis_work_queue::diagnoses));
  expected.insert({"queue-without-priority", "priority-without-queue", "one-list-two-roles", "renamed-patterns",
                   "maxmemory-policy"});
  // Below, because they need more than commands.
  std::set<std::string> found{"not-all-jobs", "clock-skew", "idle-workers-unknown", "wedged-fleet",
                              "workers-uncertain"};
  for (const RedisDiagnosisCase& one : cases()) CHECK(found.insert(one.code).second);
  CHECK(found == expected);
}

TEST_CASE("jobs beyond the bound are told, finished ones are not") {
  RedisServer server;
  server.run(healthy());
  server.run(pushes(completed, 10, 2500));
  const std::unique_ptr<JobStore> store = open_redis_store(server.target(), go_redis_work_queue::system);
  ReadLimits limits;
  limits.scan = 1000;
  CHECK(codes_of(store->diagnose(limits)).empty());
  server.run(pushes(low, 5000, 2500));
  const std::vector<Finding> findings = store->diagnose(limits);
  CHECK(codes_of(findings) == std::set<std::string>{"not-all-jobs"});
  CHECK(findings.at(0).unanswered);
  limits.scan.reset();
  CHECK(codes_of(store->diagnose(limits)).empty());
  limits.deadline = std::chrono::steady_clock::now();
  const std::vector<Finding> late = store->diagnose(limits);
  CHECK(codes_of(late).contains("not-all-jobs"));
}

TEST_CASE("a server whose clock is not ours") {
  ::setenv("LD_PRELOAD", FIXED_CLOCK_LIBRARY, 1);
  ::setenv("QUEUETRACE_TEST_NOW", "1767328200", 1);
  RedisServer server;
  ::unsetenv("LD_PRELOAD");
  ::unsetenv("QUEUETRACE_TEST_NOW");
  server.run(healthy());
  const std::vector<Finding> findings = open_redis_store(server.target(), go_redis_work_queue::system)->diagnose({});
  CHECK(codes_of(findings) == std::set<std::string>{"clock-skew"});
}

TEST_CASE("without CLIENT LIST nobody knows whether workers wait") {
  RedisServer server;
  server.run({{"LPUSH", low, go_element(1)}, {"ACL", "SETUSER", "reader", "on", ">pw", "~*", "+@all", "-client|list"}});
  RedisTarget target = server.target();
  target.user = "reader";
  target.password = Secret("pw");
  CHECK(codes_of(open_redis_store(target, go_redis_work_queue::system)->diagnose({})) ==
        std::set<std::string>{"idle-workers-unknown"});
  target.password = Secret("wrong");
  CHECK_THROWS_AS(open_redis_store(target, go_redis_work_queue::system), Error);
}

TEST_CASE("a worker that waits for jobs is a live one") {
  RedisServer server;
  server.run({{"LPUSH", low, go_element(1)}});
  const std::unique_ptr<JobStore> store = open_redis_store(server.target(), go_redis_work_queue::system);
  CHECK(codes_of(store->diagnose({})) == std::set<std::string>{"no-live-workers"});
  // Blocked on a queue that stays empty, as a worker whose higher priority has nothing.
  std::thread worker([&] {
    CHECK_THROWS(server.run({{"BRPOPLPUSH", "jobqueue:high_priority", "jobqueue:worker:w:processing", "0"}}));
  });
  while (server.ask({"INFO", "clients"}).find("blocked_clients:1") == std::string::npos)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  // Another program may wait so, too.
  CHECK(codes_of(store->diagnose({})) == std::set<std::string>{"workers-uncertain"});
  PeekQuery why;
  why.why = true;
  CHECK(store->peek(why).queues.at(0).notes.at(0).starts_with("whether workers live cannot be told"));
  RedisSession process(server);
  process.ask({"LLEN", "jobqueue:high_priority"});
  CHECK(codes_of(store->diagnose({})).empty());
  server.kill();
  worker.join();
}

TEST_CASE("clients of other databases, of other commands and of this program hide no missing worker") {
  RedisServer server;
  server.run({{"LPUSH", low, go_element(1)}});
  const std::unique_ptr<JobStore> store = open_redis_store(server.target(), go_redis_work_queue::system);
  // Our own LLEN and SCAN, here and in a second session.
  const std::unique_ptr<JobStore> again = open_redis_store(server.target(), go_redis_work_queue::system);
  again->diagnose({});
  RedisSession other_database(server);
  other_database.ask({"SELECT", "3"});
  other_database.ask({"LLEN", low});
  RedisSession other_command(server);
  other_command.ask({"GET", "x"});
  CHECK(codes_of(store->diagnose({})) == std::set<std::string>{"no-live-workers"});
  PeekQuery why;
  why.why = true;
  CHECK(store->peek(why).queues.at(0).waiting.at(0).reason == "no-live-workers");
}

TEST_CASE("workers that are connected and take nothing are told from workers that are gone") {
  RedisServer server;
  server.run({{"LPUSH", low, go_element(1)}});
  const std::unique_ptr<JobStore> store = open_redis_store(server.target(), go_redis_work_queue::system);
  PeekQuery why;
  why.why = true;
  for (const std::vector<std::string>& command :
       std::vector<std::vector<std::string>>{{"LLEN", "jobqueue:high_priority"}, {"SCAN", "0"}}) {
    // What a process goes on with while its circuit breaker is open, or its workers hang.
    RedisSession process(server);
    process.ask(command);
    CHECK(codes_of(store->diagnose({})) == std::set<std::string>{"wedged-fleet"});
    CHECK(store->peek(why).queues.at(0).waiting.at(0).reason == "workers-take-nothing");
  }
  CHECK(codes_of(store->diagnose({})) == std::set<std::string>{"no-live-workers"});
}

TEST_CASE("a bound that is reached is said, and what was counted up to it is no exact number") {
  RedisServer server;
  server.run(healthy());
  Commands pauses;
  for (int i = 0; i < 4500; ++i) pauses.push_back({"SET", "jobqueue:paused:" + std::to_string(i), "1"});
  server.run(pauses);
  const std::vector<Finding> findings = open_redis_store(server.target(), go_redis_work_queue::system)->diagnose({});
  REQUIRE(codes_of(findings) == std::set<std::string>{"pause-without-reader"});
  CHECK(findings.at(0).unanswered);
  REQUIRE(findings.at(0).count);
  CHECK(findings.at(0).count->exactness == Exactness::at_least);
  // Nobody is seen to work within the limits: that is not known, and not silence.
  RedisServer idle;
  idle.run({{"LPUSH", low, go_element(1)}});
  const std::unique_ptr<JobStore> store = open_redis_store(idle.target(), go_redis_work_queue::system);
  ReadLimits late;
  late.deadline = std::chrono::steady_clock::now();
  bool told = false;
  for (const Finding& finding : store->diagnose(late))
    told = told || (finding.code == "no-live-workers" && finding.unanswered);
  CHECK(told);
}

TEST_CASE("random trace ids are told where the system's own configuration says so") {
  RedisServer server;
  server.run(healthy());
  Source source = named();
  source.system_config = server.folder() / "config.yaml";
  const auto codes = [&](const std::string& tracing) {
    std::ofstream(*source.system_config) << "observability:\n  tracing:\n" << tracing;
    return codes_of(open_redis_store(server.target(), go_redis_work_queue::system, source)->diagnose({}));
  };
  const std::set<std::string> random{"random-trace-ids"};
  CHECK(codes("    endpoint: http://x\n") == random);
  CHECK(codes("    enabled: false\n    sampling_rate: 1.0\n") == random);
  CHECK(codes("    enabled: true\n") == random);
  CHECK(codes("    enabled: true\n    sampling_strategy: never\n    sampling_rate: 1\n") == random);
  CHECK(codes("    enabled: true\n    sampling_rate: 0.1\n").empty());
  CHECK(codes("    enabled: true\n    sampling_strategy: always\n").empty());
}
