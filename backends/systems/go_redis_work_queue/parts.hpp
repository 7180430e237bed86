// go-redis-work-queue: the parts of its description that several files share (docs/systems/go-redis-work-queue.md).
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "backends/engines/redis/system.hpp"

namespace queuetrace::go_redis_work_queue {

/// What the options of queues' keys begin with: `worker.queues.low`. Every queue there is has one in
/// Deployment::settings.
inline constexpr std::string_view queue_option = "worker.queues.";

/// Keys and settings of a source: defaults, then the system's own YAML, then Source::keys. Throws Error{usage}.
Deployment deploy(const Source& source);

/// A setting by its option name; absent when nothing was given.
std::optional<std::string> setting(const Deployment& deployment, const std::string& option);

/// The key of a worker's heartbeat or processing list: the pattern with the worker's id in place of `%s`.
std::string fill_pattern(const std::string& pattern, std::string_view worker);

/// The free part of a processing list's key: the worker's id.
std::string worker_of(const Place& place, std::string_view key);

/// What a worker id tells (docs/systems/go-redis-work-queue.md section 2.5), read from its right end; absent parts are
/// unknown.
struct WorkerId {
  std::string host;
  std::optional<std::int64_t> process;
  std::optional<Timestamp> started;
};
WorkerId parse_worker_id(std::string_view id);

void explain_waiting(RedisConnection& connection, const Deployment& deployment, std::span<const Job> running,
                     PeekResult& result);
void find_facts(RedisConnection& connection, const Deployment& deployment, std::vector<Finding>& findings);

/// Whether the producer's rate key lost its expiry; absent when that cannot be seen.
std::optional<bool> rate_key_is_stuck(RedisConnection& connection, const Deployment& deployment);
/// What CLIENT LIST shows of worker processes in the database of the connection.
struct Fleet {
  std::uint64_t waiting = 0;  ///< goroutines that wait for a job
  bool connected = false;     ///< a process that measures its queues or looks for orphans, as workers do all the time
};
/// Absent when CLIENT LIST is not permitted.
std::optional<Fleet> find_fleet(RedisConnection& connection);

/// The waiting list of a priority, under any of its names; nullptr when there is none.
const Place* queue_named(const Deployment& deployment, std::string_view alias);

extern const std::array<RedisDiagnosisRule, 17> diagnoses;
void look(RedisConnection& connection, const Deployment& deployment, const ReadLimits& limits, DiagnosisReport& report);

extern const std::array<RedisActionRule, 4> actions;
extern const std::array<RedisRefusal, 1> refusals;

}  // namespace queuetrace::go_redis_work_queue
