// RQ: the parts of its description that several files share (docs/systems/rq.md).
#pragma once

#include <array>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "backends/engines/redis/system.hpp"

namespace queuetrace::rq {

/// A key of one queue: `rq:failed:mail`.
inline std::string queue_key(const Deployment& deployment, std::string_view name, std::string_view queue) {
  return deployment.prefix + ":" + std::string(name) + ":" + std::string(queue);
}

/// Jobs that the library says depend on this one; they stay named after it has ended.
inline std::string dependents_key(const Deployment& deployment, std::string_view id) {
  return deployment.prefix + ":job:" + std::string(id) + ":dependents";
}

/// The ids that a job's `dependency_ids` names, at most 1,000; of old releases the one in `dependency_id`.
std::vector<std::string> dependencies_in(std::string_view ids, std::string_view only);

/// The id in an element; in the registry of running jobs an execution may stand behind it (docs/systems/rq.md section
/// 2.1).
std::string_view id_in(const Place& place, std::string_view element);

Job decode(const Entry& entry, const DecodeContext& context);

/// The newest result of a job that ended, the states of what a deferred job waits for, and how many jobs depend on one
/// that has not succeeded. `whole`: results of completed jobs, too.
std::vector<RedisCommand> details(const Entry& entry, const Deployment& deployment, bool whole);

/// What a job is to call, as `data` holds it.
struct Call {
  std::string serialised;  ///< unpacked; empty: `data` cannot be read, or is larger than 4 MiB
  bool pickled = false;
  std::optional<std::string> function;   ///< `mail.send`
  std::optional<std::string> arguments;  ///< JSON; absent: it is pickled
};
Call read_call(std::string_view data);

/// The serialised call, for searching it; empty where it cannot be read.
std::string unpacked(const Entry& entry);

/// The function that a description calls: `mail.send` of `mail.send(1)`; absent: it is other text.
std::optional<std::string> function_in(std::string_view description);

/// Fills error, result, and with `whole` the traceback, from one reply of XREVRANGE on the stream of results.
void read_result(Job& job, const Reply& results, bool whole);

/// What an exception says, of the text of its traceback.
std::string exception_in(std::string_view traceback);

/// Fills error, and with `whole` the traceback, from its text packed by zlib.
void read_traceback(Job& job, std::string_view packed, bool whole);

/// Fills Job::trace from the job's own data.
void read_trace(Job& job, const JobHash& hash, std::string_view call);

/// Workers that live, or only left their name.
struct Worker {
  std::string name;
  bool alive = false;
  std::set<std::string> queues;  ///< what it takes from
};

struct Workers {
  std::vector<Worker> all;
  bool complete = true;  ///< false: there are more than were looked at

  bool any_alive() const;
  /// Whether a live one takes from the queue, or may do so as far as can be seen.
  bool take_from(const std::string& queue) const;
};

/// At most 1,000 of them; two round trips. Throws Error.
Workers read_workers(RedisConnection& connection, const Deployment& deployment);

void explain_waiting(RedisConnection& connection, const Deployment& deployment, std::span<const Job> running,
                     PeekResult& result);

extern const std::array<RedisDiagnosisRule, 9> diagnoses;
void look(RedisConnection& connection, const Deployment& deployment, const ReadLimits& limits, DiagnosisReport& report);

/// Fields that a job must still have when something is done to it.
inline constexpr std::array<std::string_view, 7> guard_fields{
    "status", "origin", "enqueued_at", "dependency_ids", "dependency_id", "group_id", "rate_limit_key"};
extern const std::array<RedisActionRule, 4> actions;
Belongings belongings(const Locator& locator, std::span<const std::string> holders);

}  // namespace queuetrace::rq
