// Records as emp-job-queue keeps them, in numbers.
#pragma once

#include <string>
#include <vector>

#include "model/time.hpp"

namespace queuetrace::test {

/// Waiting jobs of three services, each made at a time of its own.
inline std::vector<std::vector<std::string>> many_jobs(int first, int count) {
  std::vector<std::vector<std::string>> commands;
  for (int i = first; i < first + count; ++i) {
    const std::string id = "job-" + std::to_string(i);
    commands.push_back({"HSET", "job:" + id, "id", id, "service_required", "s" + std::to_string(i % 3), "max_retries",
                        "3", "status", "pending", "created_at",
                        to_rfc3339(Timestamp(std::chrono::seconds(1'760'000'000 + (i * 7919) % 100'000)))});
    commands.push_back({"ZADD", "jobs:pending", std::to_string(i), id});
  }
  return commands;
}

}  // namespace queuetrace::test
