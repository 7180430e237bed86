#include "backends/engines/redis/write_obstacle.hpp"

#include <algorithm>
#include <array>

#include "backends/drivers/redis/reply_error.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

/// The digest of no script: the server knows the command and not the text.
constexpr const char* no_digest = "0000000000000000000000000000000000000000";

/// A script that may write and does nothing. Redis 7 looks at what such a script would meet before it runs: a replica,
/// a full disk, too few replicas. Older servers cannot compile its first line.
constexpr const char* idle_writer = "#!lua\nreturn 'may write'";

Error nothing_can_be_changed(ErrorKind kind, const std::string& address, const std::string& why) {
  return Error(kind, "nothing can be changed in source '" + address + "': " + why);
}

Error is_replica(const std::string& address) {
  return nothing_can_be_changed(ErrorKind::refused, address,
                                "the server is a replica, where a change is refused or lost")
      .with_hint("name the primary server in the source");
}

/// What the server said to idle_writer, where it is about more than the script.
void refuse_what_writes_meet(const Reply& reply, bool replica, const std::string& address) {
  const std::string_view word = reply.is(Reply::Type::error) ? error_word(reply.root()) : std::string_view();
  if (replica || word == "READONLY") throw is_replica(address);
  const Untrusted said{std::string(reply.text())};
  if (word == "MISCONF")
    throw nothing_can_be_changed(ErrorKind::refused, address, "the server cannot save its data and takes no writes")
        .because(said)
        .with_hint("see its log for why saving fails (redis-cli INFO persistence)");
  if (word == "NOREPLICAS")
    throw nothing_can_be_changed(ErrorKind::refused, address, "the server has too few replicas to take writes")
        .because(said)
        .with_hint("see min-replicas-to-write: redis-cli INFO replication");
}

}  // namespace

void refuse_unwritable(RedisConnection& connection, const std::string& address) {
  const std::array commands{RedisCommand{"INFO", "replication"}, RedisCommand{"EVALSHA", no_digest, "0"},
                            RedisCommand{"EVAL", "return 'scripts run'", "0"}, RedisCommand{"EVAL", idle_writer, "0"}};
  const std::vector<Reply> replies = connection.pipeline(commands);
  // In a cluster a change goes to whoever is the master of its keys.
  if (!connection.clustered()) {
    const bool says_so =
        !replies[0].is(Reply::Type::error) && replies[0].text().find("role:slave") != std::string_view::npos;
    refuse_what_writes_meet(replies[3], says_so, address);
  }
  for (std::size_t i = 1; i < 3; ++i) {
    const Reply& reply = replies[i];
    const std::string_view word = error_word(reply.root());
    if (!reply.is(Reply::Type::error) || word == "NOSCRIPT") continue;
    const std::string name = commands[i].arguments.front();
    const Untrusted said{std::string(reply.text())};
    if (word == "NOPERM")
      throw nothing_can_be_changed(ErrorKind::authentication, address, "Redis refuses this user " + name)
          .because(said)
          .with_hint("every change is a script; grant it: redis-cli ACL SETUSER USER +EVAL +EVALSHA");
    if (word == "ERR")
      throw nothing_can_be_changed(ErrorKind::refused, address, "the server has no " + name)
          .because(said)
          .with_hint("every change is a script: it must be looked for and made in one step");
    throw error_from(reply.root(), "run a script");
  }
}

void refuse_read_only(std::span<const TargetReport> reports, const std::string& address) {
  const auto by_replica = [](const TargetReport& report) {
    return report.outcome == Outcome::failed && report.cause.raw().find("READONLY") != std::string::npos;
  };
  if (!reports.empty() && std::ranges::all_of(reports, by_replica)) throw is_replica(address);
}

}  // namespace queuetrace
