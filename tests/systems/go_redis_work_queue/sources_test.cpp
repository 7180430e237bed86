// go-redis-work-queue on a real server: how a source names its keys, how the system is found, denied commands, the loss
// of the server.
#include "backends/systems/go_redis_work_queue/system.hpp"
#include "backends/systems/go_redis_work_queue/worker_id.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "model/error.hpp"
#include "tests/systems/go_redis_work_queue/elements.hpp"
#include "tests/systems/redis_store.hpp"
#include "tracing/trace_id.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

const std::filesystem::path fixtures = "fixtures";

Source named() {
  Source source;
  source.system = "go-redis-work-queue";
  return source;
}

}  // namespace

TEST_CASE("renamed keys are found through the source") {
  RedisServer server;
  server.load(fixtures / "renamed_keys/load.redis");
  std::ifstream file(fixtures / "renamed_keys/expected.json");
  Source source;
  const nlohmann::json expected = nlohmann::json::parse(file);
  for (const auto& [name, value] : expected["source"]["keys"].items()) source.keys[name] = value.get<std::string>();
  const std::unique_ptr<JobStore> store = open_redis_store(server.target(), go_redis_work_queue::system, source);
  CHECK(all_jobs(*store, {}).size() == 24);
  source.keys["worker.quues.high"] = "x";
  CHECK_THROWS_AS(open_redis_store(server.target(), go_redis_work_queue::system, source), Error);
}

TEST_CASE("the system's own YAML names keys and priorities as viper reads it") {
  RedisServer server;
  const std::filesystem::path file = server.folder() / "config.yaml";
  std::ofstream(file) << "worker:\n  queues:\n    High: app:h\n    bulk: app:b\n    stray: app:s\n"
                         "  priorities: [high, bulk]\n  max_retries: 5\n";
  server.run({{"LPUSH", "app:h", go_element(1)},
              {"LPUSH", "app:b", go_element(2)},
              {"LPUSH", "app:s", go_element(3)},
              {"LPUSH", "jobqueue:low_priority", go_element(4)}});
  Source source = named();
  source.system_config = file;
  const std::unique_ptr<JobStore> store = open_redis_store(server.target(), go_redis_work_queue::system, source);
  CHECK(ids_of(all_jobs(*store, {})) == std::vector<std::string>{"job-3", "job-2", "job-1"});
  PeekQuery peek;
  peek.why = true;
  const PeekResult result = store->peek(peek);
  REQUIRE(result.queues.size() == 3);
  CHECK(result.queues[0].queue.raw() == "app:h");
  CHECK(result.queues[2].waiting.at(0).reason == "no-consumer");
  CHECK(result.queues[2].next.empty());
}

TEST_CASE("lists that look like jobs and are not read are named, until the source is told whose they are") {
  RedisServer server;
  server.run({{"LPUSH", "acme:normal", go_element(1)},
              {"LPUSH", "jobqueue:medium_priority", go_element(2)},
              {"LPUSH", "low", go_element(3)},
              {"LPUSH", "evil\x1b[2J", go_element(4)},
              {"LPUSH", "mail:queue", R"({"id":"1","to":"somebody"})"},
              {"LPUSH", "jobqueue:completed", go_element(5)}});
  const std::unique_ptr<JobStore> store = open_redis_store(server.target(), go_redis_work_queue::system);
  CHECK(ids_of(all_jobs(*store, {})) == std::vector<std::string>{"job-5"});
  const std::vector<Finding> findings = store->check({}).findings;
  const auto found = std::ranges::find(findings, "unread-list", &Finding::code);
  REQUIRE(found != findings.end());
  CHECK(found->severity == Finding::Severity::problem);
  CHECK(found->text.find("keys = { \"worker.queues.normal\" = \"acme:normal\", \"worker.queues.medium\" = "
                         "\"jobqueue:medium_priority\", \"worker.queues.low_2\" = \"low\", \"worker.priorities\" = "
                         "\"high,low,normal,medium,low_2\" }") != std::string::npos);
  Source source;
  source.keys = {{"worker.queues.normal", "acme:normal"},
                 {"worker.queues.medium", "jobqueue:medium_priority"},
                 {"worker.queues.low_2", "low"},
                 {"worker.priorities", "high,low,normal,medium,low_2"},
                 {"ignored_lists", "evil*"}};
  const std::unique_ptr<JobStore> told = open_redis_store(server.target(), go_redis_work_queue::system, source);
  const std::vector<Finding> none = told->check({}).findings;
  CHECK(std::ranges::find(none, "unread-list", &Finding::code) == none.end());
  CHECK(all_jobs(*told, {}).size() == 4);
}

