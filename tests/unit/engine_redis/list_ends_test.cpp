#include "backends/engines/redis/list_ends.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/redis_server.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

struct Looked {
  std::string seen;
  bool all = false;
};

Looked look(const RedisServer& server, const std::vector<std::string>& lists, std::size_t most = SIZE_MAX) {
  const auto connection = connect_redis(server.target());
  Looked out;
  std::size_t count = 0;
  out.all = look_at_ends(*connection, lists, {}, [&](std::size_t index, std::string_view element) {
    out.seen += lists[index] + "=" + std::string(element.substr(0, 8)) + " ";
    return ++count < most;
  });
  return out;
}

}  // namespace

TEST_CASE("the last elements of lists are looked at in order, until one is enough") {
  RedisServer server;
  std::vector<std::string> lists;
  std::string told;
  for (int i = 0; i < 100; ++i) {
    lists.push_back("list" + std::to_string(i));
    server.run({{"RPUSH", lists.back(), "first", "e" + std::to_string(i)}});
    told += lists.back() + "=e" + std::to_string(i) + " ";
  }
  CHECK(look(server, lists).seen == told);
  CHECK(look(server, lists).all);
  CHECK(look(server, lists, 2).seen == "list0=e0 list1=e1 ");
  server.run({{"SET", "text", "x"}});
  const Looked others = look(server, {"text", "nowhere", "list3"});
  CHECK(others.seen == "list3=e3 ");
  CHECK(others.all);
}

TEST_CASE("bytes bound what is looked at, and large elements are asked for one at a time") {
  RedisServer server;
  std::vector<std::string> lists;
  for (int i = 0; i < 40; ++i) {
    lists.push_back("list" + std::to_string(i));
    server.run({{"RPUSH", lists.back(), std::string(5'000'000, 'x')}});
  }
  const Looked looked = look(server, lists);
  CHECK_FALSE(looked.all);
  // Four at first, then one after the other: the bound of 64 MiB is passed by one element.
  CHECK(std::ranges::count(looked.seen, '=') == 14);
}
