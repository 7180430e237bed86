// `doctor` on Celery, on a real server: every finding appears where it must, alone, and a healthy broker has none.
#include <doctest/doctest.h>

#include "backends/engines/redis/job_store.hpp"
#include "backends/systems/celery/parts.hpp"
#include "backends/systems/celery/system.hpp"
#include "tests/systems/celery/messages.hpp"
#include "tests/systems/redis_diagnosis.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

const std::string now = "redis.call('ZADD', KEYS[1], redis.call('TIME')[1] - 5, ARGV[1])";

/// One message waits, one is held.
Commands healthy() {
  Commands commands = celery_queue();
  commands.push_back({"LPUSH", "celery", celery_message("1")});
  commands.push_back(celery_held("2", "0")[0]);
  commands.push_back({"EVAL", now, "1", "unacked_index", "tag-2"});
  return commands;
}

std::vector<RedisDiagnosisCase> cases() {
  return {
      {"no-workers", {{"DEL", "_kombu.binding.celery.pidbox"}}, std::nullopt},
      {"past-visibility", celery_held("3", "1782900000"), 1, {"3"}, "visibility_timeout"},
      {"eta-beyond-visibility",
       {celery_held("3", "0", {{"eta", "2100-01-01T00:00:00+00:00"}})[0], {"EVAL", now, "1", "unacked_index", "tag-3"}},
       1,
       {"3"}},
      {"unindexed-message", {celery_held("3", "0")[0]}, 1, {"3"}},
      {"expired-message",
       {{"LPUSH", "celery", celery_message("3", {{"expires", "2026-07-01T10:00:00+00:00"}})}},
       1,
       {"3"},
       "job delete"},
      {"unbound-list",
       {{"LPUSH", "forgotten", celery_message("3"), celery_message("4")},
        {"LPUSH", "other", "x"},
        {"SADD", "acme:_kombu.binding.celery", "celery" + celery_separator + celery_separator + "celery"},
        {"LPUSH", "acme:lost", celery_message("5")}},
       2,
       {"forgotten"},
       "priority_steps",
       {"unread-list"},  // acme:lost, of another installation
       {{"prefix", ""}}},
      {"undecodable-message", {{"LPUSH", "celery", "no json"}}, 1, {"element-f9e554561b9636b8"}},
      {"wrong-key-type", {{"DEL", "unacked"}, {"SET", "unacked", "x"}}, std::nullopt, {"unacked"}}};
}

}  // namespace

TEST_CASE("a healthy broker of Celery has no findings") {
  RedisServer server;
  server.run(healthy());
  CHECK(codes_of(open_redis_store(server.target(), celery::system)->diagnose({})).empty());
}

TEST_CASE("every finding on Celery appears where it must, alone") { check_cases(cases(), healthy(), celery::system); }

TEST_CASE("every code of Celery has a case") {
  std::set<std::string> found;
  for (const RedisDiagnosisCase& one : cases()) CHECK(found.insert(one.code).second);
  for (const std::string& code : codes_of(celery::diagnoses)) CHECK_MESSAGE(found.contains(code), code);
}

TEST_CASE("the visibility timeout of the source decides") {
  RedisServer server;
  server.run(healthy());
  server.run(celery_held("3", "1782900000"));
  Source source;
  source.system = "celery";
  source.keys["visibility_timeout"] = "10000d";
  CHECK(codes_of(open_redis_store(server.target(), celery::system, source)->diagnose({})).empty());
}

TEST_CASE("failed tasks are told of where results are") {
  RedisServer server;
  server.run({{"SET", "celery-task-meta-1", R"({"status":"FAILURE","result":{"exc_type":"E"}})"},
              {"SET", "celery-task-meta-2", R"({"status":"SUCCESS"})"}});
  const std::vector<Finding> findings = open_redis_store(server.target(), celery::results_system)->diagnose({});
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].code == "failed-tasks");
  CHECK(raw(findings[0].samples) == std::vector<std::string>{"1"});
}
