#include "backends/engines/redis/key_scan.hpp"

#include <set>

#include "backends/drivers/redis/reply_error.hpp"
#include "model/error.hpp"

namespace queuetrace {
std::string quote_glob(std::string_view text) {
  std::string quoted;
  for (const char c : text) {
    if (std::string_view("*?[]^-\\").find(c) != std::string_view::npos) quoted.push_back('\\');
    quoted.push_back(c);
  }
  return quoted;
}

FoundKeys scan_keys(RedisConnection& connection, const std::string& glob, std::size_t most, const ReadLimits& limits,
                    const std::string& type, const std::function<bool(std::string_view)>& is_wanted) {
  std::set<std::string> keys;
  FoundKeys found;
  for (std::size_t node = 0; node < connection.nodes() && found.complete; ++node) {
    std::string cursor = "0";
    do {
      if (limits.stop.stop_requested() || std::chrono::steady_clock::now() >= limits.deadline || keys.size() >= most) {
        found.complete = false;
        break;
      }
      RedisCommand scan{"SCAN", cursor, "MATCH", glob, "COUNT", std::to_string(keys_per_call)};
      if (!type.empty()) scan.arguments.insert(scan.arguments.end(), {"TYPE", type});
      scan.node = node;
      const Reply reply = connection.ask(scan, "look for keys (SCAN)");
      if (reply.size() != 2) throw Error(ErrorKind::unreachable, "Redis answered SCAN in an unknown form");
      cursor = std::string(reply[0].text());
      for (std::size_t i = 0; i < reply[1].size(); ++i)
        if (!is_wanted || is_wanted(reply[1][i].text())) keys.emplace(reply[1][i].text());
    } while (cursor != "0");
  }
  found.keys.assign(keys.begin(), keys.end());
  return found;
}

}  // namespace queuetrace
