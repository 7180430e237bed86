// Sidekiq: the parts of its description that several files share (docs/systems/sidekiq.md).
#pragma once

#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "backends/engines/redis/system.hpp"

namespace queuetrace::sidekiq {

/// Redis keys of one installation: `prefix` is empty, or a namespace with its colon (docs/systems/sidekiq.md section
/// 2).
inline std::string key_of(const Deployment& deployment, std::string_view name) {
  return deployment.prefix + std::string(name);
}

Job decode(const Entry& entry, const DecodeContext& context);

/// Of a job that runs: the heartbeat of its process. Nothing of any other.
std::vector<RedisCommand> details(const Entry& entry, const Deployment& deployment, bool whole);

/// Epoch seconds with a fraction, or whole milliseconds (releases from 8), told apart by their size; absent: no such
/// time (docs/systems/sidekiq.md section 2.2).
std::optional<Timestamp> parse_time(const nlohmann::json& value);

/// The trace contexts of a job (docs/systems/sidekiq.md section 6). `text` is the job's JSON, `document` the same read.
void read_trace(Job& job, std::string_view text, const nlohmann::json& document);

/// `error_backtrace` in lines: base64 of zlib of a JSON array. Absent: it is none, or larger than 256 KiB.
std::optional<std::string> read_backtrace(std::string_view packed);

/// A process that took part in the last minute, or only left its name.
struct Process {
  std::string identity;
  bool alive = false;  ///< has a heartbeat
  bool quiet = false;  ///< takes no more jobs
  bool knows_queues = false;
  std::set<std::string> queues;  ///< what it takes from
};

struct Processes {
  std::vector<Process> all;
  bool complete = true;  ///< false: there are more than were looked at

  bool any_alive() const;
  bool all_quiet() const;  ///< of those alive
  /// Whether a process takes from the queue, or may do so as far as can be seen.
  bool take_from(const std::string& queue) const;
};

/// At most 1,000 of them; two round trips. Throws Error.
Processes read_processes(RedisConnection& connection, const Deployment& deployment);

bool is_present(RedisConnection& connection, std::string_view prefix);

void explain_waiting(RedisConnection& connection, const Deployment& deployment, std::span<const Job> running,
                     PeekResult& result);

extern const std::array<RedisDiagnosisRule, 10> diagnoses;
void look(RedisConnection& connection, const Deployment& deployment, const ReadLimits& limits, DiagnosisReport& report);

extern const std::array<RedisActionRule, 4> actions;

}  // namespace queuetrace::sidekiq
