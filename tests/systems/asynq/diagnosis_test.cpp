// `doctor` on Asynq, on a real server: every finding appears where it must, alone, and a healthy queue has none.
#include <doctest/doctest.h>

#include "backends/engines/redis/job_store.hpp"
#include "backends/systems/asynq/parts.hpp"
#include "backends/systems/asynq/system.hpp"
#include "tests/systems/asynq/tasks.hpp"
#include "tests/systems/redis_diagnosis.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

Commands healthy() {
  Commands commands = asynq_server("mail");
  commands.push_back({"SADD", "asynq:queues", "mail"});
  commands.push_back(asynq_task("1", "pending", {"pending_since", "1782900000000000000"}));
  commands.push_back({"LPUSH", "asynq:{mail}:pending", "1"});
  commands.push_back(asynq_task("2", "active"));
  commands.push_back({"LPUSH", "asynq:{mail}:active", "2"});
  commands.push_back({"ZADD", "asynq:{mail}:lease", "4000000000", "2"});
  commands.push_back(asynq_task("3", "aggregating", {"group", "daily"}, wire_bytes(14, "daily")));
  commands.push_back({"ZADD", "asynq:{mail}:g:daily", "1782900000", "3"});
  commands.push_back({"SADD", "asynq:{mail}:groups", "daily"});
  return commands;
}

/// The server's key went, and with it the server.
const std::vector<std::string> server_is_gone{"DEL", "asynq:servers:{host:1:s}"};

std::vector<RedisDiagnosisCase> cases() {
  return {
      {"no-live-servers", {server_is_gone}, std::nullopt, {}, "server"},
      {"stopped-servers", asynq_server("mail", "stopped"), std::nullopt, {}, "restart"},
      {"queue-without-server", asynq_server("other"), 1, {"mail"}, "Queues"},
      {"expired-lease", {{"ZADD", "asynq:{mail}:lease", "1782900000", "2"}}, 1, {"mail:2"}, "job show"},
      {"task-without-lease", {{"DEL", "asynq:{mail}:lease"}}, 1, {"mail:2"}, "job show"},
      {"overdue-task",
       {asynq_task("4", "scheduled"), {"ZADD", "asynq:{mail}:scheduled", "1782900000", "4"}},
       1,
       {"mail:4"},
       "job retry"},
      {"missing-record", {{"LPUSH", "asynq:{mail}:pending", "9"}}, 1, {"mail:9"}},
      {"orphaned-record", {asynq_task("4", "pending")}, 1, {"asynq:{mail}:t:4"}, "HGETALL"},
      {"undecodable-task", {{"HSET", "asynq:{mail}:t:1", "msg", "no message"}}, 1, {"mail:1"}, "--raw"},
      {"wrong-state", {{"HSET", "asynq:{mail}:t:1", "state", "archived"}}, 1, {"mail:1"}},
      {"stale-aggregation",
       {asynq_task("4", "aggregating", {"group", "daily"}),
        {"ZADD", "asynq:{mail}:g:daily:set", "1782900000", "4"},
        {"ZADD", "asynq:{mail}:aggregation_sets", "1782900000", "asynq:{mail}:g:daily:set"}},
       1,
       {"asynq:{mail}:g:daily:set"},
       "GroupAggregator"},
      {"stranded-group", {{"DEL", "asynq:{mail}:groups"}}, 1, {"asynq:{mail}:g:daily"}, "SADD", {"orphaned-record"}},
      {"paused-queue", {{"SET", "asynq:{mail}:paused", "1782900000"}}, 1, {"mail"}, "queue resume"},
      {"archived-tasks",
       {asynq_task("4", "archived"), {"ZADD", "asynq:{mail}:archived", "1782900000", "4"}},
       1,
       {"mail:4"},
       "--state dead"},
      {"wrong-key-type", {{"SET", "asynq:{mail}:retry", "x"}}, std::nullopt, {"asynq:{mail}:retry"}}};
}

}  // namespace

TEST_CASE("a healthy queue of Asynq has no findings") {
  RedisServer server;
  server.run(healthy());
  CHECK(codes_of(open_redis_store(server.target(), asynq::system)->diagnose({})).empty());
}

TEST_CASE("every finding on Asynq appears where it must, alone") { check_cases(cases(), healthy(), asynq::system); }

TEST_CASE("every code of Asynq has a case") {
  std::set<std::string> found;
  for (const RedisDiagnosisCase& one : cases()) CHECK(found.insert(one.code).second);
  for (const std::string& code : codes_of(asynq::diagnoses)) CHECK_MESSAGE(found.contains(code), code);
}

TEST_CASE("a full archive says that each new task drops the oldest") {
  RedisServer server;
  server.run(healthy());
  server.run({{"EVAL", "for i = 1, 10000 do redis.call('ZADD', KEYS[1], i, i) end", "1", "asynq:{mail}:archived"}});
  bool told = false;
  for (const Finding& finding : open_redis_store(server.target(), asynq::system)->diagnose({}))
    told = told || (finding.code == "archived-tasks" && finding.text.find("drops the oldest") != std::string::npos);
  CHECK(told);
}

TEST_CASE("peek --why says which servers take from a queue") {
  const auto reasons = [](RedisServer& server) {
    PeekQuery query;
    query.why = true;
    std::set<std::string> codes;
    for (const PeekQueue& row : open_redis_store(server.target(), asynq::system)->peek(query).queues)
      for (const Waiting& waiting : row.waiting) codes.insert(waiting.reason);
    codes.erase("blocked");
    return codes;
  };
  using Codes = std::set<std::string>;
  RedisServer server;
  server.run(healthy());
  CHECK(reasons(server) == Codes{});
  server.run(asynq_server("other"));
  CHECK(reasons(server) == Codes{"no-consumer"});
  server.run(asynq_server("mail", "stopped"));
  CHECK(reasons(server) == Codes{"quiet-workers"});
  server.run({server_is_gone});
  CHECK(reasons(server) == Codes{"no-live-workers"});
}