TEST_CASE("detection") {
  RedisServer server;
  const RedisSystem* const systems[] = {&go_redis_work_queue::system};
  const std::shared_ptr<RedisConnection> connection = connect_redis(server.target());
  CHECK_THROWS_AS(open_redis_stores(connection, {}, systems), Error);
  CHECK(open_redis_stores(connection, named(), systems).size() == 1);
  server.run({{"LPUSH", "some:list", "x"}, {"SET", "jobqueue:low_priority", "x"}});
  CHECK_THROWS_AS(open_redis_stores(connection, {}, systems), Error);
  server.run({{"LPUSH", "renamed", go_element(1)}});
  CHECK(open_redis_stores(connection, {}, systems).size() == 1);
}

TEST_CASE("denied commands: idle workers become unknown, a denied store is an error with its kind") {
  RedisServer server;
  server.load(fixtures / "standard/load.redis");
  server.run({{"DEL", "jobqueue:processing:worker:host-a-101-1767322800000000000-a1b2-0",
               "jobqueue:processing:worker:host-b-7-1767322800000000000-e5f6-2"},
              {"ACL", "SETUSER", "reader", "on", ">pw", "~*", "+@all", "-client|list"},
              {"ACL", "SETUSER", "nobody", "on", ">pw", "~nothing", "+@all"}});
  RedisTarget target = server.target();
  target.user = "reader";
  target.password = Secret("pw");
  const RedisSystem* const systems[] = {&go_redis_work_queue::system};
  const std::unique_ptr<JobStore> store = std::move(open_redis_stores(connect_redis(target), {}, systems).front());
  PeekQuery peek;
  peek.why = true;
  const PeekResult result = store->peek(peek);
  const std::vector<std::string>& notes = result.queues.at(0).notes;
  CHECK(std::find(notes.begin(), notes.end(), "idle workers unknown: CLIENT LIST is not permitted") != notes.end());
  for (const Waiting& waiting : result.queues.at(0).waiting) CHECK(waiting.reason != "no-live-workers");
  const StoreCheck check = store->check({});
  CHECK(std::any_of(check.findings.begin(), check.findings.end(),
                    [](const Finding& finding) { return finding.subject == "CLIENT LIST"; }));

  target.user = "nobody";
  const std::unique_ptr<JobStore> denied =
      std::move(open_redis_stores(connect_redis(target), named(), systems).front());
  for (int call = 0; call < 4; ++call) {
    CAPTURE(call);
    try {
      if (call == 0) denied->list({});
      if (call == 1) denied->peek({});
      if (call == 2) denied->statistics({});
      if (call == 3) denied->check({});
      FAIL("a denied read went through");
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::authentication);
    }
  }
}

