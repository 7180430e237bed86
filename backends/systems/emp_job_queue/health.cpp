// What shows emp-job-queue in a keyspace, and what is good to know of one (docs/systems/emp-job-queue.md sections 2.3,
// 3, 4 and 11).
#include "backends/systems/emp_job_queue/health.hpp"

#include <algorithm>
#include <array>

#include "backends/drivers/redis/reply_error.hpp"
#include "backends/engines/redis/key_scan.hpp"
#include "backends/engines/redis/key_sign.hpp"
#include "backends/systems/emp_job_queue/records.hpp"
#include "backends/systems/emp_job_queue/trace.hpp"
#include "model/count_words.hpp"

namespace queuetrace::emp_job_queue {
namespace {

constexpr std::size_t keys_examined = 20'000;
constexpr std::chrono::seconds longest_search{2};
using Severity = Finding::Severity;

Reply try_ask(RedisConnection& connection, const RedisCommand& command) {
  return std::move(connection.pipeline({&command, 1}).front());
}

/// Whether any of these hashes is a job's (record_fields). Absent: this user may not ask.
std::optional<bool> any_is_a_job(RedisConnection& connection, const std::vector<std::string>& keys) {
  std::vector<RedisCommand> commands;
  for (const std::string& key : keys)
    commands.push_back({"HMGET", key, std::string(record_fields[0]), std::string(record_fields[1])});
  for (const Reply& reply : connection.pipeline(commands)) {
    if (error_word(reply.root()) == "NOPERM") return std::nullopt;
    if (reply.size() == 2 && reply[0].is(Reply::Type::string) && reply[1].is(Reply::Type::string)) return true;
  }
  return false;
}

/// Whether a container is there under the name and of the type that the system gives it.
bool has_containers(RedisConnection& connection) {
  constexpr std::array signs{KeySign{pending_key, "zset"}, KeySign{completed_key, "hash"}, KeySign{failed_key, "hash"}};
  const KeyNames names;
  return count_signs(connection, signs, {&names, 1}).front() > 0;
}

/// Which ages of the instrumentation wrote the jobs.
void look_at_eras(RedisConnection& connection, const ReadLimits& limits, std::vector<Finding>& findings) {
  const FoundKeys keys = scan_keys(connection, std::string(job_prefix) + "*", keys_examined, limits);
  std::uint64_t constant = 0, real = 0, none = 0, jobs = 0;
  for (std::size_t first = 0; first < keys.keys.size(); first += 500) {
    std::vector<RedisCommand> commands;
    for (std::size_t i = first; i < std::min(first + 500, keys.keys.size()); ++i)
      commands.push_back({"HMGET", keys.keys[i], "job_trace_id", "service_required"});
    for (const Reply& reply : connection.pipeline(commands)) {
      if (reply.size() != 2 || !reply[1].is(Reply::Type::string)) continue;
      ++jobs;
      const std::string_view trace = reply[0].text();
      const bool placeholder = std::find(placeholders.begin(), placeholders.end(), trace) != placeholders.end();
      constant += placeholder;
      none += trace.empty();
      real += !placeholder && !trace.empty();
    }
  }
  std::string era;
  if (none > 0) era += count_words(none, "job", "jobs") + " without trace fields (before 2025-08-16)";
  if (real > 0) era += (era.empty() ? "" : ", ") + std::to_string(real) + " with trace ids (2025-08-16 to 2025-09-29)";
  if (constant > 0) era += (era.empty() ? "" : ", ") + std::to_string(constant) + " with a constant in their place";
  if (jobs > 0)
    findings.push_back({constant > 0 ? Severity::warning : Severity::note,
                        "trace ids",
                        (keys.complete ? "" : "of the first jobs: ") + era,
                        {}});
}

void look_at_settings(RedisConnection& connection, std::vector<Finding>& findings) {
  const std::optional<bool> function = has_function(connection);
  const bool checksum = try_ask(connection, {"EXISTS", std::string(checksum_key)}).integer() == 1;
  std::string evidence = function.value_or(false) ? "function library jobMatching" : "";
  if (checksum) evidence += (evidence.empty() ? "" : ", ") + std::string("key ") + std::string(checksum_key);
  findings.push_back({Severity::good, "evidence", evidence.empty() ? "jobs' hashes and jobs:pending" : evidence, {}});
  if (!function)
    findings.push_back({Severity::note, "claim function", "FUNCTION LIST is not permitted or not known here", {}});
  const Reply events = try_ask(connection, {"CONFIG", "GET", "notify-keyspace-events"});
  if (events.size() == 2)
    findings.push_back({Severity::note,
                        "notify-keyspace-events",
                        events[1].text().empty()
                            ? "off; the API sets it at every start"
                            : "on; the API overwrites it at every start, without the events of hashes",
                        {}});
  if (try_ask(connection, {"EXISTS", "steps:pending"}).integer() == 1)
    findings.push_back({Severity::note, "steps:*", "shadow copies of jobs are also written; they are not read", {}});
}

}  // namespace

std::optional<bool> has_function(RedisConnection& connection) {
  const Reply reply = try_ask(connection, {"FUNCTION", "LIST", "LIBRARYNAME", "jobMatching"});
  if (!reply.is(Reply::Type::array)) return std::nullopt;
  return reply.bytes.find("findMatchingJob") != std::string::npos;
}

bool is_present(RedisConnection& connection, std::string_view) {
  if (has_function(connection).value_or(false)) return true;
  if (try_ask(connection, {"EXISTS", std::string(checksum_key)}).integer() == 1) return true;
  std::vector<std::string> keys;
  const Reply members = try_ask(connection, {"ZREVRANGE", std::string(pending_key), "0", "9"});
  for (std::size_t i = 0; i < members.size(); ++i)
    keys.push_back(std::string(job_prefix) + std::string(members[i].text()));
  if (keys.empty()) keys.emplace_back(job_prefix);  // no job's: it tells whether records may be read
  // Who may not read records is told so by the first answer, and not that there is no such system.
  const std::optional<bool> waiting = any_is_a_job(connection, keys);
  return waiting ? *waiting : has_containers(connection);
}

void find_facts(RedisConnection& connection, const Deployment&, std::vector<Finding>& findings) {
  ReadLimits limits;
  limits.deadline = std::chrono::steady_clock::now() + longest_search;
  look_at_settings(connection, findings);
  look_at_eras(connection, limits, findings);
}

}  // namespace queuetrace::emp_job_queue
