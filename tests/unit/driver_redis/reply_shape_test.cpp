// What a real server answers to each command that a session may send has the form that the list of commands names.
#include "backends/drivers/redis/reply_shape.hpp"

#include <doctest/doctest.h>

#include "backends/drivers/redis/connection.hpp"
#include "model/error.hpp"
#include "tests/support/redis_server.hpp"

using namespace queuetrace;

TEST_CASE("a real server's answers have the form of the list of commands") {
  test::RedisServer server;
  server.run({{"SET", "s", "v"},
              {"RPUSH", "l", "a", "b", "c"},
              {"HSET", "h", "a", "1", "b", "2"},
              {"SADD", "u", "a", "b"},
              {"ZADD", "z", "1", "a", "2", "b"},
              {"XADD", "x", "1-1", "f", "v"},
              {"XADD", "x", "1-2", "f", "v"},
              {"XDEL", "x", "1-1"}});
  const std::shared_ptr<RedisConnection> connection = connect_redis(server.target());
  // Each on a key that is there and on one that is not.
  for (const auto& [present, words] : std::vector<std::pair<std::string, std::vector<std::string>>>{
           {"s", {"GET"}},
           {"s", {"MGET"}},
           {"s", {"STRLEN"}},
           {"s", {"GETRANGE", "0", "3"}},
           {"l", {"LRANGE", "0", "-1"}},
           {"l", {"LRANGE", "-2", "-1"}},
           {"l", {"LRANGE", "0", "1"}},
           {"l", {"LRANGE", "3", "1"}},
           {"l", {"LLEN"}},
           {"l", {"LINDEX", "0"}},
           {"l", {"LINDEX", "9"}},
           {"h", {"HGET", "a"}},
           {"h", {"HMGET", "a", "none"}},
           {"h", {"HGETALL"}},
           {"h", {"HLEN"}},
           {"h", {"HEXISTS", "a"}},
           {"h", {"HSTRLEN", "a"}},
           {"h", {"HSCAN", "0"}},
           {"u", {"SCARD"}},
           {"u", {"SISMEMBER", "a"}},
           {"u", {"SMISMEMBER", "a", "none"}},
           {"u", {"SMEMBERS"}},
           {"u", {"SSCAN", "0"}},
           {"z", {"ZCARD"}},
           {"z", {"ZCOUNT", "0", "9"}},
           {"z", {"ZSCORE", "a"}},
           {"z", {"ZMSCORE", "a", "none"}},
           {"z", {"ZRANGE", "0", "-1"}},
           {"z", {"ZRANGE", "0", "-1", "WITHSCORES"}},
           {"z", {"ZREVRANGE", "0", "-1"}},
           {"z", {"ZRANGEBYSCORE", "-inf", "+inf", "WITHSCORES"}},
           {"z", {"ZREVRANGEBYSCORE", "+inf", "-inf"}},
           {"z", {"ZSCAN", "0"}},
           {"x", {"XLEN"}},
           {"x", {"XRANGE", "-", "+"}},
           {"x", {"XREVRANGE", "+", "-"}},
           {"s", {"TYPE"}},
           {"s", {"EXISTS"}},
           {"s", {"TTL"}},
           {"s", {"PTTL"}},
           {"s", {"PEXPIRETIME"}}}) {
    for (const std::string& key : {present, std::string("none")}) {
      RedisCommand command(words);
      command.arguments.insert(command.arguments.begin() + 1, key);
      CAPTURE(words[0]);
      CAPTURE(key);
      CHECK_NOTHROW(connection->ask(command, "read"));
      CHECK_NOTHROW(connection->transaction({&command, 1}));
    }
  }
  for (const RedisCommand& command :
       std::vector<RedisCommand>{{"OBJECT", "ENCODING", "s"},
                                 {"MEMORY", "USAGE", "s"},
                                 {"MEMORY", "USAGE", "none"},
                                 {"SCAN", "0"},
                                 {"SCAN", "0", "MATCH", "none", "COUNT", "2000", "TYPE", "list"},
                                 {"DBSIZE"},
                                 {"PING"},
                                 {"TIME"},
                                 {"INFO"},
                                 {"INFO", "memory"},
                                 {"ROLE"},
                                 {"CLIENT", "LIST"},
                                 {"CONFIG", "GET", "*"},
                                 {"SLOWLOG", "GET"},
                                 {"FUNCTION", "LIST"},
                                 {"ACL", "WHOAMI"},
                                 {"SELECT", "0"}}) {
    CAPTURE(command.arguments[0]);
    CHECK_NOTHROW(connection->ask(command, "read"));
  }
  // Where a command is refused, its error is the answer, and the session goes on.
  CHECK_THROWS_AS(connection->ask({"GET", "l"}, "read"), Error);
  CHECK(connection->ask({"GET", "s"}, "read").text() == "v");
}
