// Queues, installations and pauses of a system that is tables alone.
#include <doctest/doctest.h>

#include <map>

#include "backends/engines/redis/open.hpp"
#include "model/error.hpp"
#include "tests/support/redis_server.hpp"
#include "tests/unit/engine_redis/made_up_shop.hpp"

using namespace queuetrace;
using test::RedisServer;
namespace shop = test::shop;

namespace {

using Commands = std::vector<std::vector<std::string>>;

/// Two queues with a job 1 each, in an installation.
Commands installation(const std::string& prefix) {
  const auto key = [&](const std::string& rest) { return prefix + ":" + rest; };
  return {{"SADD", key("queues"), key("mail"), key("a:b"), key("empty")},
          {"LPUSH", key("mail:wait"), "1", "2", "3"},
          {"ZADD", key("mail:urgent"), "5", "4"},
          {"ZADD", key("mail:later"), "1760000900", "5", "1760000800", "6"},
          {"ZADD", key("mail:done"), "1", "7"},
          {"LPUSH", key("a:b:wait"), "1"},
          {"HSET", key("mail:job:1"), "made", "101", "state", "w"},
          {"HSET", key("mail:job:2"), "made", "102", "state", "w"},
          {"HSET", key("mail:job:3"), "made", "103", "state", "w"},
          {"HSET", key("mail:job:4"), "made", "104", "state", "u"},
          {"HSET", key("mail:job:5"), "made", "105", "state", "l"},
          {"HSET", key("mail:job:6"), "made", "106", "state", "l"},
          {"HSET", key("mail:job:7"), "made", "107", "state", "d"},
          {"HSET", key("a:b:job:1"), "made", "201", "state", "w"}};
}

std::vector<std::unique_ptr<JobStore>> open(const RedisServer& server, const RedisSystem& system, Source source = {},
                                            Access access = Access::read) {
  source.name = "src";
  RedisTarget target = server.target();
  target.access = access;
  const RedisSystem* const systems[] = {&system};
  return open_redis_stores(connect_redis(target), source, systems);
}

std::vector<std::string> addresses(const std::vector<std::unique_ptr<JobStore>>& stores) {
  std::vector<std::string> out;
  for (const auto& store : stores) out.push_back(store->address());
  return out;
}

std::vector<std::string> ids_of(const std::vector<Job>& jobs) {
  std::vector<std::string> ids;
  for (const Job& job : jobs) ids.push_back(job.ref.id.raw());
  return ids;
}

std::vector<std::string> list(JobStore& store, JobFilter filter = {}) {
  JobQuery query;
  query.filter = std::move(filter);
  return ids_of(store.list(query).jobs);
}

std::vector<std::string> names(JobStore& store) {
  std::vector<std::string> out;
  for (const Untrusted& name : store.queues({})) out.push_back(name.raw());
  return out;
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("installations under several prefixes are stores of their own, told apart by their address") {
  RedisServer server;
  const RedisSystem system = shop::system();
  server.run(installation("shop"));
  CHECK(addresses(open(server, system)) == Words{"src"});
  server.run(installation("acme:eu"));
  server.run(installation("no/plain one"));
  // Another program's key of that name is of another type.
  server.run({{"SET", "other:queues", "x"}});
  const auto stores = open(server, system);
  CHECK(addresses(stores) == Words{"src/shop", "src/shop@acme:eu", "src/shop@no%2Fplain%20one"});
  CHECK(list(*stores[1]).size() == 8);
  Source source;
  source.system = "shop";
  source.keys["prefix"] = "acme:eu";
  const auto one = open(server, system, source);
  CHECK(addresses(one) == Words{"src"});
  JobQuery query;
  CHECK(one[0]->list(query).jobs.at(0).extra.at(0).name == "key");
  source.keys["colour"] = "red";
  CHECK_THROWS_WITH_AS(open(server, system, source), "shop has no key option 'colour'", Error);
}

TEST_CASE("queues are found in a set, in a hash, or by their keys where two signs confirm them") {
  RedisServer server;
  server.run(installation("shop"));
  RedisSystem system = shop::system();
  CHECK(names(*open(server, system)[0]) == Words{"a:b", "empty", "mail"});

  server.run({{"HSET", "shop:info", "mail", "{}", "fresh", "{}"}});
  system.place.queues = shop::queues_in_hash;
  CHECK(names(*open(server, system)[0]) == Words{"fresh", "mail"});

  server.run({{"HSET", "shop:mail:meta", "version", "1"}, {"HSET", "shop:a:b:meta", "version", "1"}});
  server.run({{"HSET", "shop:nothing:meta", "x", "1"}, {"HSET", "shop:mail:job:x:meta", "x", "1"}});
  system.place.queues = shop::queues_by_keys;
  system.place.queue_signs = shop::queue_signs;
  CHECK(names(*open(server, system)[0]) == Words{"a:b", "mail"});

  // Installations by the same keys: `a:b` is a queue of `shop`, not `b` of `shop:a`.
  system.place.installation = shop::queue_signs[0];
  system.find.signs = {};
  server.run(installation("acme:eu"));
  server.run({{"HSET", "acme:eu:mail:meta", "version", "1"}});
  const auto stores = open(server, system);
  CHECK(addresses(stores) == Words{"src/shop", "src/shop@acme:eu"});
  CHECK(names(*stores[0]) == Words{"a:b", "mail"});
  CHECK(names(*stores[1]) == Words{"mail"});
}

TEST_CASE("a search for queues that a bound cuts says so") {
  RedisServer server;
  server.run(installation("shop"));
  const RedisSystem system = shop::system();
  const auto stores = open(server, system);
  JobQuery query;
  query.limits.deadline = std::chrono::steady_clock::now();
  const Page page = stores[0]->list(query);
  REQUIRE(page.warnings.size() == 1);
  CHECK(page.warnings[0] == "not all keys were read: queues or lists may be missing");
}

TEST_CASE("jobs carry their queue, and an id that is unique only there is queue:id everywhere") {
  RedisServer server;
  server.run(installation("shop"));
  const RedisSystem system = shop::system();
  const auto stores = open(server, system);
  JobStore& store = *stores[0];
  CHECK(list(store) == Words{"a%3Ab:1", "mail:7", "mail:6", "mail:5", "mail:4", "mail:3", "mail:2", "mail:1"});
  JobFilter filter;
  filter.ids = {"mail:1"};
  CHECK(list(store, filter) == Words{"mail:1"});
  filter.ids = {"1"};  // without its queue: of every queue
  CHECK(list(store, filter) == Words{"a%3Ab:1", "mail:1"});
  server.run({{"RPUSH", "shop:mail:wait", "10", "9f3c1d"}});
  filter.ids = {"mail:1"};
  CHECK(list(store, filter) == Words{"mail:1"});  // whole: it is no beginning of mail:10
  filter.ids = {"9f3c"};
  CHECK(list(store, filter) == Words{"mail:9f3c1d"});
  server.run({{"RPUSH", "shop:mail:wait", "0b9e4d5e-6f0a-4c1b-9d2e-000000000003"}});
  for (const char* id : {"mail:0b9e4d5e", "mail:0b9e4d5e-6", "0b9e4d5e"}) {  // as tables shorten long ids
    filter.ids = {id};
    CHECK(list(store, filter) == Words{"mail:0b9e4d5e-6f0a-4c1b-9d2e-000000000003"});
  }
  for (const char* id : {"mail:0b9e4d5", "news:0b9e4d5e", "mail:0b9e4d5f"}) {
    filter.ids = {id};
    CHECK(list(store, filter).empty());
  }
  filter.ids = {"mail"};  // a queue's name is no beginning of an id
  CHECK(list(store, filter).empty());
  filter = {};
  filter.queues = {"a:*"};
  JobQuery query;
  query.filter = filter;
  const Page page = store.list(query);
  REQUIRE(ids_of(page.jobs) == Words{"a%3Ab:1"});
  CHECK(page.jobs[0].queue == Untrusted(std::string("a:b")));
  CHECK(parse_job_reference("a%3Ab:1") == QueuedId{"a:b", "1"});
  CHECK(parse_job_reference(job_reference("50%:x", "a:b")) == QueuedId{"50%:x", "a:b"});
}

TEST_CASE("several containers that are one queue are one row, and one order") {
  RedisServer server;
  server.run(installation("shop"));
  server.run({{"ZADD", "shop:dead", "1", "d1 001"}, {"HSET", "shop:held", "w", "h1 002"}});
  const RedisSystem system = shop::system();
  const auto stores = open(server, system);
  std::map<std::string, std::map<std::string, std::uint64_t>> counts;
  for (const QueueStatistics& row : stores[0]->statistics({}).queues)
    for (const StateStatistics& state : row.states)
      counts[row.queue.raw()][std::string(to_word(state.state))] += state.count.value;
  CHECK(counts ==
        decltype(counts){{"a:b", {{"pending", 1}}},
                         {"mail", {{"pending", 4}, {"scheduled", 2}, {"running", 1}, {"completed", 1}, {"dead", 1}}}});
  PeekQuery query;
  query.why = true;
  const PeekResult result = stores[0]->peek(query);
  REQUIRE(result.queues.size() == 2);
  CHECK(result.queues[0].queue.raw() == "a:b");
  CHECK(ids_of(result.queues[1].next) == Words{"mail:1", "mail:2", "mail:3", "mail:4"});
  REQUIRE(result.queues[1].waiting.size() == 1);
  const Waiting& later = result.queues[1].waiting[0];
  CHECK(later.reason == "scheduled");
  CHECK(later.count == 2);
  CHECK(later.sample == Untrusted(std::string("mail:6")));
  CHECK(later.earliest == Timestamp(std::chrono::seconds(1'760'000'800)));
}

TEST_CASE("pauses are shown, made and taken back, in each form") {
  RedisServer server;
  server.run(installation("shop"));
  RedisSystem system = shop::system();
  const auto paused = [&](JobStore& store) {
    std::map<std::string, bool> out;
    for (const QueueStatistics& row : store.statistics({}).queues)
      if (row.paused) out[row.queue.raw()] = *row.paused;
    return out;
  };
  using Form = RedisPausing::Form;
  for (const Form form : {Form::key, Form::member, Form::field}) {
    CAPTURE(static_cast<int>(form));
    system.pause.form = form;
    if (form == Form::member) system.pause.key = "{prefix}:paused";
    if (form == Form::field) {
      system.pause.key = "{prefix}:{queue}:meta";
      system.pause.field = "paused";
    }
    const auto stores = open(server, system, {}, Access::write);
    JobStore& store = *stores[0];
    CHECK(paused(store) == std::map<std::string, bool>{{"a:b", false}, {"mail", false}});
    const ActionOffer offer = store.administration().offer_pause();
    CHECK(offer.possible);
    CHECK(offer.effect == "no worker takes from it");
    CHECK(offer.warnings == Words{"workers see it within five seconds"});
    CHECK(store.administration().set_paused({"mail", true, "", ""}).outcome == Outcome::done);
    CHECK(store.administration().set_paused({"mail", true, "", ""}).outcome == Outcome::already);
    CHECK(store.administration().set_paused({"empty", true, "", ""}).outcome == Outcome::done);
    CHECK(paused(store) == std::map<std::string, bool>{{"a:b", false}, {"empty", true}, {"mail", true}});
    PeekQuery query;
    query.queues = {"mail"};
    query.why = true;
    const PeekResult result = store.peek(query);
    REQUIRE(result.queues.size() == 1);
    CHECK(result.queues[0].next.empty());
    CHECK(result.queues[0].notes.at(0).starts_with("queue is paused"));
    CHECK(result.queues[0].waiting.at(0).reason == "paused");
    CHECK(result.queues[0].waiting.at(0).count == 4);
    for (const char* queue : {"mail", "empty"})
      CHECK(store.administration().set_paused({queue, false, "", ""}).outcome == Outcome::done);
    CHECK(store.administration().set_paused({"mail", false, "", ""}).outcome == Outcome::already);
    CHECK(paused(store) == std::map<std::string, bool>{{"a:b", false}, {"mail", false}});
  }
  CHECK(server.ask({"EXISTS", "shop:mail:paused", "shop:paused", "shop:mail:meta"}) == "0");
}

TEST_CASE("a record may be a string") {
  RedisServer server;
  server.run({{"SADD", "shop:queues", "shop:mail"},
              {"LPUSH", "shop:mail:wait", "1", "2", "gone"},
              {"SET", "shop:mail:job:1", "101"},
              {"SET", "shop:mail:job:2", "102"}});
  RedisSystem system = shop::system();
  system.read.record_type = RecordType::string;
  const auto stores = open(server, system);
  JobQuery query;
  const Page page = stores[0]->list(query);
  CHECK(ids_of(page.jobs) == Words{"mail:gone", "mail:2", "mail:1"});
  CHECK(page.jobs[0].notes.at(0).code == "dangling");
  CHECK(page.jobs[2].created_at == Timestamp(std::chrono::seconds(1'760'000'101)));
}
