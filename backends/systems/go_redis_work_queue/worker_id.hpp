// What the id of a worker of go-redis-work-queue tells (docs/systems/go-redis-work-queue.md section 2.5).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/time.hpp"

namespace queuetrace::go_redis_work_queue {

/// Read from its right end; absent parts are unknown.
struct WorkerId {
  std::string host;
  std::optional<std::int64_t> process;
  std::optional<Timestamp> started;
};
WorkerId parse_worker_id(std::string_view id);

}  // namespace queuetrace::go_redis_work_queue
