// What is read of Sidekiq's jobs and told of its queues, where a fixture cannot say it.
#include <doctest/doctest.h>

#include "backends/systems/sidekiq/parts.hpp"
#include "backends/systems/sidekiq/system.hpp"
#include "tests/systems/redis_diagnosis.hpp"
#include "tests/systems/sidekiq/jobs.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

std::vector<std::string> addresses(RedisServer& server) {
  const RedisSystem* const systems[] = {&sidekiq::system};
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

std::string text_in(const Job& job, const std::string& name) {
  for (const Field& field : job.extra)
    if (const Untrusted* text = std::get_if<Untrusted>(&field.value); text != nullptr && field.name == name)
      return text->raw();
  return {};
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("every namespace is a store, and what only names its keys alike is none") {
  RedisServer server;
  server.run({{"SADD", "resque:queues", "a"},
              {"SET", "resque:stat:processed", "1"},
              {"LPUSH", "resque:queue:a", R"({"class":"A","args":[]})"},
              {"SADD", "queues", "a"}});
  CHECK(addresses(server).empty());
  server.run({{"SET", "stat:processed", "1"}});
  CHECK(addresses(server) == Words{"src"});  // idle: the counter stays
  server.run({{"SADD", "failed", "x"}});
  CHECK(addresses(server).empty());
  server.run({{"SADD", "shop:eu:queues", "a"},
              {"LPUSH", "shop:eu:queue:a", sidekiq_job("j")},
              {"ZADD", "retry", "1782900000", sidekiq_job("k")}});
  CHECK(addresses(server) == Words{"src/sidekiq", "src/sidekiq@shop:eu"});
}

TEST_CASE("of a long queue no more is read ahead than a few windows, however far it is looked through") {
  RedisServer server;
  std::vector<std::string> push{"LPUSH", "queue:a"};
  for (int number = 0; number < 30'000; ++number) push.push_back(sidekiq_job("j" + std::to_string(number)));
  const std::size_t bytes_of_one = push.back().size();
  server.run({{"SADD", "queues", "a"}, push});
  const std::unique_ptr<JobStore> store = open_redis_store(server.target(), sidekiq::system);
  JobQuery query;
  query.filter.traces.emplace_back().typed = "0af7651916cd43dd8448eb211c80319c";
  query.filter.traces.back().spellings = {query.filter.traces.back().typed};
  query.limits.scan = 5'000;
  server.run({{"CONFIG", "RESETSTAT"}});
  CHECK(store->list(query).jobs.empty());
  const std::string told = server.ask({"INFO", "stats"});
  const std::size_t at = told.find("total_net_output_bytes:");
  REQUIRE(at != std::string::npos);
  const std::uint64_t sent = std::stoull(told.substr(at + 23));
  CHECK(sent > 5'000 * bytes_of_one);
  CHECK(sent < 12'000 * bytes_of_one);
}

TEST_CASE("a backtrace is unpacked, within its bound") {
  CHECK(sidekiq::read_backtrace("eJyLVkrUK0AyMlTSUUoCMYyUYgEzOAUL") == std::nullopt);  // damaged
  CHECK(sidekiq::read_backtrace("") == std::nullopt);
  CHECK(sidekiq::read_backtrace("eJyLVkrUK0qyMlTSUUoCMYyUYgEzOAUL") == "a.rb:1\nb.rb:2");
  CHECK(
      sidekiq::read_backtrace(
          "eNrtwTENAAAIAzAvs0U45t8EPkjbSQEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
          "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
          "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
          "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA4JHsAZbKIuE=") ==
      std::nullopt);  // 300,000 bytes
  RedisServer server;
  server.run({{"SADD", "queues", "default"},
              {"ZADD", "retry", "1782900000",
               sidekiq_job("j", {{"error_backtrace", "\"eJyLVkrUK0qyMlTSUUoCMYyUYgEzOAUL\""}})}});
  JobQuery query;
  query.payload = true;
  const std::vector<Job> jobs = all_jobs(*open_redis_store(server.target(), sidekiq::system), query);
  REQUIRE(jobs.size() == 1);
  CHECK(text_in(jobs[0], "backtrace") == "a.rb:1\nb.rb:2");
}

TEST_CASE("a trace id that the poller wrote is marked, a sampled one is not") {
  const std::string id = "4bf92f3577b34da6a3ce929d0e0e0001";
  const auto notes = [&](const std::string& flags, const std::string& count) {
    RedisServer server;
    server.run({{"SADD", "queues", "default"},
                {"ZADD", "retry", "4102444800",
                 sidekiq_job("j", {{"retry_count", count},
                                   {"traceparent", "\"00-" + id + "-b7ad6b7169203331-" + flags + "\""}})}});
    return notes_of(all_jobs(*open_redis_store(server.target(), sidekiq::system), {}).at(0));
  };
  CHECK(notes("00", "1") == std::set<std::string>{"trace-replaced"});
  CHECK(notes("01", "1").empty());
  CHECK(notes("00", "0").empty());
}

TEST_CASE("peek says why nothing is taken") {
  const auto reasons = [](const std::vector<std::vector<std::string>>& commands) {
    RedisServer server;
    server.run({{"SADD", "queues", "low"}, {"LPUSH", "queue:low", sidekiq_job("j")}});
    server.run(commands);
    PeekQuery query;
    query.why = true;
    std::set<std::string> out;
    for (const PeekQueue& queue : open_redis_store(server.target(), sidekiq::system)->peek(query).queues)
      for (const Waiting& waiting : queue.waiting) out.insert(waiting.reason);
    return out;
  };
  CHECK(reasons({}) == std::set<std::string>{"no-live-workers"});
  CHECK(reasons(sidekiq_worker()) == std::set<std::string>{"no-consumer"});
  CHECK(reasons(sidekiq_worker("true")) == std::set<std::string>{"quiet-workers"});
  const auto process = [&](const std::string& info) {
    auto commands = sidekiq_worker();
    commands.push_back({"HSET", sidekiq_process, "info", info});
    return commands;
  };
  // Each release names the queues of a process in a form of its own; one that names none may take from any.
  for (const char* info : {R"({"queues":["low"]})", R"({"queues":[{"low":1}]})", R"({"weights":[{"low":0}]})",
                           R"({"capsules":{"x":{"weights":{"low":1}}}})", "no json"})
    CHECK_MESSAGE(reasons(process(info)).empty(), info);
}

TEST_CASE("a queue that its set of queues does not name is told of, one of another namespace is not") {
  RedisServer server;
  server.run({{"SADD", "queues", "a"},
              {"LPUSH", "queue:a", sidekiq_job("j")},
              {"LPUSH", "queue:lost", sidekiq_job("k")},
              {"LPUSH", "queue:strange", "no job"},
              {"SADD", "shop:queues", "b"},
              {"LPUSH", "shop:queue:b", sidekiq_job("l")},
              {"LPUSH", "shop:queue:lost", sidekiq_job("m")}});
  const RedisSystem* const systems[] = {&sidekiq::system};
  Source source;
  source.name = "src";
  const auto stores = open_redis_stores(connect_redis(server.target()), source, systems);
  REQUIRE(stores.size() == 2);
  Words told;
  for (const auto& store : stores)
    for (const Finding& finding : store->unseen()) told.push_back(store->address() + " " + finding.text);
  CHECK(told == Words{"src/sidekiq lists that look like its jobs are not read: queue:lost",
                      "src/sidekiq@shop lists that look like its jobs are not read: shop:queue:lost"});
}
