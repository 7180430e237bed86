// Which workers of go-redis-work-queue live, as the server's list of clients shows it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "backends/engines/redis/system.hpp"
#include "model/time.hpp"

namespace queuetrace::go_redis_work_queue {

/// What CLIENT LIST shows of worker processes in the database of the connection.
struct Fleet {
  std::uint64_t waiting = 0;  ///< clients that wait for a job as a worker's goroutine does
  bool connected = false;     ///< a process that measures its queues or looks for orphans, as workers do all the time
  bool told = false;          ///< one of those that wait says that it is of the workers' library

  /// Whether those that wait may be of another program: the server does not say which keys a client waits for.
  bool is_uncertain() const { return waiting > 0 && !connected && !told; }
};
/// Absent when CLIENT LIST is not permitted.
std::optional<Fleet> find_fleet(RedisConnection& connection, const Deployment& deployment);

/// What the text of CLIENT LIST says of a database. `longest_wait`: a worker waits no longer at one queue; who does,
/// and who says that it is of another library, is of another program.
Fleet fleet_in(std::string_view clients, std::string_view database, Milliseconds longest_wait);

}  // namespace queuetrace::go_redis_work_queue
