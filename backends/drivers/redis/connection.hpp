// What the Redis engine needs of Redis: read commands out, replies in, one by one or pipelined, over one server or a
// cluster.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "backends/drivers/redis/command.hpp"
#include "backends/drivers/redis/reply.hpp"
#include "backends/drivers/redis/target.hpp"

namespace queuetrace {

/// Used from one thread at a time. Every call throws Error: unreachable (connection lost, time-out, protocol error,
/// server loading), refused (not a read command). Error replies are returned, except by ask().
class RedisConnection {
 public:
  virtual ~RedisConnection() = default;

  /// Sends commands without waiting; each gets one reply from receive(), in order. The caller may decode one window
  /// while the server makes the next.
  virtual void send(std::span<const RedisCommand> commands) = 0;
  virtual Reply receive() = 0;
  /// Replies sent for and not yet received.
  virtual std::size_t outstanding() const = 0;

  /// Servers that hold keys: 1, or the masters of a cluster. SCAN asks each (RedisCommand::node).
  virtual std::size_t nodes() const = 0;

  /// Whether all keys of one script must share a slot (hash_slot.hpp).
  virtual bool clustered() const { return false; }

  /// `db.example:6379/0`, without secrets.
  virtual std::string target() const = 0;

  /// What its commands may do (command.hpp).
  virtual Access access() const = 0;

  /// Whether certificates go unchecked (`insecure=true`).
  virtual bool insecure() const = 0;

  /// Sends all, returns all replies. Replies not yet received are dropped first.
  std::vector<Reply> pipeline(std::span<const RedisCommand> commands);

  /// One command; throws for an error reply, saying `doing`.
  Reply ask(const RedisCommand& command, const std::string& doing);

  /// Commands as one MULTI/EXEC, so that they see one moment; the replies of the commands themselves. A cluster reads
  /// them one after the other, without such a moment, whatever their slots, and so does a server that refuses MULTI to
  /// this user: callers must bear what changes between.
  virtual std::vector<Reply> transaction(std::span<const RedisCommand> commands) = 0;

  /// Drops replies that were sent for but are not wanted any more.
  void discard_outstanding();
};

/// Connects as the target says: log-in, database, client name `queuetrace`. Throws Error: unreachable, authentication,
/// usage.
std::shared_ptr<RedisConnection> connect_redis(const RedisTarget& target);

/// The same from a source's URL. Throws Error{usage} for a URL that is none.
std::shared_ptr<RedisConnection> connect_redis(const Source& source, Access access = Access::read);

}  // namespace queuetrace
