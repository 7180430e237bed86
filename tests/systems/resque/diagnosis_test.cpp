// `doctor` on Resque, on a real server: every finding appears where it must, alone, and a healthy queue has none.
#include <doctest/doctest.h>

#include "backends/engines/redis/job_store.hpp"
#include "backends/systems/resque/parts.hpp"
#include "backends/systems/resque/system.hpp"
#include "tests/systems/redis_diagnosis.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

constexpr const char* worker = "host:1:mail,x*";
constexpr const char* long_ago = "2026-07-01T10:00:00+00:00";

/// A job waits, and a worker that takes from its queue has another one.
Commands healthy() {
  return {{"SADD", "resque:queues", "mail"},
          {"RPUSH", "resque:queue:mail", R"({"class":"A","args":[1]})"},
          {"SADD", "resque:workers", worker},
          {"SET", std::string("resque:worker:") + worker,
           R"({"queue":"mail","run_at":"2026-07-01T10:00:00Z","payload":{"class":"B","args":[2],"id":"run"}})"},
          {"SET", std::string("resque:worker:") + worker + ":started", "2026-07-01 09:00:00 +0000"},
          {"HSET", "resque:workers:heartbeat", worker, "2096-10-02T07:06:40+00:00"}};
}

std::vector<RedisDiagnosisCase> cases() {
  const std::string run = std::string("resque:worker:") + worker;
  const std::string waiting = R"({"class":"C","args":[],"queue":"mail","id":"late"})";
  return {
      {"no-live-workers", {{"DEL", run}, {"SREM", "resque:workers", worker}}, std::nullopt, {}, "resque:work"},
      {"queue-without-worker",
       {{"SADD", "resque:queues", "other"}, {"RPUSH", "resque:queue:other", R"({"class":"A","args":[3]})"}},
       1,
       {"other"},
       "QUEUE"},
      {"lost-worker",
       {{"SREM", "resque:workers", worker}, {"SADD", "resque:workers", "host:2:mail"}},
       1,
       {"run"},
       "job show"},
      {"silent-worker",
       {{"HSET", "resque:workers:heartbeat", worker, long_ago}, {"SADD", "resque:workers", "host:2:*"}},
       1,
       {"run"},
       "job show",
       {"dead-worker"}},
      {"dead-worker",
       {{"SADD", "resque:workers", "host:3:mail"}, {"HSET", "resque:workers:heartbeat", "host:3:mail", long_ago}},
       1,
       {"host:3:mail"}},
      {"overdue-job",
       {{"RPUSH", "resque:delayed:1782900000", waiting},
        {"ZADD", "resque:delayed_queue_schedule", "1782900000", "1782900000"}},
       1,
       {"late"},
       "resque:scheduler"},
      {"undecodable-job", {{"RPUSH", "resque:queue:mail", "no job"}}, 1, {"element-e37612b60b835961"}, "job delete"},
      {"failed-jobs",
       {{"RPUSH", "resque:failed", R"({"payload":{"class":"A","args":[1],"id":"f"},"exception":"E"})"},
        {"RPUSH", "resque:failed", R"({"payload":{"class":"A","args":[1]},"exception":"E","retried_at":"x"})",
         R"({"payload":{"class":"A","args":[],"id":"again"},"exception":"E","retried_at":"x"})"},
        {"RPUSH", "resque:queue:mail", R"({"class":"A","args":[],"id":"again"})"}},
       1,
       {"f"},
       "--state failed"},
      {"wrong-key-type", {{"SET", "resque:failed", "x"}}, std::nullopt, {"resque:failed"}}};
}

}  // namespace

TEST_CASE("a healthy queue of Resque has no findings") {
  RedisServer server;
  server.run(healthy());
  CHECK(codes_of(open_redis_store(server.target(), resque::system)->diagnose({})).empty());
}

TEST_CASE("every finding on Resque appears where it must, alone") { check_cases(cases(), healthy(), resque::system); }

TEST_CASE("every code of Resque has a case") {
  std::set<std::string> found;
  for (const RedisDiagnosisCase& one : cases()) CHECK(found.insert(one.code).second);
  for (const std::string& code : codes_of(resque::diagnoses)) CHECK_MESSAGE(found.contains(code), code);
}
