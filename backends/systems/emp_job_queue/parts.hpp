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

/// Workers that are looked at for who takes what.
inline constexpr std::size_t most_live_workers = 200;

/// Workers with a heartbeat, by their capabilities; of more than most_live_workers some.
std::vector<nlohmann::json> live_workers(RedisConnection& connection);

std::vector<std::size_t> replay(RedisConnection& connection, const Deployment& deployment, const PeekQuery& query,
                                const QueuedWindow& window, PeekQueue& queue);
bool is_present(RedisConnection& connection, std::string_view prefix);
void find_facts(RedisConnection& connection, const Deployment& deployment, std::vector<Finding>& findings);

/// Whether the claim function is loaded; absent when that cannot be asked (no permission, Redis before 7).
std::optional<bool> has_function(RedisConnection& connection);

extern const std::array<RedisDiagnosisRule, 21> diagnoses;
std::unique_ptr<JobWatcher> watch();
void look(RedisConnection& connection, const Deployment& deployment, const ReadLimits& limits, DiagnosisReport& report);

/// What can be done to jobs (actions.cpp).
extern const std::array<RedisActionRule, 3> actions;
extern const std::array<RedisRefusal, 2> refusals;
std::optional<std::string> standing(const Entry& entry);
std::vector<std::string> worker_names(RedisConnection& connection);
Belongings belongings(const Locator& locator, std::span<const std::string> workers);

}  // namespace queuetrace::emp_job_queue
