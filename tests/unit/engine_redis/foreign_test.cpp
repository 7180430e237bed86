// A Redis database of a system that is known and not supported.
#include <doctest/doctest.h>

#include "backends/engines/redis/open.hpp"
#include "model/error.hpp"
#include "tests/support/redis_server.hpp"
#include "tests/unit/engine_redis/made_up_shop.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

constexpr std::array foreign{ForeignRedisSystem{"Market", {"market:{*}:open", "market:stalls"}},
                             ForeignRedisSystem{"Fair", {"fair:*"}}};

/// What is said where nothing is found.
Error refusal(const RedisServer& server) {
  const RedisSystem system = shop::system();
  const RedisSystem* const systems[] = {&system};
  try {
    open_redis_stores(connect_redis(server.target()), {}, systems, foreign);
  } catch (const Error& error) {
    return error;
  }
  return Error(ErrorKind::internal, "it was opened");
}

}  // namespace

TEST_CASE("where nothing is found, other databases of the server that hold keys are named") {
  RedisServer server;
  CHECK(refusal(server).hint().find("other databases") == std::string::npos);
  server.run({{"SET", "here", "1"}});
  CHECK(refusal(server).hint().find("other databases") == std::string::npos);
  server.run({{"SELECT", "3"}, {"SET", "a", "1"}, {"SET", "b", "1"}, {"SELECT", "12"}, {"SET", "a", "1"}});
  const Error error = refusal(server);
  CHECK(error.kind() == ErrorKind::not_found);
  CHECK(error.hint().find("hold keys: 3 (2 keys), 12 (1 key); ") != std::string::npos);
}

TEST_CASE("a system that is known and not supported is named, with those that are") {
  RedisServer server;
  CHECK(std::string(refusal(server).what()).starts_with("no queue system found in Redis at "));
  server.run({{"SET", "fairs", "1"}, {"SET", "market:x:open", "1"}});
  CHECK(std::string(refusal(server).what()).starts_with("no queue system found in Redis at "));
  server.run({{"SADD", "market:{mail}:open", "1"}});
  const Error error = refusal(server);
  CHECK(error.kind() == ErrorKind::not_found);
  CHECK(std::string(error.what()).ends_with(" holds keys of Market, which queuetrace does not support"));
  CHECK(error.hint() == "supported in Redis: Shop");
  server.run({{"SET", "fair:1", "1"}});
  CHECK(std::string(refusal(server).what()).find("holds keys of Market, Fair, which") != std::string::npos);
  server.run({{"SADD", "shop:queues", "shop:mail"}});
  CHECK(std::string(refusal(server).what()) == "it was opened");
}
