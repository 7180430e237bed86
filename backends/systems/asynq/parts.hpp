// Asynq: the parts of its description that several files share (docs/systems/asynq.md).
#pragma once

#include <array>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "backends/engines/redis/system.hpp"

namespace queuetrace::asynq {

/// A key of a queue: `asynq:{mail}:pending`.
inline std::string queue_key(std::string_view queue, std::string_view name) {
  return "asynq:{" + std::string(queue) + "}:" + std::string(name);
}

/// Place::alias of sets of tasks that a server took out of their group.
inline constexpr std::string_view aggregation_set = "aggregation set";

/// The group of a key such as `asynq:{mail}:g:daily`; empty: it is no group's.
std::string_view group_of(std::string_view key, std::string_view queue);

/// Adds the groups there are, and the servers that have tasks in hand. A few bounded reads.
void add_groups_and_workers(RedisConnection& connection, const Source& source, Deployment& deployment);

Job decode(const Entry& entry, const DecodeContext& context);

/// Of a task in a server's hands: until when it holds it, whether it still has it, and which server. Nothing of others.
std::vector<RedisCommand> details(const Entry& entry, const Deployment& deployment, bool whole);

/// The servers that are alive.
struct Servers {
  std::size_t alive = 0;
  std::set<std::string> queues;  ///< that those take from which were not told to stop
  bool complete = true;          ///< false: there are more than were looked at
  bool any_takes = false;        ///< one of them was not told to stop

  /// Whether one takes from the queue, or may do so as far as can be seen.
  bool take_from(const std::string& queue) const { return !complete || queues.contains(queue); }
};

/// At most 200 of them; two round trips. Throws Error.
Servers read_servers(RedisConnection& connection);

void explain_waiting(RedisConnection& connection, const Deployment& deployment, std::span<const Job> running,
                     PeekResult& result);

extern const std::array<RedisDiagnosisRule, 13> diagnoses;
void look(RedisConnection& connection, const Deployment& deployment, const ReadLimits& limits, DiagnosisReport& report);

/// Fields that a task must still have when something is done to it.
inline constexpr std::array<std::string_view, 3> guard_fields{"state", "pending_since", "unique_key"};
extern const std::array<RedisActionRule, 3> actions;
extern const std::array<RedisRefusal, 1> refusals;
Belongings belongings(const Locator& locator, std::span<const std::string> holders);

}  // namespace queuetrace::asynq
