#include "backends/engines/redis/key_sign.hpp"

#include <algorithm>

#include "backends/drivers/redis/reply_error.hpp"

namespace queuetrace {
namespace {

/// Names whose signs are looked at in one round trip.
constexpr std::size_t asked_together = 100;

}  // namespace

std::vector<std::size_t> count_signs(RedisConnection& connection, std::span<const KeySign> signs,
                                     std::span<const KeyNames> names) {
  std::vector<std::size_t> counts(names.size(), 0);
  for (std::size_t first = 0; first < names.size(); first += asked_together) {
    const std::size_t end = std::min(names.size(), first + asked_together);
    std::vector<RedisCommand> commands;
    for (std::size_t i = first; i < end; ++i)
      for (const KeySign& sign : signs) commands.push_back({"TYPE", fill_key(sign.key, names[i])});
    const std::vector<Reply> replies = connection.pipeline(commands);
    for (std::size_t at = 0; at < replies.size(); ++at) {
      require_success(replies[at].root(), "read the type of a key (TYPE)");
      counts[first + at / signs.size()] += replies[at].text() == signs[at % signs.size()].type;
    }
  }
  return counts;
}

}  // namespace queuetrace
