// `doctor` on RQ, on a real server: every finding appears where it must, alone, and a healthy queue has none.
#include <doctest/doctest.h>

#include "backends/engines/redis/job_store.hpp"
#include "backends/systems/rq/parts.hpp"
#include "backends/systems/rq/system.hpp"
#include "tests/systems/redis_diagnosis.hpp"
#include "tests/systems/rq/jobs.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

const std::string execution = ":0123456789abcdef0123456789abcdef";

/// One job waits, one runs, one is scheduled, one waits for the one that runs, one succeeded and expired.
Commands healthy() {
  Commands commands = rq_queue();
  for (const auto& command : rq_worker()) commands.push_back(command);
  const Commands jobs{rq_job("1", "queued"),
                      {"RPUSH", "rq:queue:mail", "1"},
                      rq_job("2", "started", {"started_at", "2026-07-01T10:00:02.000000Z"}),
                      {"ZADD", "rq:wip:mail", "4102444800", "2" + execution},
                      rq_job("3", "scheduled"),
                      {"ZADD", "rq:scheduled:mail", "4102444800", "3"},
                      {"SET", "rq:scheduler-lock:mail", "1"},
                      rq_job("4", "deferred", {"dependency_ids", R"(["2"])"}),
                      {"ZADD", "rq:deferred:mail", "1782900001", "4"},
                      {"SADD", "rq:job:2:dependents", "4"},
                      {"ZADD", "rq:finished:mail", "1782900001", "5"}};
  commands.insert(commands.end(), jobs.begin(), jobs.end());
  return commands;
}

std::vector<RedisDiagnosisCase> cases() {
  return {{"no-live-workers", {{"DEL", "rq:worker:w"}}, std::nullopt, {}, "rq worker"},
          {"queue-without-worker",
           {{"SADD", "rq:queues", "rq:queue:low"}, {"RPUSH", "rq:queue:low", "6"}, rq_job("6", "queued")},
           1,
           {"low"},
           "rq worker low"},
          {"no-scheduler", {{"DEL", "rq:scheduler-lock:mail"}}, 1, {"mail"}, "--with-scheduler mail"},
          {"abandoned-job",
           {rq_job("6", "started"), {"ZADD", "rq:wip:mail", "1782900001", "6" + execution}},
           1,
           {"6"},
           "job show -s <source> 6"},
          {"job-in-handover", {rq_job("6", "queued"), {"RPUSH", "rq:queue:mail:intermediate", "6"}}, 1, {"6"}},
          {"missing-record", {{"RPUSH", "rq:queue:mail", "6"}}, 1, {"6"}},
          {"stranded-job",
           {rq_job("6", "deferred", {"dependency_ids", R"(["gone","7"])"}),
            {"ZADD", "rq:deferred:mail", "1782900001", "6"},
            rq_job("7", "canceled")},
           1,
           {"6"}},
          {"overdue-job", {rq_job("6", "scheduled"), {"ZADD", "rq:scheduled:mail", "1782900001", "6"}}, 1, {"6"}},
          {"failed-jobs", {rq_job("6", "failed"), {"ZADD", "rq:failed:mail", "inf", "6"}}, 1, {"6"}, "--state failed"},
          {"wrong-key-type", {{"SET", "rq:failed:mail", "x"}}, std::nullopt, {"rq:failed:mail"}}};
}

}  // namespace

TEST_CASE("a healthy RQ has no findings") {
  RedisServer server;
  server.run(healthy());
  CHECK(codes_of(open_redis_store(server.target(), rq::system)->diagnose({})).empty());
}

TEST_CASE("every finding on RQ appears where it must, alone") { check_cases(cases(), healthy(), rq::system); }

TEST_CASE("every code of RQ has a case") {
  std::set<std::string> found;
  for (const RedisDiagnosisCase& one : cases()) CHECK(found.insert(one.code).second);
  for (const std::string& code : codes_of(rq::diagnoses)) CHECK_MESSAGE(found.contains(code), code);
}

TEST_CASE("a job whose dependencies may fail is not stranded by a failed one") {
  RedisServer server;
  server.run(healthy());
  server.run({rq_job("6", "deferred", {"dependency_ids", R"(["7"])", "allow_dependency_failures", "1"}),
              {"ZADD", "rq:deferred:mail", "1782900001", "6"},
              rq_job("7", "failed")});
  CHECK(codes_of(open_redis_store(server.target(), rq::system)->diagnose({})).empty());
}
