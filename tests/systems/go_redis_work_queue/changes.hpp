// Lists of go-redis-work-queue to be changed.
#pragma once

#include "backends/systems/go_redis_work_queue/system.hpp"
#include "tests/systems/redis_writes.hpp"

namespace queuetrace::test::go_redis {

inline const std::string high = "jobqueue:high_priority", low = "jobqueue:low_priority", dead = "jobqueue:dead_letter",
                         completed = "jobqueue:completed",
                         list = "jobqueue:worker:host-7-1767000000000000000-a1b2-0:processing",
                         heartbeat = "jobqueue:processing:worker:host-7-1767000000000000000-a1b2-0";

/// A job as the producer writes it.
inline std::string job(const std::string& id, const std::string& priority = "low", int retries = 0) {
  return R"({"id":")" + id + R"(","filepath":"/f/)" + id + R"(","filesize":1,"priority":")" + priority +
         R"(","retries":)" + std::to_string(retries) +
         R"(,"creation_time":"2026-01-02T03:04:05.5Z","trace_id":"","span_id":""})";
}

inline std::string all_of(RedisServer& server, const std::string& key) {
  return server.ask({"LRANGE", key, "0", "-1"});
}

inline Action retry() { return {}; }
inline Action erase() {
  Action action;
  action.kind = ActionKind::erase;
  return action;
}
inline Action cancel() {
  Action action;
  action.kind = ActionKind::cancel;
  return action;
}
inline Action move_to(std::string queue) {
  Action action;
  action.kind = ActionKind::move;
  action.queue = std::move(queue);
  return action;
}

}  // namespace queuetrace::test::go_redis
