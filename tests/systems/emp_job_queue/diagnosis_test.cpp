// `doctor` on emp-job-queue, on a real server: every finding appears where it must, alone, and a healthy keyspace has
// none.
#include <doctest/doctest.h>

#include "backends/systems/emp_job_queue/diagnosis.hpp"
#include "backends/systems/emp_job_queue/system.hpp"
#include "backends/systems/emp_job_queue/trace.hpp"
#include "tests/systems/redis_diagnosis.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

const std::string seconds_score = "49999998240686600", retry_score = "9005440041640991";

std::vector<std::string> job(const std::string& id, const std::string& status,
                             const std::vector<std::string>& more = {}) {
  std::vector<std::string> command{"HSET",
                                   "job:" + id,
                                   "id",
                                   id,
                                   "service_required",
                                   "s",
                                   "priority",
                                   "50",
                                   "status",
                                   status,
                                   "retry_count",
                                   "0",
                                   "max_retries",
                                   "3",
                                   "created_at",
                                   "2025-10-01T10:00:00.000Z",
                                   "job_trace_id",
                                   "4bf92f3577b34da6a3ce929d0e0e4736"};
  command.insert(command.end(), more.begin(), more.end());
  return command;
}

Commands waiting(const std::string& id, const std::vector<std::string>& more = {},
                 const std::string& score = seconds_score) {
  return {job(id, "pending", more), {"ZADD", "jobs:pending", score, id}};
}

/// A workflow of two steps, one done and one waiting; a job that runs, one that failed.
Commands healthy() {
  Commands commands{
      {"FUNCTION", "LOAD",
       "#!lua name=jobMatching\nredis.register_function('findMatchingJob', function() return nil end)"},
      {"SADD", "workers:active", "w"},
      {"SET", "worker:w:heartbeat", "x", "EX", "60"},
      {"HSET", "worker:w", "worker_id", "w", "capabilities", R"({"job_service_required_map":["s"]})"},
      job("running", "in_progress", {"worker_id", "w", "assigned_at", "1759312800.5"}),
      {"HSET", "jobs:active:w", "running", "{}"},
      job("done", "completed", {"worker_id", "w", "workflow_id", "wf", "current_step", "1", "total_steps", "2"}),
      {"HSET", "jobs:completed", "done", R"({"success":true,"data":1,"completed_at":"2025-10-01T10:00:09.000Z"})"},
      {"EXPIRE", "jobs:completed", "86400"},
      job("failed", "failed", {"failed_at", "2025-10-01T10:00:09.000Z"}),
      {"HSET", "jobs:failed", "failed", R"({"error":"x"})"},
      {"EXPIRE", "jobs:failed", "604800"}};
  for (const std::vector<std::string>& command :
       waiting("next", {"workflow_id", "wf", "current_step", "2", "total_steps", "2"}))
    commands.push_back(command);
  return commands;
}

Commands joined(Commands commands, const Commands& more) {
  commands.insert(commands.end(), more.begin(), more.end());
  return commands;
}

Commands hundred_ghosts() {
  Commands commands;
  for (int i = 0; i < 100; ++i)
    commands.push_back({"ZADD", "jobs:pending", "9e16", "ghost-" + std::to_string(100 + i)});
  return commands;
}

