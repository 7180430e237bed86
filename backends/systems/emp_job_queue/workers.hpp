// Who works: names and capabilities of the workers of emp-job-queue (docs/systems/emp-job-queue.md sections 2.1 and 4).
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/engines/redis/system.hpp"
#include "backends/systems/emp_job_queue/matching.hpp"

namespace queuetrace::emp_job_queue {

std::string heartbeat_key(std::string_view worker);
std::string worker_key(std::string_view worker);

/// A worker, as far as the server knows it.
struct Worker {
  std::string name;
  nlohmann::json capabilities = nlohmann::json::object();  ///< with worker_id, as the claim function is given them
  /// What it takes is stored. Where machines report for their workers (UNIFIED_MACHINE_STATUS, as shipped), it is not.
  bool known() const { return capabilities.contains("job_service_required_map"); }
};

/// Workers with a heartbeat.
struct LiveWorkers {
  std::vector<Worker> workers;  ///< sorted by name
  bool complete = true;         ///< false: there are more than most_live_workers, or a limit was reached

  std::size_t unknown() const;
  /// The refusal of the worker that comes nearest to taking the job; absent when one takes it, or may take it because
  /// what it takes is not stored. Requires a worker.
  std::optional<Refusal> nearest_refusal(const JobHash& job) const;
};

/// Workers that are looked at for who takes what.
inline constexpr std::size_t most_live_workers = 200;

/// By workers:active and by their heartbeats: each of the two ways to run the system keeps one of them. One bounded
/// SCAN.
LiveWorkers live_workers(RedisConnection& connection, ReadLimits limits);

/// One worker, with a heartbeat or without; absent: the server knows no worker of that name.
std::optional<Worker> find_worker(RedisConnection& connection, const std::string& name, bool& alive);

/// Names of workers with a heartbeat, at most `most`; `complete` becomes false where there may be more.
std::vector<std::string> names_by_heartbeat(RedisConnection& connection, std::size_t most, const ReadLimits& limits,
                                            bool& complete);

}  // namespace queuetrace::emp_job_queue
