// Which workers of go-redis-work-queue live, as the server's list of clients shows it.
#pragma once

#include <cstdint>
#include <optional>

#include "backends/engines/redis/system.hpp"

namespace queuetrace::go_redis_work_queue {

/// What CLIENT LIST shows of worker processes in the database of the connection.
struct Fleet {
  std::uint64_t waiting = 0;  ///< goroutines that wait for a job
  bool connected = false;     ///< a process that measures its queues or looks for orphans, as workers do all the time
};
/// Absent when CLIENT LIST is not permitted.
std::optional<Fleet> find_fleet(RedisConnection& connection);

}  // namespace queuetrace::go_redis_work_queue
