// A Redis database in which nothing known is: how often it is walked, and what is said where that ended early.
#include <doctest/doctest.h>

#include "backends/engines/redis/key_scan.hpp"
#include "backends/engines/redis/open.hpp"
#include "model/error.hpp"
#include "tests/support/redis_server.hpp"
#include "tests/unit/engine_redis/made_up_shop.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

constexpr std::array<std::string_view, 2> written_alike{"job:*", "jobs:*"};
constexpr std::array<std::string_view, 2> record_fields{"made", "state"};
constexpr std::array foreign{ForeignRedisSystem{"Market", {"market:*"}}};

bool is_order(std::string_view element) { return element.starts_with("order "); }

/// A system whose keys have fixed names, told by the elements of its lists and the fields of its records.
RedisSystem stall_system() {
  RedisSystem system = shop::system();
  system.info.name = "stall";
  system.info.title = "Stall";
  system.find = {.scan_patterns = written_alike, .recognises = is_order, .record_fields = record_fields};
  system.place = {.places = std::span(shop::places).last(1)};
  system.read.record = "job:{id}";
  system.read.ids_by_queue = false;
  return system;
}

/// What is said where nothing is found, and in how many walks over the keyspace that was known.
struct Refusal {
  std::string message, note, hint;
  int walks = 0;
};

Refusal refusal(RedisServer& server, std::uint64_t keys) {
  const RedisSystem shop = shop::system(), stall = stall_system();
  const RedisSystem* const systems[] = {&shop, &stall};
  server.run({{"CONFIG", "RESETSTAT"}});
  Refusal refused;
  try {
    open_redis_stores(connect_redis(server.target()), {}, systems, foreign);
    FAIL("it was opened");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::not_found);
    refused = {error.what(), error.notes().empty() ? "" : error.notes().front(), error.hint()};
  }
  const std::string told = server.ask({"INFO", "commandstats"});
  const std::string name = "cmdstat_scan:calls=";
  const std::size_t at = told.find(name);
  const std::uint64_t calls = at == std::string::npos ? 0 : std::stoull(told.substr(at + name.size()));
  refused.walks = static_cast<int>((calls * keys_per_call + keys / 2) / keys);  // a walk may take one call more
  return refused;
}

void add_keys(RedisServer& server, const std::string& command, const std::string& prefix, int count) {
  server.run({{"EVAL", "for i = 1, ARGV[3] do redis.call(ARGV[1], ARGV[2] .. i, 'x') end", "0", command, prefix,
               std::to_string(count)}});
}

}  // namespace

TEST_CASE("where nothing is found the names of keys are walked over once, and the lists once") {
  RedisServer server;
  add_keys(server, "SET", "cache:", 9'000);
  CHECK(refusal(server, 9'000).walks == 2);
  server.run({{"SET", "market:1", "x"}});
  const Refusal market = refusal(server, 9'000);
  CHECK(market.walks == 2);
  CHECK(market.message.ends_with(" holds keys of Market, which queuetrace does not support"));
  server.run({{"HSET", "acme:job:7", "made", "100", "state", "new"}, {"HSET", "other:job:7", "made", "100"}});
  const Refusal elsewhere = refusal(server, 9'000);
  CHECK(elsewhere.walks == 2);
  CHECK(elsewhere.message.starts_with("no queue system found in Redis at "));
  CHECK(elsewhere.hint.starts_with("Stall: lists that look like its jobs are not read: acme:job:{id}; "));
}

TEST_CASE("where more lists are there than are looked at, that is said") {
  const std::string cut = "not all keys were looked at: 5 s, 1,000 lists and 64 MiB of their elements bound it";
  RedisServer server;
  add_keys(server, "RPUSH", "log:", 900);
  CHECK(refusal(server, 900).note.empty());
  add_keys(server, "RPUSH", "log:", 9'000);
  CHECK(refusal(server, 9'000).note == cut);
}

TEST_CASE("where the elements of lists take more bytes than are looked at, that is said") {
  const std::string cut = "not all keys were looked at: 5 s, 1,000 lists and 64 MiB of their elements bound it";
  RedisServer server;
  server.run(
      {{"EVAL", "local text = string.rep('x', 5000000) for i = 1, 20 do redis.call('RPUSH', 'log:' .. i, text) end",
        "0"}});
  const Refusal refused = refusal(server, 20);
  CHECK(refused.note == cut);
  CHECK(refused.message.starts_with("no queue system found in Redis at "));
}
