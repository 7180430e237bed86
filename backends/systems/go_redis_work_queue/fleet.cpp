// Which workers live, as the server's list of clients shows it (docs/systems/go-redis-work-queue.md sections 2.4 and 6,
// and its corrections: the circuit breaker).
#include "backends/systems/go_redis_work_queue/fleet.hpp"

#include <algorithm>
#include <charconv>

#include "backends/drivers/redis/reply_error.hpp"
#include "backends/systems/go_redis_work_queue/viper.hpp"

namespace queuetrace::go_redis_work_queue {
namespace {

/// A worker polls once a second and priority; between two polls its connection is not blocked.
constexpr std::int64_t longest_between_polls = 2;
/// Every process asks for the lengths of its queues every 2 s, and looks for orphans (SCAN) every 5 s.
constexpr std::int64_t longest_between_lengths = 2, longest_between_scans = 5;
/// What go-redis says of itself since Redis 7.2.
constexpr std::string_view workers_library = "go-redis";
/// worker.heartbeat_ttl where no configuration says otherwise.
constexpr Milliseconds standard_heartbeat{30'000};

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

/// A worker waits for half the time that its heartbeat lasts at most, or as long as its configuration says.
Milliseconds longest_wait_of(const Deployment& deployment) {
  const auto given = [&](const char* option) {
    const auto found = deployment.settings.find(option);
    return found == deployment.settings.end() ? std::nullopt : viper_duration(found->second);
  };
  if (const std::optional<Milliseconds> wait = given("worker.brpoplpush_timeout")) return *wait;
  return given("worker.heartbeat_ttl").value_or(standard_heartbeat) / 2;
}

void add_client(Fleet& fleet, std::string_view line, std::string_view database, Milliseconds longest_wait) {
  if (field_of(line, "db") != database || field_of(line, "name") == "queuetrace") return;
  const std::string_view command = field_of(line, "cmd");
  const std::int64_t idle = number_of(field_of(line, "idle"));
  const bool blocked = field_of(line, "flags").find('b') != std::string_view::npos;
  if (command == "brpoplpush") {
    const std::int64_t longest = blocked ? longest_wait.count() / 1'000 + longest_between_polls : longest_between_polls;
    const std::string_view library = field_of(line, "lib-name");
    if (idle > longest || (!library.empty() && !library.starts_with(workers_library))) return;
    ++fleet.waiting;
    fleet.told = fleet.told || !library.empty();
  }
  if ((command == "llen" && idle <= longest_between_lengths) || (command == "scan" && idle <= longest_between_scans))
    fleet.connected = true;
}

}  // namespace

Fleet fleet_in(std::string_view clients, std::string_view database, Milliseconds longest_wait) {
  Fleet fleet;
  for (std::size_t at = 0; at < clients.size();) {
    const std::size_t end = std::min(clients.find('\n', at), clients.size());
    add_client(fleet, clients.substr(at, end - at), database, longest_wait);
    at = end + 1;
  }
  return fleet;
}

std::optional<Fleet> find_fleet(RedisConnection& connection, const Deployment& deployment) {
  const RedisCommand question{"CLIENT", "LIST"};
  const Reply reply = std::move(connection.pipeline({&question, 1}).front());
  if (!reply.is(Reply::Type::string)) return std::nullopt;
  return fleet_in(reply.text(), database_of(connection), longest_wait_of(deployment));
}

}  // namespace queuetrace::go_redis_work_queue