TEST_CASE("a user who may only read can read, and what is refused is named before it is missed") {
  RedisServer server;
  server.load(fixtures / "standard/load.redis");
  server.run({{"ACL", "SETUSER", "reader", "on", ">pw", "~*", "+@read", "+@connection"},
              {"ACL", "SETUSER", "lister", "on", ">pw", "~*", "+@read", "+@connection", "+@transaction", "-lrange"},
              {"ACL", "SETUSER", "getter", "on", ">pw", "~*", "+@read", "+@connection", "+multi", "+exec", "-get"}});
  RedisTarget target = server.target();
  target.password = Secret("pw");
  target.user = "reader";
  const std::unique_ptr<JobStore> all = open_redis_store(server.target(), go_redis_work_queue::system);
  const std::unique_ptr<JobStore> reader = open_redis_store(target, go_redis_work_queue::system);
  CHECK(ids_of(all_jobs(*reader, {})) == ids_of(all_jobs(*all, {})));
  PeekQuery peek;
  peek.why = true;
  CHECK(reader->peek(peek).queues.size() == all->peek(peek).queues.size());
  CHECK(reader->statistics({}).queues.size() == all->statistics({}).queues.size());
  reader->diagnose({});
  const std::vector<Finding> findings = reader->check({}).findings;
  CHECK(std::ranges::find(findings, "time-denied", &Finding::code) != findings.end());
  const std::vector<Finding> whole = all->check({}).findings;
  CHECK(std::ranges::find(whole, "time-denied", &Finding::code) == whole.end());
  for (const auto& [user, command] : std::map<std::string, std::string>{{"lister", "LRANGE"}, {"getter", "GET"}}) {
    CAPTURE(user);
    target.user = user;
    const std::unique_ptr<JobStore> denied =
        std::move(open_redis_stores(connect_redis(target), named(), std::array{&go_redis_work_queue::system}).front());
    const auto failure = [&](auto ask) {
      try {
        ask();
      } catch (const Error& error) {
        return std::string(to_word(error.kind())) + ": " + error.what() + ": " + error.cause().raw();
      }
      return std::string();
    };
    const std::string listing = failure([&] { denied->list({}); });
    CHECK(listing.find("NOPERM") != std::string::npos);
    CHECK(listing.starts_with(std::string(to_word(ErrorKind::authentication))));
    const std::string check = failure([&] { denied->check({}); });
    CHECK(check.find("what reading jobs needs: " + command) != std::string::npos);
    CHECK(check.find("NOPERM") != std::string::npos);
  }
}

TEST_CASE("a server that dies in the middle of a listing is an error, not an end") {
  RedisServer server;
  std::vector<std::vector<std::string>> commands;
  for (int i = 0; i < 3000; ++i) commands.push_back({"LPUSH", "jobqueue:completed", go_element(i)});
  server.run(commands);
  const std::unique_ptr<JobStore> store = open_redis_store(server.target(), go_redis_work_queue::system);
  JobQuery query;
  query.page_size = 100;
  query.after = store->list(query).next;
  REQUIRE(query.after);
  server.kill();
  try {
    store->list(query);
    FAIL("the listing went on without a server");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::unreachable);
  }
}

TEST_CASE("worker ids are read from their right end") {
  const go_redis_work_queue::WorkerId worker =
      go_redis_work_queue::parse_worker_id("web-eu-1-4711-1767322800000000000-a1b2-12");
  CHECK(worker.host == "web-eu-1");
  CHECK(worker.process == 4711);
  CHECK(worker.started == parse_timestamp("2026-01-02T03:00:00Z"));
  CHECK(go_redis_work_queue::parse_worker_id("host-12-3").host == "host");
  CHECK(go_redis_work_queue::parse_worker_id("anything").host.empty());
  CHECK_FALSE(go_redis_work_queue::parse_worker_id("").process);
}

TEST_CASE("lists that look like its jobs and are not read are told of with every answer") {
  RedisServer server;
  server.run({{"LPUSH", "jobqueue:low_priority", go_element(1)},
              {"LPUSH", "acme:normal", go_element(2)},
              {"LPUSH", "jobqueue:medium_priority", go_element(3)},
              {"LPUSH", "odd\x1b[31m", go_element(4)},
              {"LPUSH", "other", "no job"}});
  Source source = named();
  const std::vector<Finding> unseen = open_redis_store(server.target(), go_redis_work_queue::system, source)->unseen();
  REQUIRE(unseen.size() == 1);
  CHECK(unseen.front().code == "unread-list");
  CHECK(unseen.front().text ==
        "lists that look like its jobs are not read: acme:normal, jobqueue:medium_priority and 1 more");
  source.keys["ignored_lists"] = "acme:*,jobqueue:medium*,odd*";
  CHECK(open_redis_store(server.target(), go_redis_work_queue::system, source)->unseen().empty());
}
