// What a prompt is told of BullMQ's queues where there is no time to walk over all keys.
#include <doctest/doctest.h>

#include "backends/engines/redis/job_store.hpp"
#include "backends/systems/bullmq/system.hpp"
#include "tests/support/redis_server.hpp"
#include "tests/systems/bullmq/jobs.hpp"
#include "tests/systems/redis_store.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

/// How often a command ran, as the server counts.
std::size_t calls_of(RedisServer& server, const std::string& command) {
  const std::string stats = server.ask({"INFO", "commandstats"});
  const std::size_t at = stats.find("cmdstat_" + command + ":calls=");
  return at == std::string::npos ? 0 : std::stoul(stats.substr(stats.find('=', at) + 1));
}

}  // namespace

TEST_CASE("without time to walk over the keys, queues are known by the keys of their jobs") {
  RedisServer server;
  BullCommands commands = bull_queue("5.81.5");
  for (int id = 1; id <= 20'000; ++id) {
    commands.push_back(bull_job(std::to_string(id)));
    commands.push_back({"ZADD", "bull:mail:completed", std::to_string(id), std::to_string(id)});
  }
  server.run(commands);
  const std::unique_ptr<JobStore> store = open_redis_store(server.target(), bullmq::system);
  server.run({{"CONFIG", "RESETSTAT"}});
  ReadLimits limits;
  limits.scan = 2'000;
  limits.deadline = std::chrono::steady_clock::now();
  const std::vector<Untrusted> queues = store->queues(limits);
  REQUIRE(queues.size() == 1);
  CHECK(queues.front().raw() == "mail");
  CHECK(calls_of(server, "scan") == 1);
  // They are known for a moment, so that jobs are found in them.
  JobQuery query;
  query.limits.scan = 2'000;
  query.page_size = 100;
  query.brief = true;
  const Page page = store->list(query);
  REQUIRE(page.jobs.size() == 100);
  CHECK(page.jobs.front().ref.id.raw().starts_with("mail:"));
  CHECK(calls_of(server, "scan") == 1);
}

TEST_CASE(
    "without time to walk over the keys, installations are known by the keys of their jobs, whatever their prefix") {
  for (const std::string prefix : {"acme", "{eu}", "acme:jobs"}) {
    CAPTURE(prefix);
    RedisServer server;
    BullCommands commands;
    for (std::vector<std::string> command : bull_queue("5.81.5")) {
      command[1].replace(0, 4, prefix);
      commands.push_back(std::move(command));
    }
    for (int id = 1; id <= 20'000; ++id) {
      std::vector<std::string> job = bull_job(std::to_string(id));
      job[1].replace(0, 4, prefix);
      commands.push_back(std::move(job));
      commands.push_back({"ZADD", prefix + ":mail:completed", std::to_string(id), std::to_string(id)});
      // What looks alike at first.
      commands.push_back({"HSET", "session:mail:" + std::to_string(id), "user", "1"});
    }
    server.run(commands);
    Source source;
    source.statement_timeout = std::chrono::milliseconds(0);
    server.run({{"CONFIG", "RESETSTAT"}});
    const RedisSystem* const systems[] = {&bullmq::system};
    const auto stores = open_redis_stores(connect_redis(server.target()), source, systems);
    REQUIRE(stores.size() == 1);
    CHECK(calls_of(server, "scan") == 1);
    ReadLimits limits;
    limits.deadline = std::chrono::steady_clock::now();
    const std::vector<Untrusted> queues = stores.front()->queues(limits);
    REQUIRE(queues.size() == 1);
    CHECK(queues.front().raw() == "mail");
  }
}
