// What is told of BullMQ's jobs beyond their own fields: flows, traces that Datadog writes, and what holds a queue
// back.
#include <doctest/doctest.h>

#include <set>

#include "backends/engines/redis/job_store.hpp"
#include "backends/systems/bullmq/system.hpp"
#include "tests/support/redis_server.hpp"
#include "tests/systems/bullmq/jobs.hpp"
#include "tests/systems/redis_store.hpp"
#include "tracing/trace_id.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

/// A child of `bull:mail:root` that failed for good.
void add_child(BullCommands& commands, const std::string& id) {
  commands.push_back(bull_job(id, {"parentKey", "bull:mail:root", "parent", R"({"id":"root","queueKey":"bull:mail"})",
                                   "failedReason", "no route", "finishedOn", "1782900001000"}));
  commands.push_back({"ZADD", "bull:mail:failed", "1782900001000", id});
}

}  // namespace

TEST_CASE("the four fates of a failed child: each is its parent's, and only one that is waited for is awaited") {
  RedisServer server;
  BullCommands commands = bull_queue("5.81.5");
  commands.push_back(bull_job("root"));
  commands.push_back({"ZADD", "bull:mail:waiting-children", "1782900000000", "root"});
  for (const char* id : {"awaited", "ignored", "continued", "failing", "removed"}) add_child(commands, id);
  // Without an option the parent waits for ever; removeDependencyOnFailure leaves the child in none of these keys.
  commands.push_back({"SADD", "bull:mail:root:dependencies", "bull:mail:awaited"});
  commands.push_back({"HSET", "bull:mail:root:failed", "bull:mail:ignored", "no route"});
  commands.push_back({"HSET", "bull:mail:root:failed", "bull:mail:continued", "no route"});
  commands.push_back({"ZADD", "bull:mail:root:unsuccessful", "1782900001000", "bull:mail:failing"});
  server.run(commands);
  const std::unique_ptr<JobStore> store = open_redis_store(server.target(), bullmq::system);
  const std::vector<Job> jobs = all_jobs(*store, {});
  REQUIRE(jobs.size() == 6);
  for (const Job& job : jobs) {
    const std::string id = job.ref.id.raw();
    CAPTURE(id);
    if (id == "mail:root") {
      CHECK(job.state == JobState::blocked);
      continue;
    }
    CHECK(job.state == JobState::failed);
    CHECK(job.trace.causation_id->raw() == "mail:root");
    CHECK(notes_of(job).contains("awaited") == (id == "mail:awaited"));
  }
  // A parent that is to fail with its child has left those that wait: it fails in its turn.
  server.run({{"ZREM", "bull:mail:waiting-children", "root"},
              {"LPUSH", "bull:mail:wait", "root"},
              {"HSET", "bull:mail:root", "defa", "child bull:mail:failing failed"}});
  JobQuery query;
  query.filter.ids = {"mail:root"};
  const std::vector<Job> root = all_jobs(*store, query);
  REQUIRE(root.size() == 1);
  CHECK(root.front().state == JobState::pending);
  CHECK(notes_of(root.front()).contains("deferred-failure"));
}

TEST_CASE("traces are found in every carrier that instrumentations of BullMQ write") {
  RedisServer server;
  const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736", parent = "00-" + trace + "-00f067aa0ba902b7-01";
  BullCommands commands = bull_queue("5.81.5");
  const auto add = [&](const std::string& id, const std::string& field, const std::string& value) {
    std::vector<std::string> job = bull_job(id);
    job.insert(job.end(), {field, value});  // of two values of a field the later one counts
    commands.push_back(std::move(job));
    commands.push_back({"LPUSH", "bull:mail:wait", id});
  };
  add("telemetry", "opts", R"({"tm":"{\"traceparent\":\")" + parent + R"(\"}"})");
  add("attempt", "tm", R"({"traceparent":")" + parent + "\"}");
  add("community", "opts", R"({"traceparent":")" + parent + "\"}");
  add("datadog-beside", "opts",
      R"({"tm":"{\"traceparent\":\")" + parent +
          R"(\",\"_datadog\":{\"x-datadog-trace-id\":\"11803532876627986230\"}}"})");
  add("datadog-alone", "opts",
      R"({"omc":true,"tm":"{\"_datadog\":{\"x-datadog-trace-id\":\"11803532876627986230\",\"x-datadog-parent-id\":\"67667974448284343\",\"x-datadog-tags\":\"_dd.p.tid=4bf92f3577b34da6\"}}"})");
  add("by-hand", "data", R"({"traceparent":")" + parent + "\"}");
  add("by-hand-otel", "data", R"({"_otel":{"traceparent":")" + parent + "\"}}");
  add("nothing", "opts", R"({"tm":"{}"})");
  server.run(commands);
  const std::unique_ptr<JobStore> store = open_redis_store(server.target(), bullmq::system);
  JobQuery query;
  query.filter.traces = {make_trace_query(trace)};
  std::set<std::string> found;
  for (const Job& job : all_jobs(*store, query)) found.insert(job.ref.id.raw());
  for (const char* id :
       {"telemetry", "attempt", "community", "datadog-beside", "datadog-alone", "by-hand", "by-hand-otel"})
    CHECK_MESSAGE(found.contains("mail:" + std::string(id)), std::string(id));
  CHECK_FALSE(found.contains("mail:nothing"));
}

TEST_CASE("peek says what holds a queue of BullMQ back") {
  const auto reasons = [](const BullCommands& more) {
    RedisServer server;
    server.run(bull_queue("5.81.5"));
    server.run({bull_job("1"), {"LPUSH", "bull:mail:wait", "1"}});
    server.run(more);
    PeekQuery query;
    query.why = true;
    std::set<std::string> out;
    for (const PeekQueue& queue : open_redis_store(server.target(), bullmq::system)->peek(query).queues) {
      for (const Waiting& waiting : queue.waiting) out.insert(waiting.reason);
      for (const std::string& note : queue.notes) out.insert(note.substr(0, 17));
    }
    return out;
  };
  const std::vector<std::string> running = bull_job("2", {"processedOn", "1782900000000"});
  CHECK(reasons({}).empty());
  CHECK(reasons({{"HSET", "bull:mail:meta", "concurrency", "2"}, running, {"LPUSH", "bull:mail:active", "2"}}).empty());
  CHECK(reasons({{"HSET", "bull:mail:meta", "concurrency", "1"}, running, {"LPUSH", "bull:mail:active", "2"}}) ==
        std::set<std::string>{"concurrency-limit"});
  CHECK(reasons({{"HSET", "bull:mail:meta", "max", "5", "duration", "60000"},
                 {"SET", "bull:mail:limiter", "5", "PX", "60000"}}) == std::set<std::string>{"rate-limit"});
  CHECK(reasons({{"HSET", "bull:mail:meta", "max", "5", "duration", "60000"},
                 {"SET", "bull:mail:limiter", "4", "PX", "60000"}})
            .empty());
  // Nobody can tell from the store whether a worker has a limit of its own.
  CHECK(reasons({{"SET", "bull:mail:limiter", "5", "PX", "60000"}}) == std::set<std::string>{"a rate limit runs"});
}
