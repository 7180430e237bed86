// What replayed queues on the same kind of server have in common.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/source.hpp"

namespace queuetrace::test {

inline Source redis_source(const char* system, const std::string& url) {
  Source source;
  source.name = "test";
  source.url = Secret(url);
  source.system = system;
  return source;
}

/// Options of a Redis server whose data outlives its end.
inline std::vector<std::string> durable_redis() { return {"--appendonly", "yes", "--appendfsync", "always"}; }

/// PostgreSQL: commits of transactions that may write.
inline std::function<bool(std::string_view)> commits_of_writes() {
  return [writes = std::make_shared<bool>(false)](std::string_view request) {
    if (request.find("READ WRITE") != std::string_view::npos) *writes = true;
    const bool decides = *writes && request.find(std::string_view("COMMIT\0", 7)) != std::string_view::npos;
    if (decides) *writes = false;
    return decides;
  };
}

/// Redis: scripts are all that writes, but for the two that ask whether any may run (write_obstacle.cpp of the engine).
inline bool runs_script(std::string_view request) {
  const auto has = [&](std::string_view text) { return request.find(text) != std::string_view::npos; };
  return has("EVAL") && !has("scripts run") && !has(std::string(40, '0'));
}
inline std::function<bool(std::string_view)> scripts() { return runs_script; }

}  // namespace queuetrace::test
