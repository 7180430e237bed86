// Which workers live, as the server's list of clients shows it (docs/systems/go-redis-work-queue.md sections 2.4 and 6,
// and its corrections: the circuit breaker).
#include "backends/systems/go_redis_work_queue/fleet.hpp"

#include <algorithm>
#include <charconv>

#include "backends/drivers/redis/reply_error.hpp"

namespace queuetrace::go_redis_work_queue {
namespace {

/// A worker polls once a second and priority; between two polls its connection is not blocked.
constexpr std::int64_t longest_between_polls = 2;
/// Every process asks for the lengths of its queues every 2 s, and looks for orphans (SCAN) every 5 s.
constexpr std::int64_t longest_between_lengths = 2, longest_between_scans = 5;

/// The value of ` name=value` in a client's line; empty: it is not there. Clients cannot put blanks into what they say.
std::string_view field_of(std::string_view line, std::string_view name) {
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t end = std::min(line.find(' ', at), line.size());
    const std::string_view field = line.substr(at, end - at);
    if (field.size() > name.size() && field.starts_with(name) && field[name.size()] == '=')
      return field.substr(name.size() + 1);
    at = end + 1;
  }
  return {};
}

std::int64_t number_of(std::string_view text) {
  std::int64_t number = INT64_MAX;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// The number of the database that a connection talks to, as its target ends in it.
std::string database_of(const RedisConnection& connection) {
  const std::string target = connection.target();
  return target.substr(target.rfind('/') + 1);
}

void add_client(Fleet& fleet, std::string_view line, std::string_view database) {
  if (field_of(line, "db") != database || field_of(line, "name") == "queuetrace") return;
  const std::string_view command = field_of(line, "cmd");
  const std::int64_t idle = number_of(field_of(line, "idle"));
  const bool blocked = field_of(line, "flags").find('b') != std::string_view::npos;
  if (command == "brpoplpush" && (blocked || idle <= longest_between_polls)) ++fleet.waiting;
  if ((command == "llen" && idle <= longest_between_lengths) || (command == "scan" && idle <= longest_between_scans))
    fleet.connected = true;
}

}  // namespace

std::optional<Fleet> find_fleet(RedisConnection& connection) {
  const RedisCommand question{"CLIENT", "LIST"};
  const Reply reply = std::move(connection.pipeline({&question, 1}).front());
  if (!reply.is(Reply::Type::string)) return std::nullopt;
  const std::string database = database_of(connection);
  Fleet fleet;
  const std::string_view text = reply.text();
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    add_client(fleet, text.substr(at, end - at), database);
    at = end + 1;
  }
  return fleet;
}

}  // namespace queuetrace::go_redis_work_queue
