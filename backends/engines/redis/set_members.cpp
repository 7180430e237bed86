#include "backends/engines/redis/set_members.hpp"

#include <set>

#include "backends/drivers/redis/reply_error.hpp"
#include "model/error.hpp"

namespace queuetrace {

SetMembers read_set_members(RedisConnection& connection, const std::string& key, std::size_t most) {
  std::set<std::string> members;
  std::string cursor = "0";
  do {
    const RedisCommand scan{"SSCAN", key, cursor, "COUNT", "1000"};
    const Reply reply = std::move(connection.pipeline({&scan, 1}).front());
    if (error_word(reply.root()) == "WRONGTYPE") return {};
    require_success(reply.root(), "read the members of a set");
    if (reply.size() != 2) throw Error(ErrorKind::unreachable, "Redis answered SSCAN in an unknown form");
    cursor = std::string(reply[0].text());
    for (std::size_t i = 0; i < reply[1].size(); ++i) members.emplace(reply[1][i].text());
  } while (cursor != "0" && members.size() < most);
  return {{members.begin(), members.end()}, cursor == "0"};
}

}  // namespace queuetrace