Commands five_thousand_ghosts() {
  std::vector<std::string> command{"ZADD", "jobs:pending"};
  for (int i = 0; i < 5'100; ++i) {
    command.push_back("9e16");
    command.push_back("ghost-" + std::to_string(10'000 + i));
  }
  return {command};
}

std::vector<RedisDiagnosisCase> cases() {
  const std::vector<std::string> chained{"workflow_id", "chain", "current_step", "2"};
  return {
      {"missing-function", {{"FUNCTION", "FLUSH"}}, std::nullopt, {}, "redis-functions install"},
      {"no-live-workers", {{"DEL", "worker:w:heartbeat", "workers:active", "jobs:active:w", "job:running"}}, 1},
      {"stale-worker", {{"SADD", "workers:active", "gone"}}, 1, {"gone"}, "SREM workers:active gone"},
      {"ghost", {{"ZADD", "jobs:pending", "9e16", "4444"}}, 1, {"4444"}, "ZREM jobs:pending 4444"},
      {"not-all-waiting", five_thousand_ghosts(), std::nullopt, {}, "--full", {"ghost", "blocked-window"}},
      {"pending-but-begun", {{"ZADD", "jobs:pending", seconds_score, "done"}}, 1, {"done"}, "ZREM jobs:pending done"},
      {"poison-requirements", waiting("p", {"requirements", "true"}), 1, {"p"}, "job delete -s <source> p"},
      {"blocked-window", hundred_ghosts(), 1, {}, "peek --why", {"ghost"}},
      {"unclaimable-job", waiting("u", {"requirements", R"({"component":"x"})"}), 1, {"u"}, "peek --why"},
      {"retried-jobs-starve", waiting("r", {"retry_count", "1"}, retry_score), 1, {"r"}},
      {"lost-job", {job("l", "pending")}, 1, {"l"}, "job retry -s <source> l"},
      {"abandoned-job",
       {job("a", "in_progress", {"worker_id", "gone"}), {"HSET", "jobs:active:gone", "a", "{}"}},
       1,
       {"a"},
       "job retry -s <source> a"},
      {"running-but-not-active", {{"HDEL", "jobs:active:w", "running"}}, 1, {"running"}},
      {"active-but-finished",
       {{"HSET", "jobs:active:w", "done", "{}", "nothing", "{}"}},
       2,
       {"done", "nothing"},
       "HDEL jobs:active:WORKER done nothing"},
      {"in-both-results", {{"HSET", "jobs:failed", "done", R"({"error":"x"})"}}, 1, {"done"}},
      {"unknown-status", {job("s", "Completed")}, 1, {"s"}},
      {"old-status", {job("o", "timeout")}, 1, {"o"}},
      {"malformed-record", {job("m", "cancelled", {"cancelled_at", "yesterday"})}, 1, {"m"}},
      {"workflow-gap", {job("g", "completed", chained)}, 1, {"chain"}, "--workflow chain"},
      {"workflow-past-failure",
       joined(waiting("second", chained), {job("first", "failed", {"workflow_id", "chain", "current_step", "1"})}),
       1,
       {"chain"},
       "--workflow chain"},
      {"results-expire-soon", {{"EXPIRE", "jobs:completed", "600"}}, 1, {"jobs:completed"}},
      {"results-never-expire", {{"PERSIST", "jobs:failed"}}, 1, {"jobs:failed"}, "EXPIRE jobs:failed"},
      {"wrong-key-type", {{"SET", "job:text", "x"}}, 1}};
}

}  // namespace

TEST_CASE("a healthy emp-job-queue has no findings") {
  RedisServer server;
  server.run(healthy());
  const std::unique_ptr<JobStore> store = open_redis_store(server.target(), emp_job_queue::system);
  CHECK(codes_of(diagnose_store(*store, {})).empty());
}

TEST_CASE("every finding on emp-job-queue appears where it must, alone") {
  check_cases(cases(), healthy(), emp_job_queue::system);
}

TEST_CASE("every code of emp-job-queue has a case") {
  std::set<std::string> expected = codes_of(emp_job_queue::diagnoses);
  expected.insert("wrong-key-type");  // keys named like jobs, beside the engine's own case
  std::set<std::string> found;
  for (const RedisDiagnosisCase& one : cases()) CHECK(found.insert(one.code).second);
  CHECK(found == expected);
}

TEST_CASE("doctor says why no worker takes a job") {
  RedisServer server;
  server.run(healthy());
  server.run(waiting("u1", {"requirements", R"({"component":"x"})"}));
  server.run(waiting("u2", {"requirements", R"({"hardware":{"ram_gb":8}})"}));
  server.run(waiting("u3", {"service_required", "nobody's"}));
  const std::vector<Finding> findings = open_redis_store(server.target(), emp_job_queue::system)->diagnose({});
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].text ==
        "waiting jobs are taken by no live worker: 1 hardware, 1 service-mismatch, 1 unmatchable-requirement");
}

TEST_CASE("a step that the product repeated under a new id mends its workflow") {
  RedisServer server;
  server.run(healthy());
  server.run({job("first", "failed", {"workflow_id", "chain", "current_step", "1"}),
              job("again", "completed", {"workflow_id", "chain", "current_step", "1"})});
  server.run(waiting("second", {"workflow_id", "chain", "current_step", "2"}));
  CHECK(codes_of(open_redis_store(server.target(), emp_job_queue::system)->diagnose({})).empty());
}

TEST_CASE("placeholders in place of trace ids are told when they are many") {
  RedisServer server;
  server.run(healthy());
  for (int i = 0; i < 40; ++i)
    server.run({job("p" + std::to_string(i), "completed", {"job_trace_id", "temp-trace-id"})});
  const std::unique_ptr<JobStore> store = open_redis_store(server.target(), emp_job_queue::system);
  CHECK(codes_of(diagnose_store(*store, {})) == std::set<std::string>{"placeholder-trace-ids"});
}

TEST_CASE("hostile ids in findings never become words of a command") {
  RedisServer server;
  server.run(healthy());
  server.run({{"ZADD", "jobs:pending", "9e16", "x; rm -rf ~"}, {"SADD", "workers:active", "--help"}});
  for (const Finding& finding : open_redis_store(server.target(), emp_job_queue::system)->diagnose({})) {
    CAPTURE(finding.code);
    if (finding.code == "ghost") CHECK(finding.remedy == "redis-cli ZREM jobs:pending ID");
    if (finding.code == "stale-worker") CHECK(finding.remedy == "redis-cli SREM workers:active NAME");
  }
}

TEST_CASE("of more workers than are looked at nobody knows who takes what") {
  RedisServer server;
  server.run(healthy());
  server.run(waiting("u", {"requirements", R"({"component":"x"})"}));
  Commands commands;
  for (int i = 0; i < 200; ++i) {
    const std::string name = "w" + std::to_string(i);
    commands.push_back({"SADD", "workers:active", name});
    commands.push_back({"SET", "worker:" + name + ":heartbeat", "x", "EX", "60"});
  }
  server.run(commands);
  const std::vector<Finding> findings = open_redis_store(server.target(), emp_job_queue::system)->diagnose({});
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].code == "unclaimable-job");
  CHECK(findings[0].unanswered);
  CHECK(findings[0].severity == Finding::Severity::note);
}
