#include "backends/engines/redis/list_ends.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

namespace queuetrace {
namespace {

constexpr std::size_t first_at_once = 4, most_at_once = 32;
constexpr std::uint64_t large = 64u << 10;  ///< behind an answer with as much to an element they are asked for singly
constexpr std::uint64_t most_bytes = 64u << 20;

}  // namespace

bool look_at_ends(RedisConnection& connection, std::span<const std::string> lists, const ReadLimits& limits,
                  const std::function<bool(std::size_t, std::string_view)>& see) {
  std::size_t at_once = first_at_once;
  std::uint64_t bytes = 0;
  for (std::size_t first = 0; first < lists.size();) {
    if (limits.stop.stop_requested() || std::chrono::steady_clock::now() >= limits.deadline || bytes >= most_bytes)
      return false;
    const std::size_t end = std::min(lists.size(), first + at_once);
    std::vector<RedisCommand> commands;
    for (std::size_t i = first; i < end; ++i) commands.push_back({"LINDEX", lists[i], "-1"});
    const std::vector<Reply> replies = connection.pipeline(commands);
    std::uint64_t of_answer = 0;
    for (const Reply& reply : replies) of_answer += reply.bytes.size();
    for (std::size_t i = 0; i < replies.size(); ++i)
      if (replies[i].is(Reply::Type::string) && !see(first + i, replies[i].text())) return true;
    at_once = of_answer > large * replies.size() ? 1 : std::min(most_at_once, at_once * 2);
    bytes += of_answer;
    first = end;
  }
  return true;
}

}  // namespace queuetrace
