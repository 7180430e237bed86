// What a read session may send.
#include "backends/drivers/redis/command.hpp"

#include <doctest/doctest.h>

#include "backends/drivers/redis/hash_slot.hpp"
#include "backends/drivers/redis/like_command.hpp"
#include "backends/drivers/redis/target.hpp"
#include "model/error.hpp"

using namespace queuetrace;

TEST_CASE("a session for writing may also run scripts, and nothing else that changes anything") {
  CHECK_FALSE(is_allowed({"EVAL", "return 1", "0"}, Access::read));
  CHECK_FALSE(is_allowed({"evalsha", "abc", "0"}, Access::read));
  CHECK(is_allowed({"EVAL", "return 1", "0"}, Access::write));
  CHECK(is_allowed({"evalsha", "abc", "0"}, Access::write));
  CHECK_FALSE(is_allowed({"DEL", "key"}, Access::write));
  CHECK_FALSE(is_allowed({"LPUSH", "key", "a"}, Access::write));
  CHECK(key_of({"EVALSHA", "abc", "2", "one", "two"}) == "one");
  CHECK_FALSE(key_of({"EVAL", "return 1", "0"}));
}

TEST_CASE("only read commands get onto the wire") {
  for (const char* name :
       {"KEYS",   "keys",    "DEL",       "LPUSH",  "LREM",   "EVAL",      "EVALSHA", "FCALL",   "FLUSHALL", "CONFIG",
        "SET",    "GETDEL",  "GETEX",     "EXPIRE", "RENAME", "SORT",      "LMOVE",   "MIGRATE", "SHUTDOWN", "DEBUG",
        "SCRIPT", "MONITOR", "SUBSCRIBE", "CLIENT", "UNLINK", "RPOPLPUSH", "HSET",    "ZADD",    "XADD"}) {
    CAPTURE(name);
    CHECK_THROWS_AS(in_wire_form({name, "a"}, Access::read), Error);
  }
  CHECK_THROWS_AS(in_wire_form({"CONFIG", "SET", "dir", "/"}, Access::read), Error);
  CHECK_THROWS_AS(in_wire_form({"CLIENT", "KILL", "x"}, Access::read), Error);
  CHECK_THROWS_AS(in_wire_form(RedisCommand{}, Access::read), Error);
  const WireCommand wire = in_wire_form({"lrange", std::string("a\0\r\n", 4), "0", "-1"}, Access::read);
  CHECK(wire.bytes() == std::string("*4\r\n$6\r\nlrange\r\n$4\r\na\0\r\n\r\n$1\r\n0\r\n$2\r\n-1\r\n", 41));
}

