#include "backends/engines/redis/other_databases.hpp"

#include <charconv>
#include <cstdint>

#include "model/count_words.hpp"

namespace queuetrace {
namespace {

/// Databases that are named; a server may have thousands.
constexpr int most_named = 16;

}  // namespace

std::string other_databases(RedisConnection& connection) {
  if (connection.clustered()) return {};
  const std::string target = connection.target();
  const std::string own = "db" + target.substr(target.rfind('/') + 1);
  const RedisCommand question{"INFO", "keyspace"};
  const Reply reply = std::move(connection.pipeline({&question, 1}).front());
  if (!reply.is(Reply::Type::string)) return {};
  std::string named;
  int count = 0;
  // db3:keys=1204,expires=0,avg_ttl=0
  for (std::string_view rest = reply.text(); !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    constexpr std::string_view before_number = "db", before_keys = ":keys=";
    const std::size_t end = line.find(before_keys);
    if (!line.starts_with(before_number) || end == std::string_view::npos || line.substr(0, end) == own) continue;
    const std::string_view number = line.substr(before_number.size(), end - before_number.size());
    std::uint64_t keys = 0;
    std::from_chars(line.data() + end + before_keys.size(), line.data() + line.size(), keys);
    if (keys == 0 || number.empty() || number.find_first_not_of("0123456789") != std::string_view::npos) continue;
    if (++count > most_named) return named + ", and others";
    named += (named.empty() ? "" : ", ") + std::string(number) + " (" + count_words(keys, "key") + ")";
  }
  return named;
}

}  // namespace queuetrace
