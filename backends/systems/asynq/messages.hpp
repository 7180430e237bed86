// What Asynq writes as Protocol Buffers: tasks, and what servers say of themselves (docs/systems/asynq.md section 2.2).
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/time.hpp"

namespace queuetrace::asynq {

/// A task as its `msg` says it. Views into the bytes that were read; what was not written is empty or 0.
struct TaskMessage {
  bool readable = false;  ///< the bytes are a message with a type and an id
  std::string_view type, payload, id, queue, error, group;
  std::int64_t most_retries = 0, retried = 0;                          ///< never negative
  std::int64_t timeout_s = 0, retention_s = 0;                         ///< seconds
  std::int64_t deadline = 0, last_failed = 0, completed = 0;           ///< Unix seconds
  std::vector<std::pair<std::string_view, std::string_view>> headers;  ///< the first 64
};

/// Never throws. Of damaged or cut bytes what stands before the damage is read.
TaskMessage read_task(std::string_view bytes);

/// What a server says of a task in its hands.
struct WorkerInfo {
  std::string worker;  ///< `host:pid:server id`
  std::optional<Timestamp> started_at;
};
/// Absent: the bytes are not such a message.
std::optional<WorkerInfo> read_worker(std::string_view bytes);

/// What a server says of itself.
struct ServerInfo {
  std::set<std::string> queues;  ///< that it takes from, 1,000 at most
  bool takes_tasks = true;       ///< false: it was told to stop, or is stopping
};
/// Absent: the bytes are not such a message.
std::optional<ServerInfo> read_server(std::string_view bytes);

/// Absent: no time of the years 1970 to 9999.
std::optional<Timestamp> time_at(std::int64_t unix_seconds);

}  // namespace queuetrace::asynq
