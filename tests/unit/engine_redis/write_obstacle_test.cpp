// What keeps every change from a Redis server, and is said before one is planned.
#include <doctest/doctest.h>

#include "backends/engines/redis/write_obstacle.hpp"
#include "model/error.hpp"
#include "tests/support/redis_server.hpp"

using namespace queuetrace;
using test::RedisServer;

namespace {

std::shared_ptr<RedisConnection> writing(const RedisServer& server) {
  RedisTarget target = server.target();
  target.access = Access::write;
  return connect_redis(target);
}

Error refusal_of(const RedisServer& server) {
  const std::shared_ptr<RedisConnection> connection = writing(server);
  try {
    refuse_unwritable(*connection, "shop");
  } catch (const Error& error) {
    return error;
  }
  FAIL("nothing was refused");
  return Error(ErrorKind::internal, "");
}

TargetReport answered(Outcome outcome, const std::string& cause) {
  TargetReport report;
  report.set(outcome, "the server refused it", Untrusted(cause));
  return report;
}

}  // namespace

TEST_CASE("a server that takes scripts may be changed, and is not touched by the question") {
  RedisServer server({"--enable-debug-command", "yes"});
  server.run({{"SET", "a", "b"}});
  const std::string before = server.ask({"DEBUG", "DIGEST"});
  CHECK_NOTHROW(refuse_unwritable(*writing(server), "shop"));
  CHECK(server.ask({"DEBUG", "DIGEST"}) == before);
}

TEST_CASE("a server without EVAL is refused as a whole") {
  for (const std::string command : {"EVAL", "EVALSHA"}) {
    CAPTURE(command);
    const RedisServer server({"--rename-command", command, ""});
    const Error refusal = refusal_of(server);
    CHECK(refusal.kind() == ErrorKind::refused);
    CHECK(refusal.what() == "nothing can be changed in source 'shop': the server has no " + command);
    CHECK_FALSE(refusal.hint().empty());
  }
}

TEST_CASE("a replica whose role may not be asked is refused as a whole") {
  RedisServer server;
  server.run({{"REPLICAOF", "127.0.0.1", "1"}, {"ACL", "SETUSER", "default", "-info", "-role"}});
  const Error refusal = refusal_of(server);
  CHECK(refusal.kind() == ErrorKind::refused);
  CHECK(std::string(refusal.what()) ==
        "nothing can be changed in source 'shop': the server is a replica, where a change is refused or lost");
}

TEST_CASE("a server that takes no writes for want of replicas is refused as a whole") {
  RedisServer few({"--min-replicas-to-write", "1"});
  CHECK(std::string(refusal_of(few).what()) ==
        "nothing can be changed in source 'shop': the server has too few replicas to take writes");
}

TEST_CASE("answers of a replica to a change, from servers that tell it only then") {
  const TargetReport refused = answered(Outcome::failed, "READONLY You can't write against a read only replica.");
  CHECK_THROWS_WITH_AS(refuse_read_only(std::vector{refused, refused}, "shop"),
                       "nothing can be changed in source 'shop': the server is a replica, where a change is refused or "
                       "lost",
                       Error);
  CHECK_NOTHROW(refuse_read_only(std::vector{refused, answered(Outcome::done, "")}, "shop"));
  CHECK_NOTHROW(refuse_read_only({}, "shop"));
}
