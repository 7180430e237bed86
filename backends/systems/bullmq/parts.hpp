// BullMQ: the parts of its description that several files share (docs/systems/bullmq.md).
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "backends/engines/redis/system.hpp"

namespace queuetrace::bullmq {

/// A key of a queue: `bull:mail:wait`.
inline std::string queue_key(const Deployment& deployment, std::string_view queue, std::string_view name) {
  return deployment.prefix + ":" + std::string(queue) + ":" + std::string(name);
}

/// Whether an element of `wait` or `paused` means a job: up to release 4 there is a mark among them while jobs are
/// delayed (docs/systems/bullmq.md section 2.3).
bool is_job(const Place& place, std::string_view element);

Job decode(const Entry& entry, const DecodeContext& context);

/// Of a job in a worker's hands its lock; of a failed child whether its parent waits for it. Nothing of any other.
std::vector<RedisCommand> details(const Entry& entry, const Deployment& deployment, bool whole);

/// The job that a key names, as it is shown: `mail:7` for `bull:mail:7`. Absent: a key of another installation.
std::optional<std::string> reference_of(std::string_view key, const Deployment& deployment);

void explain_waiting(RedisConnection& connection, const Deployment& deployment, std::span<const Job> running,
                     PeekResult& result);

extern const std::array<RedisDiagnosisRule, 7> diagnoses;

/// Fields that a job must still have when something is done to it.
inline constexpr std::array<std::string_view, 8> guard_fields{"processedOn", "finishedOn", "priority", "parentKey",
                                                              "rjk",         "deid",       "atm",      "attemptsMade"};
extern const std::array<RedisActionRule, 2> actions;
extern const std::array<RedisRefusal, 2> refusals;
Belongings belongings(const Locator& locator, std::span<const std::string> holders);

}  // namespace queuetrace::bullmq
