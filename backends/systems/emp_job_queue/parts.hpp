// emp-job-queue: the parts of its description that several files share (docs/systems/emp-job-queue.md).
#pragma once

#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "backends/engines/redis/system.hpp"

namespace queuetrace::emp_job_queue {

inline constexpr std::string_view pending_key = "jobs:pending";
inline constexpr std::string_view completed_key = "jobs:completed";
inline constexpr std::string_view failed_key = "jobs:failed";
inline constexpr std::string_view active_prefix = "jobs:active:";
inline constexpr std::string_view job_prefix = "job:";
inline constexpr std::string_view checksum_key = "function:checksum:jobMatching";
inline constexpr std::string_view cancelled_by_user = "Job cancelled by user";

/// Constants written where a trace id belongs, and the beginning of ids that only its own logs know
/// (docs/systems/emp-job-queue.md section 7).
inline constexpr std::array<std::string_view, 4> placeholders{"temp-trace-id", "temp-span-id", "temp",
                                                              "collector_unavailable"};

/// What the stored status says; absent for a word that is none of the system's.
enum class Phase { waiting, claimed, started, completed, failed, cancelled, unknown };
Phase phase_of(std::string_view status);

/// ISO 8601, or Unix seconds with decimals as the claim function writes them (docs/systems/emp-job-queue.md
/// section 2.2).
std::optional<Timestamp> parse_time(std::string_view text);
std::optional<std::int64_t> parse_number(std::string_view text);

/// Fields that a job must still have when something is done to it; all that its actions need to know of it.
inline constexpr std::array<std::string_view, 10> guard_fields{
    "status",      "retry_count", "max_retries",       "worker_id",         "last_failed_worker",
    "assigned_at", "priority",    "workflow_priority", "workflow_datetime", "created_at"};

std::string heartbeat_key(std::string_view worker);
std::string worker_key(std::string_view worker);

/// Whether a text is one of the constants that stand in place of ids.
bool is_placeholder(std::string_view id);

/// Trace ids of a job in all the places of docs/systems/emp-job-queue.md section 7; `payload` may be discarded.
void read_trace(Job& job, const JobHash& hash, const nlohmann::json& payload);

/// Reads that belong to one job, by its status, and what their answers add to it.
std::vector<RedisCommand> details(const Entry& entry, const Deployment& deployment, bool whole);
void read_details(Job& job, const Entry& entry, Phase phase, bool whole);

/// Why a worker does not take a job (docs/systems/emp-job-queue.md section 4); absent: it takes it.
struct Refusal {
  enum class Depth { none, workflow, service, requirement, error };
  Depth depth = Depth::none;
  std::string reason;       ///< stable code
  std::string explanation;  ///< one sentence
};
std::optional<Refusal> refusal_of(const nlohmann::json& capabilities, const JobHash& job);

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

std::vector<std::size_t> replay(RedisConnection& connection, const Deployment& deployment, const PeekQuery& query,
                                const QueuedWindow& window, PeekQueue& queue);
bool is_present(RedisConnection& connection, std::string_view prefix);
void find_facts(RedisConnection& connection, const Deployment& deployment, std::vector<Finding>& findings);

/// Whether the claim function is loaded; absent when that cannot be asked (no permission, Redis before 7).
std::optional<bool> has_function(RedisConnection& connection);

extern const std::array<RedisDiagnosisRule, 22> diagnoses;
std::unique_ptr<JobWatcher> watch();
void look(RedisConnection& connection, const Deployment& deployment, const ReadLimits& limits, DiagnosisReport& report);

/// What can be done to jobs (actions.cpp).
extern const std::array<RedisActionRule, 3> actions;
extern const std::array<RedisRefusal, 2> refusals;
std::optional<std::string> standing(const Entry& entry);
std::vector<std::string> worker_names(RedisConnection& connection);
Belongings belongings(const Locator& locator, std::span<const std::string> workers);

}  // namespace queuetrace::emp_job_queue
