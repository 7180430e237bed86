// Elements as producers of go-redis-work-queue write them.
#pragma once

#include <map>
#include <string>

#include "model/time.hpp"

namespace queuetrace::test {

inline constexpr const char* worker_list = "jobqueue:worker:host-7-1767000000000000000-a1b2-0:processing";
inline constexpr const char* worker_heartbeat = "jobqueue:processing:worker:host-7-1767000000000000000-a1b2-0";

/// `job-<number>`, made so many seconds after 2025-12-29T09:20:00Z; `members` replaces JSON values by name.
inline std::string go_element(int number, std::map<std::string, std::string> members = {}) {
  const Timestamp created = Timestamp(std::chrono::seconds(1'767'000'000 + number));
  std::map<std::string, std::string> values{{"id", "\"job-" + std::to_string(number) + "\""},
                                            {"filepath", "\"/f\""},
                                            {"filesize", "1"},
                                            {"priority", "\"low\""},
                                            {"retries", "0"},
                                            {"creation_time", "\"" + to_rfc3339(created) + "\""},
                                            {"trace_id", "\"\""},
                                            {"span_id", "\"\""}};
  for (auto& [name, value] : members) values[name] = value;
  std::string text;
  for (const char* name : {"id", "filepath", "filesize", "priority", "retries", "creation_time", "trace_id", "span_id"})
    text += (text.empty() ? "{\"" : ",\"") + std::string(name) + "\":" + values[name];
  return text + "}";
}

}  // namespace queuetrace::test
