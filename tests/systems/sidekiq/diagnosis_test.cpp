// `doctor` on Sidekiq, on a real server: every finding appears where it must, alone, and a healthy keyspace has none.
#include <doctest/doctest.h>

#include "backends/engines/redis/job_store.hpp"
#include "backends/systems/sidekiq/parts.hpp"
#include "backends/systems/sidekiq/system.hpp"
#include "tests/systems/redis_diagnosis.hpp"
#include "tests/systems/sidekiq/jobs.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

const std::string ahead = "4102444800";
const std::string gone = "web-2:2:bbbbbbbbbbbb";

std::string work_on(const std::string& jid) {
  return R"({"queue":"default","run_at":1782900001,"payload":)" + sidekiq_job(jid) + "}";
}

/// One job waits, one runs, one is scheduled, one will be tried again.
Commands healthy() {
  Commands commands = sidekiq_worker();
  commands.push_back({"LPUSH", "queue:default", sidekiq_job("job-1")});
  commands.push_back({"HSET", std::string(sidekiq_process) + ":work", "t1", work_on("job-2")});
  commands.push_back({"ZADD", "schedule", ahead, sidekiq_job("job-3")});
  commands.push_back({"ZADD", "retry", ahead, sidekiq_job("job-4", {{"retry_count", "0"}})});
  return commands;
}

std::vector<RedisDiagnosisCase> cases() {
  return {{"created-in-the-future",
           {{"LPUSH", "queue:default", sidekiq_job("job-5", {{"created_at", "7226582400000"}})}},
           1,
           {"job-5"}},
          {"wrong-key-type", {{"SET", "dead", "x"}}, std::nullopt, {"dead"}, "redis-cli TYPE dead"},
          {"expiring-key", {{"EXPIRE", "schedule", "600"}}, 1, {"schedule"}},
          {"double-listed",
           {{"SADD", "queues", "low"}, {"LPUSH", "queue:low", sidekiq_job("job-1")}},
           1,
           {"job-1"},
           {},
           {"queue-without-worker"}},
          {"no-live-workers",
           {{"DEL", sidekiq_process, std::string(sidekiq_process) + ":work"}, {"DEL", "processes"}},
           std::nullopt},
          {"quiet-workers", {{"HSET", sidekiq_process, "quiet", "true"}}, std::nullopt},
          {"queue-without-worker",
           {{"SADD", "queues", "low"}, {"LPUSH", "queue:low", sidekiq_job("job-5"), sidekiq_job("job-6")}},
           2,
           {"low"}},
          {"orphaned-job",
           {{"SADD", "processes", gone}, {"HSET", gone + ":work", "t1", work_on("job-5")}},
           1,
           {"job-5"},
           "job show -s <source> job-5",
           {"dead-process"}},
          {"silent-process", {{"HSET", sidekiq_process, "beat", "1782900000.5"}}, 1, {"job-2"}},
          {"dead-process", {{"SADD", "processes", gone}}, 1, {gone}},
          {"overdue-job",
           {{"ZADD", "schedule", "1782900000", sidekiq_job("job-5")}},
           1,
           {"job-5"},
           "job retry -s <source>"},
          {"undecodable-job", {{"LPUSH", "queue:default", "no json"}}, 1, {"element-f9e554561b9636b8"}},
          {"unlisted-queue", {{"LPUSH", "queue:low", sidekiq_job("job-5")}}, 1, {"low"}, "redis-cli SADD queues low"},
          {"paused-queue", {{"SADD", "paused", "default", "empty"}}, 1, {"default"}, "queue resume -s <source> NAME"},
          {"dead-jobs",
           {{"ZADD", "dead", "1782900000", "no json", "1782900000", sidekiq_job("job-5")}},
           2,
           {"element-f9e554561b9636b8", "job-5"},
           "--state dead"}};
}

}  // namespace

TEST_CASE("a healthy Sidekiq has no findings, and an empty one neither") {
  RedisServer server;
  Source source;
  source.system = "sidekiq";
  CHECK(codes_of(open_redis_store(server.target(), sidekiq::system, source)->diagnose({})).empty());
  server.run(healthy());
  CHECK(codes_of(open_redis_store(server.target(), sidekiq::system)->diagnose({})).empty());
}

TEST_CASE("every finding on Sidekiq appears where it must, alone") { check_cases(cases(), healthy(), sidekiq::system); }

TEST_CASE("every code of Sidekiq has a case") {
  std::set<std::string> found;
  for (const RedisDiagnosisCase& one : cases()) CHECK(found.insert(one.code).second);
  for (const std::string& code : codes_of(sidekiq::diagnoses)) CHECK_MESSAGE(found.contains(code), code);
}

TEST_CASE("a full set of dead jobs is said to be full") {
  RedisServer server;
  server.run(healthy());
  std::vector<std::string> add{"ZADD", "dead"};
  for (int i = 0; i < 9'999; ++i) {
    add.push_back("1782900000");
    add.push_back(sidekiq_job("dead-" + std::to_string(i)));
  }
  server.run({add});
  const std::vector<Finding> findings = open_redis_store(server.target(), sidekiq::system)->diagnose({});
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].code == "dead-jobs");
  CHECK(findings[0].text.find("the set is full") != std::string::npos);
}
