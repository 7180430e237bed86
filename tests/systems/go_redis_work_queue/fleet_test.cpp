// Which workers live, as the server's list of clients shows it: other programs that wait in the same way are none.
#include "backends/systems/go_redis_work_queue/fleet.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace queuetrace;
using namespace queuetrace::go_redis_work_queue;

namespace {

/// A client's line.
std::string client(const std::string& command, const std::string& flags, int idle, const std::string& more = "") {
  return "id=7 addr=127.0.0.1:50000 name= age=900 idle=" + std::to_string(idle) + " flags=" + flags +
         " db=0 cmd=" + command + " user=default" + more + "\n";
}

Fleet fleet_of(const std::string& clients) { return fleet_in(clients, "0", Milliseconds(15'000)); }

}  // namespace

TEST_CASE("clients that wait as workers do count, those of other libraries and those that wait for longer do not") {
  CHECK(fleet_of(client("brpoplpush", "b", 1)).waiting == 1);
  CHECK(fleet_of(client("brpoplpush", "N", 2)).waiting == 1);  // between two polls
  CHECK(fleet_of(client("brpoplpush", "b", 17)).waiting == 1);
  CHECK(fleet_of(client("brpoplpush", "b", 1, " lib-name=go-redis(,go1.22.1) lib-ver=9.5.1")).waiting == 1);
  for (const std::string& other :
       {client("brpoplpush", "b", 18), client("brpoplpush", "N", 3), client("brpop", "b", 1), client("blmove", "b", 1),
        client("brpoplpush", "b", 1, " lib-name=ioredis lib-ver=5.4.1"),
        client("brpoplpush", "b", 1, " lib-name=redis-py lib-ver=5.0.1"),
        client("brpoplpush", "b", 1, " lib-name=jedis lib-ver=5.1.0")}) {
    CAPTURE(other);
    CHECK(fleet_of(other).waiting == 0);
    CHECK_FALSE(fleet_of(other).is_uncertain());
  }
  CHECK(fleet_in(client("brpoplpush", "b", 5), "0", Milliseconds(1'000)).waiting == 0);
  CHECK(fleet_in(client("brpoplpush", "b", 1), "3", Milliseconds(15'000)).waiting == 0);
}

TEST_CASE("who waits is certain where a process measures its queues or names the library") {
  CHECK(fleet_of(client("brpoplpush", "b", 1)).is_uncertain());
  CHECK_FALSE(fleet_of(client("brpoplpush", "b", 1) + client("llen", "N", 1)).is_uncertain());
  CHECK_FALSE(fleet_of(client("brpoplpush", "b", 1) + client("scan", "N", 4)).is_uncertain());
  CHECK_FALSE(fleet_of(client("brpoplpush", "b", 1, " lib-name=go-redis(,go1.22.1)")).is_uncertain());
  CHECK_FALSE(fleet_of("").is_uncertain());
}
