// Servers that are none, never answer, never end, or lie: the connection ends in time, with one error, in little
// memory.
#include <doctest/doctest.h>

#include <algorithm>

#include "backends/drivers/redis/connection.hpp"
#include "model/error.hpp"
#include "tests/support/peak_memory.hpp"
#include "tests/support/strange_server.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

/// The sources of everything else a command needs are in the same process.
constexpr long most_kib = 48 * 1024;

std::string repeated(const std::string& text, std::size_t times) {
  std::string all;
  all.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

std::string bulk(const std::string& text) { return "$" + std::to_string(text.size()) + "\r\n" + text + "\r\n"; }

RedisTarget target_of(const StrangeServer& server) {
  RedisTarget target;
  target.addresses.push_back({"127.0.0.1", server.port(), ""});
  target.command_timeout = target.connect_timeout = std::chrono::milliseconds(700);
  return target;
}

/// What asking that server such a command ends with.
std::optional<Error> failure_of(const StrangeServer& server, const RedisCommand& command) {
  try {
    const std::shared_ptr<RedisConnection> connection = connect_redis(target_of(server));
    const std::vector<RedisCommand> commands(100, command);
    for (const Reply& reply : connection->pipeline(commands))
      if (reply.is(Reply::Type::error)) return Error(ErrorKind::internal, "an error reply");
    return std::nullopt;
  } catch (const Error& error) {
    return error;
  }
}

/// Takes every log-in and answers everything else so.
StrangeServer::Behaviour after_log_in(std::function<bool(Conversation&)> answer) {
  return redis_that([answer = std::move(answer)](Conversation& one, const std::vector<std::string>& words) {
    return words[0] == "CLIENT" ? one.send("+OK\r\n") : answer(one);
  });
}

struct Strange {
  const char* name;
  std::function<void(Conversation&)> behaves;
};

}  // namespace

TEST_CASE("a Redis server that never answers or never ends is given up, whatever it sends") {
  const std::vector<Strange> all{
      {"silent", [](Conversation& one) { one.fall_silent(); }},
      {"closes", [](Conversation&) {}},
      {"garbage", [](Conversation& one) { one.repeat("\x01\xff garbage \r\n"); }},
      {"absurd string",
       [](Conversation& one) {
         one.send("$9223372036854775807\r\n");
         one.fall_silent();
       }},
      {"absurd array",
       [](Conversation& one) {
         one.send("*2147483647\r\n");
         one.fall_silent();
       }},
      {"nested arrays",
       [](Conversation& one) {
         one.send(repeated("*1\r\n", 100'000));
         one.fall_silent();
       }},
      {"a byte now and then",
       [](Conversation& one) {
         while (one.send("+") && one.pause(100)) {
         }
       }},
      {"a string byte by byte",
       [](Conversation& one) {
         one.send("$100000\r\n");
         while (one.send("x") && one.pause(100)) {
         }
       }},
      {"endless string",
       [](Conversation& one) {
         one.send("$536870912\r\n");
         one.repeat(std::string(65536, 'x'));
       }},
      {"endless strings", [](Conversation& one) { one.repeat(bulk(std::string(65536, 'x'))); }},
      {"endless status",
       [](Conversation& one) {
         one.send("+");
         one.repeat("x");
       }},
      {"endless error",
       [](Conversation& one) {
         one.send("-ERR ");
         one.repeat("x");
       }},
      {"endless integer",
       [](Conversation& one) {
         one.send(":");
         one.repeat("1");
       }},
      {"endless length",
       [](Conversation& one) {
         one.send("$");
         one.repeat("1");
       }},
      {"a million nils", [](Conversation& one) { one.repeat("*1048575\r\n" + repeated("$-1\r\n", 10'000)); }},
      {"arrays of nils", [](Conversation& one) { one.repeat("*262143\r\n" + repeated("$-1\r\n", 262'143)); }}};
  for (const bool at_once : {true, false}) {
    for (const Strange& strange : all) {
      CAPTURE(strange.name);
      CAPTURE(at_once);
      const StrangeServer server(at_once ? StrangeServer::Behaviour(strange.behaves)
                                         : after_log_in([&](Conversation& one) {
                                             strange.behaves(one);
                                             return false;
                                           }));
      const PeakMemory memory;
      const std::optional<Error> failure = failure_of(server, {"LRANGE", "l", "0", "999"});
      REQUIRE(failure);
      CHECK_MESSAGE((is_unanswered(failure->kind()) || failure->kind() == ErrorKind::refused), failure->what());
      CHECK(memory.grown_kib() < most_kib);
    }
  }
}

TEST_CASE("an answer of another form than the command has is a protocol error") {
  const std::string page = "*2\r\n" + bulk("7") + "*1\r\n" + bulk("k");
  const std::vector<std::pair<const char*, std::string>> forms{
      {"nil", "$-1\r\n"},
      {"integer", ":-9223372036854775808\r\n"},
      {"string", bulk("x")},
      {"status", "+x\r\n"},
      {"no elements", "*0\r\n"},
      {"strings", "*2\r\n" + bulk("x") + bulk("y")},
      {"an odd number of strings", "*3\r\n" + repeated(bulk("x"), 3)},
      {"integers", "*2\r\n:1\r\n:2\r\n"},
      {"nested", "*1\r\n*1\r\n" + bulk("x")},
      {"a page", page}};
  const std::vector<std::pair<RedisCommand, std::vector<std::string>>> commands{
      {{"GET", "k"}, {"nil", "string"}},
      {{"STRLEN", "k"}, {"integer"}},
      {{"TYPE", "k"}, {"status"}},
      {{"LRANGE", "k", "0", "1"}, {"no elements", "strings"}},
      {{"HMGET", "k", "a", "b"}, {"strings"}},
      {{"HGETALL", "k"}, {"no elements", "strings"}},
      {{"SMISMEMBER", "k", "a", "b"}, {"integers"}},
      {{"ZRANGE", "k", "0", "-1", "WITHSCORES"}, {"no elements", "strings"}},
      {{"SCAN", "5"}, {"a page"}},
      {{"SCAN", "7"}, {}},
      {{"TIME"}, {"strings"}},
      {{"INFO"}, {"string"}},
      {{"XRANGE", "k", "-", "+"}, {"no elements"}},
      {{"MEMORY", "USAGE", "k"}, {"nil", "integer"}}};
  for (const auto& [command, allowed] : commands) {
    for (const auto& [name, bytes] : forms) {
      CAPTURE(command.arguments[0]);
      CAPTURE(name);
      const StrangeServer server(after_log_in([&](Conversation& one) { return one.send(bytes); }));
      const std::optional<Error> failure = failure_of(server, command);
      const bool fits = std::ranges::find(allowed, name) != allowed.end();
      CHECK(failure.has_value() == !fits);
      if (failure) CHECK_MESSAGE(failure->kind() == ErrorKind::unreachable, failure->what());
    }
  }
}

TEST_CASE("MOVED outside a cluster says how to name one") {
  const StrangeServer server(after_log_in([](Conversation& one) { return one.send("-MOVED 1 127.0.0.1:1\r\n"); }));
  try {
    connect_redis(target_of(server))->ask({"GET", "k"}, "read");
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::usage);
    CHECK(error.hint() == "the server is part of a cluster: name it as redis+cluster://HOST:PORT");
  }
}
