// Resque: the parts of its description that several files share (docs/systems/resque.md).
#pragma once

#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/engines/redis/json_value.hpp"
#include "backends/engines/redis/system.hpp"

namespace queuetrace::resque {

/// A key of one installation; its prefix is a namespace with its colon, or empty (docs/systems/resque.md section 2).
inline std::string key_of(const Deployment& deployment, std::string_view name) {
  return deployment.prefix + std::string(name);
}

Job decode(const Entry& entry, const DecodeContext& context);

/// Of a job that runs: its worker's heartbeat, and whether its worker is still listed. Of one that waits for its time:
/// what resque-retry knows of it. Nothing of any other.
std::vector<RedisCommand> details(const Entry& entry, const Deployment& deployment, bool whole);

/// Where a plugin keeps what it knows of a job that waits for its next attempt; without the prefix.
struct RetryKeys {
  std::string count;    ///< retries so far
  std::string failure;  ///< the last one
};

/// Absent where the spelling of the arguments in the plugin's language is not sure.
std::optional<RetryKeys> retry_keys(std::string_view text);

/// The part of a key that resque-retry gives a job: `Class:<SHA-1 of its arguments>`. Absent: its arguments are not
/// only texts, whole numbers, booleans and null, whose spelling in Ruby is sure.
std::optional<std::string> retry_name(const nlohmann::json& item);

/// Whether `queue` stands before `args`: so node-resque writes each job, and resque-scheduler none.
bool names_queue_second(std::string_view text);

/// What a delayed job is in its queue: resque-scheduler leaves `queue` out. Items with other members, and those of
/// node-resque, stay as they are.
std::string without_queue(std::string_view text, const nlohmann::json& item);

/// `YYYY/MM/DD HH:MM:SS ZONE`, `YYYY-MM-DD HH:MM:SS ZONE` or JavaScript's `Wed Jul 01 2026 10:00:00 GMT+0200`; absent
/// where the zone is missing or a word other than UTC and GMT.
std::optional<Timestamp> parse_time(std::string_view text);

/// When a worker last said that it lives: Resque in a hash of all, node-resque in a key of its own. Two questions;
/// their two answers are given to last_sign(), which is absent where there is none, as of a worker that has just
/// started.
std::vector<RedisCommand> signs_of_life(const Deployment& deployment, const std::string& worker);
std::optional<Timestamp> last_sign(const Reply& heartbeat, const Reply& ping);

/// Up to so long ago a worker must have given a sign of life, or others take it for dead.
inline constexpr std::chrono::seconds prune_interval{300};

struct Worker {
  std::string id;      ///< `host:pid:queues`, of node-resque also `name:queues`
  std::string queues;  ///< a list with commas; `*` and globs as typed
  bool silent = false;
};

struct Workers {
  std::vector<Worker> all;
  bool complete = true;  ///< false: there are more than were looked at

  bool any_alive() const;
  /// Whether a live worker takes from the queue, or may do so as far as can be seen.
  bool take_from(const std::string& queue) const;
};

/// At most 1,000 of them; two round trips and one more. Throws Error.
Workers read_workers(RedisConnection& connection, const Deployment& deployment);

/// Whether there is an installation of Resque under the prefix, and none of another system that names its keys alike.
bool is_present(RedisConnection& connection, std::string_view prefix);

void explain_waiting(RedisConnection& connection, const Deployment& deployment, std::span<const Job> running,
                     PeekResult& result);

extern const std::array<RedisDiagnosisRule, 8> diagnoses;
void look(RedisConnection& connection, const Deployment& deployment, const ReadLimits& limits, DiagnosisReport& report);

extern const std::array<RedisActionRule, 4> actions;
Belongings belongings(const Locator& locator, std::span<const std::string> holders);

}  // namespace queuetrace::resque