TEST_CASE("a command that differs from the one before in its key takes over its form, and no other does") {
  const std::vector<RedisCommand> all{{"HMGET", "bull:mail:1", "opts", "data"},
                                      {"HMGET", "bull:mail:22", "opts", "data"},
                                      {"HMGET", "", "opts", "data"},
                                      {"HMGET", std::string("a\0\r\n$3\r\n", 9), "opts", "data"},
                                      {"HMGET", std::string(2'000, 'k'), "opts", "data"},
                                      {"HMGET", "k", "opts", "dat"},
                                      {"HMGET", "k", "opts"},
                                      {"hmget", "k", "opts"},
                                      {"HSTRLEN", "k", "opts"},
                                      {"GET", "k"},
                                      {"GET", "another"},
                                      {"MEMORY", "USAGE", "k", "SAMPLES", "0"},
                                      {"MEMORY", "USAGE", "another", "SAMPLES", "0"},
                                      {"SCAN", "0"},
                                      {"SCAN", "17"},
                                      {"TIME"},
                                      {"TIME"}};
  for (const RedisCommand& before : all)
    for (const RedisCommand& command : all) {
      CAPTURE(before.arguments.front());
      CAPTURE(command.arguments.front());
      const std::optional<std::size_t> place = place_of_key(before);
      RedisCommand same = before;
      if (place && command.arguments.size() > *place) same.arguments[*place] = command.arguments[*place];
      const bool alike = place && same.arguments == command.arguments;

      LikeCommand like;
      std::string wire = "what was sent before";
      const std::size_t begin = wire.size();
      wire += in_wire_form(before, Access::read).bytes();
      like.follow(before, wire, begin);
      std::string expected = wire;
      if (alike) expected += in_wire_form(command, Access::read).bytes();
      CHECK(like.add(command, wire) == alike);
      CHECK(wire == expected);
      // A third one takes over what the second took over.
      if (alike) {
        CHECK(like.add(before, wire));
        CHECK(wire == expected + std::string(in_wire_form(before, Access::read).bytes()));
      }
      like.forget();
      CHECK_FALSE(like.add(command, wire));
    }
}

TEST_CASE("nothing becomes allowed for standing behind a command that is") {
  LikeCommand like;
  for (const auto& [before, command] : std::vector<std::pair<RedisCommand, RedisCommand>>{
           {{"CONFIG", "GET", "dir"}, {"CONFIG", "SET", "dir"}},
           {{"MEMORY", "USAGE", "k"}, {"MEMORY", "PURGE", "k"}},
           {{"OBJECT", "ENCODING", "k"}, {"OBJECT", "FREQ", "k"}},
           {{"CLIENT", "LIST"}, {"CLIENT", "KILL"}},
           {{"EVALSHA", "digest", "1", "k"}, {"EVALSHA", "another", "1", "k"}},
           {{"GET", "k"}, {"DEL", "k"}}}) {
    CAPTURE(command.arguments.front());
    std::string wire(in_wire_form(before, Access::write).bytes());
    like.follow(before, wire, 0);
    CHECK_FALSE(like.add(command, wire));
  }
  // Scripts may name other keys as other arguments: they are formed anew.
  std::string wire(in_wire_form({"EVALSHA", "digest", "1", "k"}, Access::write).bytes());
  const RedisCommand script{"EVALSHA", "digest", "1", "k"};
  like.follow(script, wire, 0);
  CHECK_FALSE(like.add({"EVALSHA", "digest", "1", "another"}, wire));
}

TEST_CASE("keys of commands and their slots") {
  CHECK(key_of({"LRANGE", "a", "0", "1"}) == "a");
  CHECK(key_of({"OBJECT", "ENCODING", "b"}) == "b");
  CHECK_FALSE(key_of({"PING"}));
  CHECK_FALSE(key_of({"SCAN", "0"}));
  // Values of the Redis Cluster specification and of CLUSTER KEYSLOT.
  CHECK(hash_slot("123456789") == 12739);
  CHECK(hash_slot("foo") == 12182);
  CHECK(hash_slot("{foo}:x") == 12182);
  CHECK(hash_slot("a{}{foo}") == hash_slot("a{}{foo}"));
  CHECK(hash_slot("}{") != hash_slot(""));
}

TEST_CASE("targets from URLs") {
  Source source;
  ConnectionUrl url{.scheme = "rediss",
                    .user = "u",
                    .password = Secret("p"),
                    .has_password = true,
                    .hosts = "[::1]:6390",
                    .path = "/3",
                    .parameters = {{"insecure", "true"}, {"sni", "redis.corp"}}};
  RedisTarget target = make_redis_target(url, source);
  CHECK(target.addresses == std::vector<RedisAddress>{{"::1", 6390, ""}});
  CHECK(target.database == 3);
  CHECK(target.password->reveal() == "p");
  REQUIRE(target.tls);
  CHECK(target.tls->insecure);
  CHECK(target.tls->server_name == "redis.corp");
  url.hosts = "[fe80::1%25lo]:6390";
  CHECK(make_redis_target(url, source).addresses == std::vector<RedisAddress>{{"fe80::1%lo", 6390, ""}});
  source.password = Secret("other");
  CHECK(make_redis_target(url, source).password->reveal() == "other");

  url = {.scheme = "redis+sentinel",
         .user = "",
         .password = {},
         .has_password = false,
         .hosts = "h1,h2:26380",
         .path = "/mymaster/2",
         .parameters = {}};
  target = make_redis_target(url, source);
  CHECK(target.kind == RedisTarget::Kind::sentinel);
  CHECK(target.master == "mymaster");
  CHECK(target.database == 2);
  CHECK(target.addresses == std::vector<RedisAddress>{{"h1", 26379, ""}, {"h2", 26380, ""}});
  url.path = "/";
  CHECK_THROWS_AS(make_redis_target(url, source), Error);
  url = {.scheme = "redis",
         .user = "",
         .password = {},
         .has_password = false,
         .hosts = "h:99999",
         .path = "",
         .parameters = {}};
  CHECK_THROWS_AS(make_redis_target(url, source), Error);
  url.hosts = "h";
  url.parameters["databse"] = "1";
  CHECK_THROWS_AS(make_redis_target(url, source), Error);
}
