// What is read of RQ's jobs and told of its queues, where a fixture cannot say it.
#include <doctest/doctest.h>

#include "backends/systems/rq/parts.hpp"
#include "backends/systems/rq/system.hpp"
#include "tests/systems/redis_diagnosis.hpp"
#include "tests/systems/rq/jobs.hpp"
#include "tracing/base64.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

std::vector<std::string> addresses(RedisServer& server) {
  const RedisSystem* const systems[] = {&rq::system};
  Source source;
  source.name = "src";
  std::vector<std::string> out;
  try {
    for (const auto& store : open_redis_stores(connect_redis(server.target()), source, systems))
      out.push_back(store->address());
  } catch (const std::exception&) {  // nothing found
  }
  return out;
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("every prefix is a store, and what only names its keys alike is none") {
  RedisServer server;
  server.run({{"SADD", "shop:queues", "mail"}, {"RPUSH", "shop:queue:mail", "x"}, {"SADD", "rq:queues", "mail"}});
  CHECK(addresses(server).empty());
  server.run({{"SADD", "rq:queues", "rq:queue:mail"}});
  CHECK(addresses(server) == Words{"src"});
  server.run({{"SADD", "acme:{eu}:queues", "acme:{eu}:queue:mail"}});
  CHECK(addresses(server) == Words{"src/rq", "src/rq@acme:{eu}"});
}

TEST_CASE("what an exception says is told from the frames above it") {
  CHECK(rq::exception_in(
            "Traceback (most recent call last):\n  File \"a.py\", line 1, in f\n    g()\n    ^^^\nE: no\n") == "E: no");
  CHECK(rq::exception_in("Traceback:\n  File \"a\"\n    x\nE: a\n  indented\nlast\n\n") == "E: a\n  indented\nlast");
  CHECK(rq::exception_in(
            "Traceback:\n  File \"a\"\n    x\nE: a\n\nDuring handling:\n\nTraceback:\n  File \"b\"\nF: b") == "F: b");
  CHECK(rq::exception_in("Job stopped by user") == "Job stopped by user");
  CHECK(rq::exception_in("Traceback:\n  File \"a\"").empty());
  CHECK(rq::exception_in("").empty());
}

TEST_CASE("a description is a call, or it is not") {
  CHECK(rq::function_in("mail.send(1, b='x')") == "mail.send");
  CHECK(rq::function_in("send()") == "send");
  CHECK(rq::function_in("a mail (again)") == std::nullopt);
  CHECK(rq::function_in("mail.send(1") == std::nullopt);
  CHECK(rq::function_in("(x)") == std::nullopt);
  CHECK(rq::function_in("") == std::nullopt);
}

TEST_CASE("an execution is told from an id") {
  Place running;
  running.role = PlaceRole::running;
  const std::string execution = "0123456789abcdef0123456789abcdef";
  CHECK(rq::id_in(running, "a:b:" + execution) == "a:b");
  CHECK(rq::id_in(running, "a:b") == "a:b");
  CHECK(rq::id_in(running, "a-" + execution) == "a-" + execution);
  CHECK(rq::id_in(running, ":" + execution) == ":" + execution);
  CHECK(rq::id_in(running, "a:0123456789ABCDEF0123456789abcdef") == "a:0123456789ABCDEF0123456789abcdef");
  Place waiting;
  const std::string both = "a:" + execution;
  CHECK(rq::id_in(waiting, both) == both);
}

TEST_CASE("a trace id that stands packed in the arguments finds its job, and no other") {
  // zlib of a pickle of ("f", None, (), {"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-03"})
  const std::string id = "4bf92f3577b34da6a3ce929d0e0e4736";
  const std::string packed =
      "eJxrYJ0aygABGj2MaVP8NGun9HCXFCUmpxYkFqXmlUzpMTcw0DVJSrM0SjM2NTdPMjZJSTRLNE5OtTSyTDFINUg1MTc20zUwSDMw"
      "M09MNEhKtDQwSjLXNTCeUlwyRQ8ALbMbyg==";
  RedisServer server;
  server.run(rq_queue());
  server.run({rq_job("1", "queued", {"data", *base64_decode(packed)}),
              rq_job("2", "queued"),
              {"RPUSH", "rq:queue:mail", "1", "2"}});
  JobQuery query;
  TraceQuery& wanted = query.filter.traces.emplace_back();
  wanted.typed = id;
  wanted.spellings = {id};
  const std::vector<Job> jobs = all_jobs(*open_redis_store(server.target(), rq::system), query);
  REQUIRE(jobs.size() == 1);
  CHECK(jobs[0].ref.id.raw() == "1");
}

TEST_CASE("peek says why nothing is taken") {
  const auto reasons = [](const Commands& commands) {
    RedisServer server;
    server.run(rq_queue());
    server.run({rq_job("1", "queued"), {"RPUSH", "rq:queue:mail", "1"}});
    server.run(commands);
    PeekQuery query;
    query.why = true;
    std::set<std::string> out;
    for (const PeekQueue& queue : open_redis_store(server.target(), rq::system)->peek(query).queues)
      for (const Waiting& waiting : queue.waiting) out.insert(waiting.reason);
    return out;
  };
  CHECK(reasons({{"SADD", "rq:workers", "rq:worker:dead"}}) == std::set<std::string>{"no-live-workers"});
  CHECK(reasons(rq_worker()).empty());
  Commands other = rq_worker();
  other.push_back({"HSET", "rq:worker:w", "queues", "low,high"});
  CHECK(reasons(other) == std::set<std::string>{"no-consumer"});
  other.push_back({"SET", "rq:suspended", "1"});
  CHECK(reasons(other) == std::set<std::string>{"paused"});
}
