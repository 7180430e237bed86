// `doctor` on BullMQ, on a real server: every finding appears where it must, alone, and a healthy queue has none.
#include <doctest/doctest.h>

#include "backends/engines/redis/job_store.hpp"
#include "backends/systems/bullmq/parts.hpp"
#include "backends/systems/bullmq/system.hpp"
#include "tests/systems/bullmq/jobs.hpp"
#include "tests/systems/redis_diagnosis.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

Commands healthy() {
  Commands commands = bull_queue("5.81.5");
  commands.push_back(bull_job("1"));
  commands.push_back({"LPUSH", "bull:mail:wait", "1"});
  commands.push_back(bull_job("2"));
  commands.push_back({"LPUSH", "bull:mail:active", "2"});
  commands.push_back({"SET", "bull:mail:2:lock", "token"});
  return commands;
}

std::vector<RedisDiagnosisCase> cases() {
  return {{"stalled-job", {{"DEL", "bull:mail:2:lock"}}, 1, {"mail:2"}},
          {"missing-record", {{"LPUSH", "bull:mail:wait", "9"}}, 1, {"mail:9"}},
          {"orphaned-record",
           {bull_job("8"),
            bull_job("7"),
            {"ZADD", "bull:mail:delayed", "7303000000000000", "7"},
            {"HSET", "bull:mail:repeat:s", "name", "s", "data", "{}"},
            {"SET", "bull:mail:text", "x"}},
           1,
           {"bull:mail:8"},
           "HGETALL bull:mail:8"},
          {"deferred-failure", {bull_job("3", {"defa", "x"}), {"LPUSH", "bull:mail:wait", "3"}}, 1, {"mail:3"}},
          {"failed-child",
           {bull_job("3", {"parentKey", "bull:mail:root"}),
            {"ZADD", "bull:mail:failed", "1", "3"},
            {"SADD", "bull:mail:root:dependencies", "bull:mail:3"}},
           1,
           {"mail:3"},
           "job retry",
           {"failed-jobs"}},
          {"waiting-parents", {bull_job("3"), {"ZADD", "bull:mail:waiting-children", "1", "3"}}, 1, {"mail:3"}},
          {"failed-jobs", {bull_job("3"), {"ZADD", "bull:mail:failed", "1", "3"}}, 1, {"mail:3"}, "--state failed"},
          {"wrong-key-type", {{"SET", "bull:mail:failed", "x"}}, std::nullopt, {"bull:mail:failed"}}};
}

}  // namespace

TEST_CASE("a healthy queue of BullMQ has no findings") {
  RedisServer server;
  server.run(healthy());
  CHECK(codes_of(open_redis_store(server.target(), bullmq::system)->diagnose({})).empty());
}

TEST_CASE("every finding on BullMQ appears where it must, alone") { check_cases(cases(), healthy(), bullmq::system); }

TEST_CASE("records without a place are looked for among the keys of every queue, in the right one") {
  RedisServer server;
  server.run(healthy());
  const auto orphans = [&] {
    for (const Finding& finding : open_redis_store(server.target(), bullmq::system)->diagnose({}))
      if (finding.code == "orphaned-record") return raw(finding.names);
    return std::vector<std::string>();
  };
  // Queues of Bull may have names that begin like others.
  for (const char* queue : {"mail:eu", "mail:eu:x", "mai"}) {
    const std::string keys = "bull:" + std::string(queue) + ":";
    server.run({{"SET", keys + "id", "1"}, {"LPUSH", keys + "wait", "1"}});
    std::vector<std::string> job = bull_job("1");
    job[1] = keys + "1";
    server.run({job});
  }
  CHECK(orphans().empty());
  server.run({{"LPUSH", "bull:mail:eu:wait", "2"}, {"LREM", "bull:mail:eu:wait", "0", "1"}});
  CHECK(orphans() == std::vector<std::string>{"bull:mail:eu:1"});
}

TEST_CASE("every code of BullMQ has a case") {
  std::set<std::string> found;
  for (const RedisDiagnosisCase& one : cases()) CHECK(found.insert(one.code).second);
  for (const std::string& code : codes_of(bullmq::diagnoses)) CHECK_MESSAGE(found.contains(code), code);
}
