// What is written to jobs of Sidekiq: each change to the byte.
#include <doctest/doctest.h>

#include "backends/systems/sidekiq/system.hpp"
#include "tests/systems/redis_writes.hpp"
#include "tests/systems/sidekiq/jobs.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

Action action(ActionKind kind, std::string queue = {}) {
  Action out;
  out.kind = kind;
  out.queue = std::move(queue);
  return out;
}

std::string without_time(std::string text) {
  const std::string mark = "\"enqueued_at\":";
  const std::size_t at = text.find(mark);
  if (at == std::string::npos) return text;
  const std::size_t begin = at + mark.size();
  return text.substr(0, begin) + "NOW" + text.substr(text.find_first_of(",}", begin));
}

}  // namespace

TEST_CASE("a retry by hand lowers the count, names the queue and is taken last") {
  RedisServer server;
  server.run(sidekiq_worker());
  server.run(
      {{"LPUSH", "queue:default", sidekiq_job("waits")},
       {"ZADD", "retry", "4102444800", sidekiq_job("failed", {{"retry_count", "3"}, {"queue", "\"other\""}})},
       {"ZADD", "dead", "1782900000", sidekiq_job("dead", {{"retry_count", "25"}})},
       {"ZADD", "schedule", "4102444800", sidekiq_job("later")},
       {"ZADD", "schedule", "4102444801", sidekiq_job("foreign", {{"queue", ""}, {"created_at", "1782900000.5"}})}});
  WritableStore store(server, sidekiq::system);
  const std::vector<Target> targets = store.plan(action(ActionKind::retry));
  CHECK(counts(store.apply(action(ActionKind::retry), targets)) ==
        std::map<std::string, int>{{"already", 1}, {"done", 4}});
  CHECK(server.ask({"EXISTS", "retry", "dead", "schedule"}) == "0");
  CHECK(without_time(server.ask({"LINDEX", "queue:other", "0"})) ==
        "{\"enqueued_at\":NOW," + sidekiq_job("failed", {{"retry_count", "2"}, {"queue", "\"other\""}}).substr(1));
  CHECK(server.ask({"SISMEMBER", "queues", "other"}) == "1");
  CHECK(server.ask({"LLEN", "queue:default"}) == "4");
  CHECK(server.ask({"LINDEX", "queue:default", "-1"}) == sidekiq_job("waits"));
  std::map<std::string, std::string> there;
  for (int i = 0; i < 3; ++i) {
    const std::string job = server.ask({"LINDEX", "queue:default", std::to_string(i)});
    for (const char* jid : {"dead", "later", "foreign"})
      if (job.find("\"jid\":\"" + std::string(jid) + "\"") != std::string::npos) there[jid] = job;
  }
  CHECK(there["dead"].find("\"retry_count\":24") != std::string::npos);
  CHECK(there["later"].find("\"enqueued_at\":1") != std::string::npos);
  CHECK(there["later"].find('.') == std::string::npos);  // milliseconds, as created_at
  CHECK(there["foreign"].find("\"queue\":\"default\"") != std::string::npos);
  const std::size_t at = there["foreign"].find("\"enqueued_at\":");
  CHECK(there["foreign"].substr(at, there["foreign"].find(',', at) - at).find('.') != std::string::npos);  // seconds
}

TEST_CASE("attempts that begin again begin before the first failure") {
  RedisServer server;
  server.run(sidekiq_worker());
  server.run({{"ZADD", "dead", "1782900000", sidekiq_job("dead", {{"retry_count", "25"}})}});
  WritableStore store(server, sidekiq::system);
  Action retry = action(ActionKind::retry);
  retry.reset_attempts = true;
  CHECK(outcomes(store.apply(retry, store.plan(retry))) == "done");
  CHECK(server.ask({"LINDEX", "queue:default", "0"}).find("\"retry_count\":-1") != std::string::npos);
}

TEST_CASE("a job that moves takes its queue's name with it, and what is scheduled keeps its time") {
  RedisServer server;
  server.run(sidekiq_worker());
  server.run(
      {{"LPUSH", "queue:default", sidekiq_job("waits")}, {"ZADD", "schedule", "4102444800.25", sidekiq_job("later")}});
  WritableStore store(server, sidekiq::system);
  const Action move = action(ActionKind::move, "b\"ig");
  const std::vector<Target> targets = store.plan(move);
  CHECK(counts(store.apply(move, targets)) == std::map<std::string, int>{{"done", 2}});
  const std::string queue = R"("b\"ig")";
  CHECK(server.ask({"LINDEX", "queue:b\"ig", "0"}) == sidekiq_job("waits", {{"queue", queue}}));
  CHECK(server.ask({"ZSCORE", "schedule", sidekiq_job("later", {{"queue", queue}})}) == "4102444800.25");
  CHECK(server.ask({"ZCARD", "schedule"}) == "1");
  CHECK(server.ask({"SISMEMBER", "queues", "b\"ig"}) == "1");
  CHECK(counts(store.apply(move, targets)) == std::map<std::string, int>{{"changed", 2}});
}

TEST_CASE("what runs is left alone, and what is no job is not pushed to a worker") {
  RedisServer server;
  server.run(sidekiq_worker());
  server.run({{"HSET", std::string(sidekiq_process) + ":work", "t1",
               R"({"queue":"default","run_at":1782900001,"payload":)" + sidekiq_job("runs") + "}"},
              {"ZADD", "dead", "1782900000", "no json"}});
  WritableStore store(server, sidekiq::system);
  for (const ActionKind kind : {ActionKind::retry, ActionKind::erase, ActionKind::cancel, ActionKind::move}) {
    CAPTURE(to_word(kind));
    const auto told = verdicts(store.plan(action(kind, "low")));
    CHECK(told.at("runs").starts_with("skip: running:"));
    if (kind == ActionKind::retry) CHECK(told.at("element-f9e554561b9636b8").starts_with("skip: it is no job in JSON"));
  }
}
