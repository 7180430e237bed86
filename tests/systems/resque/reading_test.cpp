// What is read of Resque's jobs, and what is none of its installations.
#include <doctest/doctest.h>

#include "backends/systems/resque/parts.hpp"
#include "backends/systems/resque/system.hpp"
#include "backends/systems/sidekiq/system.hpp"
#include "tests/systems/redis_diagnosis.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

using Words = std::vector<std::string>;

Words addresses(RedisServer& server) {
  const RedisSystem* const systems[] = {&resque::system, &sidekiq::system};
  Source source;
  source.name = "src";
  Words out;
  try {
    for (const auto& store : open_redis_stores(connect_redis(server.target()), source, systems))
      out.push_back(store->address());
  } catch (const std::exception&) {  // nothing found
  }
  return out;
}

std::string retry_name_of(const std::string& item) {
  return resque::retry_name(nlohmann::json::parse(item)).value_or("none");
}

std::string time_of(const std::string& text) {
  const std::optional<Timestamp> time = resque::parse_time(text);
  return time ? to_rfc3339(*time) : "none";
}

}  // namespace

TEST_CASE("every namespace is a store, and what only names its keys alike is none") {
  RedisServer server;
  server.run({{"SADD", "rq:queues", "rq:queue:default"},
              {"SADD", "rq:workers", "rq:worker:a"},
              {"SADD", "asynq:queues", "default"},
              {"SADD", "shop:queues", "default"},
              {"SET", "shop:stat:processed", "1"}});
  CHECK(addresses(server).empty());
  server.run({{"SADD", "queues", "a"}, {"LPUSH", "queue:a", R"({"class":"A","args":[],"jid":"j"})"}});
  CHECK(addresses(server) == Words{"src"});  // Sidekiq
  server.run({{"DEL", "queues", "queue:a"}, {"SADD", "resque:queues", "a"}, {"SET", "resque:stat:processed", "1"}});
  CHECK(addresses(server) == Words{"src"});  // idle: the counter stays
  server.run({{"SADD", "app:resque:queues", "a"}, {"RPUSH", "app:resque:queue:a", R"({"class":"A","args":[]})"}});
  CHECK(addresses(server) == Words{"src/resque", "src/resque@app:resque"});
  server.run({{"SADD", "shop:workers", "host:77:*"}});
  CHECK(addresses(server) == Words{"src/resque", "src/resque@app:resque", "src/resque@shop"});
}

TEST_CASE("what resque-retry calls a job is told only where its spelling is sure") {
  CHECK(retry_name_of(R"({"class":"A","args":[]})") == "A");
  CHECK(retry_name_of(R"({"class":"A B","args":null})") == "AB");
  CHECK(retry_name_of(R"({"class":"A","args":["x",1]})") == "A:" + sha1_hex("x-1"));
  CHECK(retry_name_of(R"({"class":"A","args":[null,true,-5]})") == "A:" + sha1_hex("-true--5"));
  for (const char* item :
       {R"({"class":"A","args":[1.5]})", R"({"class":"A","args":[{}]})", R"({"class":"A","args":[[]]})",
        R"({"class":"A","args":{}})", R"({"class":7,"args":[]})", "[]"})
    CHECK(retry_name_of(item) == "none");
}

TEST_CASE("what node-resque's plugin calls a job is told where its arguments are spelled as they are stored") {
  const auto keys_of = [](const std::string& item) {
    const std::optional<resque::RetryKeys> keys = resque::retry_keys(item);
    return keys ? keys->count + " " + keys->failure : "none";
  };
  CHECK(keys_of(R"({"class":"A","queue":"q","args":[]})") == "resque-retry:A failure-resque-retry:A:");
  CHECK(keys_of(R"({"class":"A b c","queue":"q","args":["x y",7,true,null]})") ==
        "resque-retry:Ab c:x y-7-true-null failure-resque-retry:Ab c:x y-7-true-null");
  CHECK(keys_of(R"({"class":"A","queue":"q","args":[{"b":[1.5],"a":"é"},[]]})") ==
        R"(resque-retry:A:{"b":[1.5],"a":"é"}-[] failure-resque-retry:A:{"b":[1.5],"a":"é"}-[])");
  CHECK(keys_of(R"({"class":"A","queue":"q","args":[1.5]})") == "none");
  CHECK(keys_of(R"({"class":"A","queue":"q","args":7})") == "none");
  // resque-scheduler's have `queue` at their end.
  CHECK(keys_of(R"({"class":"A","args":[],"queue":"q"})") == "resque-retry:A failure-resque-retry:A");
}

TEST_CASE("a delayed job of resque-scheduler loses its queue when it is due, one of node-resque keeps it") {
  const auto in_queue = [](const std::string& item) {
    return resque::without_queue(item, nlohmann::json::parse(item));
  };
  CHECK(in_queue(R"({"class":"A","args":[1],"queue":"q"})") == R"({"class":"A","args":[1]})");
  CHECK(in_queue(R"({"class":"A","queue":"q","args":[1]})") == R"({"class":"A","queue":"q","args":[1]})");
}

TEST_CASE("node-resque's workers tell that they live in keys of their own, and may have any name") {
  RedisServer server;
  server.run({{"SADD", "resque:queues", "a"},
              {"SADD", "resque:workers", "host:77:a,b:c", "named:d", "mute:e", "plain"},
              {"SET", "resque:worker:ping:host:77", R"({"time":4000000000,"name":"host:77","queues":"a,b:c"})"},
              {"SET", "resque:worker:ping:named", R"({"time":1782900000,"name":"named","queues":"d"})"},
              {"SET", "resque:worker:ping:mute", R"({"time":"soon"})"}});
  const std::shared_ptr<RedisConnection> connection = connect_redis(server.target());
  Deployment deployment;
  deployment.prefix = "resque:";
  const resque::Workers workers = resque::read_workers(*connection, deployment);
  CHECK(workers.take_from("a"));
  CHECK(workers.take_from("b:c"));
  CHECK_FALSE(workers.take_from("d"));  // silent
  CHECK(workers.take_from("e"));        // nothing is known against it
  CHECK_FALSE(workers.take_from("f"));
}

TEST_CASE("times are read where their zone is known") {
  CHECK(time_of("Wed Jul 01 2026 10:00:00 GMT+0200 (Central European Summer Time)") == "2026-07-01T08:00:00.000Z");
  CHECK(time_of("Thu Dec 31 2026 23:59:59 GMT-0130") == "2027-01-01T01:29:59.000Z");
  for (const char* text :
       {"Wed Jul 01 2026 10:00:00", "Wed Jux 01 2026 10:00:00 GMT+0200", "Wed Jul 41 2026 10:00:00 GMT+0200",
        "Wed Jul 01 2026 10:00:00 CET+0200", "Wed Jul 01 2026 10:00:00 GMT+02"})
    CHECK(time_of(text) == "none");
  CHECK(time_of("2026/07/01 10:00:00 UTC") == "2026-07-01T10:00:00.000Z");
  CHECK(time_of("2026/07/01 10:00:00 GMT") == "2026-07-01T10:00:00.000Z");
  CHECK(time_of("2026-07-01 10:00:00 +0200") == "2026-07-01T08:00:00.000Z");
  for (const char* text :
       {"2026/07/01 10:00:00 CEST", "2026/07/01 10:00:00", "2026/07/01 10:00:00 ", "2026/13/01 10:00:00 UTC", "",
        "soon", "xxxxxxxxxxxxxxxxxxx +0200", "2026/07/01 10:00:00 +xx00"})
    CHECK(time_of(text) == "none");
}
