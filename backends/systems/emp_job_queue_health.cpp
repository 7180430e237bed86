// What shows emp-job-queue in a keyspace, and what is wrong with one (systems/emp-job-queue.md sections 2.3, 3, 4, 9).
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <set>

#include "backends/kv/key_scan.hpp"
#include "backends/redis/reply_error.hpp"
#include "backends/systems/emp_job_queue.hpp"

namespace queuetrace::emp {
namespace {

constexpr std::size_t keys_examined = 20'000;
constexpr std::size_t entries_examined = 5'000;
constexpr std::chrono::seconds longest_search{2};
using Severity = Finding::Severity;

Reply try_ask(RedisConnection& connection, const RedisCommand& command) {
  return std::move(connection.pipeline({&command, 1}).front());
}

/// Whether the claim function is loaded; absent when that cannot be asked (no permission, Redis before 7).
std::optional<bool> has_function(RedisConnection& connection) {
  const Reply reply = try_ask(connection, {"FUNCTION", "LIST", "LIBRARYNAME", "jobMatching"});
  if (!reply.is(Reply::Type::array)) return std::nullopt;
  return reply.bytes.find("findMatchingJob") != std::string::npos;
}

/// Whether any of these hashes has both fields that no other system has together.
bool any_is_a_job(RedisConnection& connection, const std::vector<std::string>& keys) {
  std::vector<RedisCommand> commands;
  for (const std::string& key : keys) commands.push_back({"HMGET", key, "service_required", "max_retries"});
  if (commands.empty()) return false;
  for (const Reply& reply : connection.pipeline(commands))
    if (reply.size() == 2 && reply[0].is(Reply::Type::string) && reply[1].is(Reply::Type::string)) return true;
  return false;
}

std::string many(std::uint64_t count, const std::string& one, const std::string& several) {
  return std::to_string(count) + " " + (count == 1 ? one : several);
}

/// Which of the formulas of section 4 made a score.
enum class Formula { seconds, milliseconds, other };
Formula formula_of(double score) {
  if (score > 9.0e15 && score < 9.2e15) return Formula::milliseconds;
  const double below = std::ceil(score / 1e15) * 1e15 - score;
  return score > 1e14 && below >= 0 && below < 5e9 ? Formula::seconds : Formula::other;
}

void look_at_pending(RedisConnection& connection, std::vector<Finding>& findings) {
  const Reply members = try_ask(
      connection, {"ZREVRANGE", std::string(pending_key), "0", std::to_string(entries_examined - 1), "WITHSCORES"});
  if (!members.is(Reply::Type::array) || members.size() == 0) return;
  std::map<Formula, std::uint64_t> formulas;
  std::uint64_t ghosts = 0, taken = 0, failing = 0, unclaimable = 0;
  const std::vector<nlohmann::json> workers = live_workers(connection);
  constexpr std::size_t step = 500;
  for (std::size_t first = 0; first < members.size() / 2; first += step) {
    std::vector<RedisCommand> commands;
    for (std::size_t i = first; i < std::min(first + step, members.size() / 2); ++i) {
      ++formulas[formula_of(std::strtod(std::string(members[2 * i + 1].text()).c_str(), nullptr))];
      commands.push_back({"HMGET", std::string(job_prefix) + std::string(members[2 * i].text()), "status",
                          "service_required", "requirements", "customer_id", "workflow_id"});
    }
    static constexpr std::array<std::string_view, 5> names{"status", "service_required", "requirements", "customer_id",
                                                           "workflow_id"};
    for (const Reply& reply : connection.pipeline(commands)) {
      const JobHash job(reply, names);
      if (!job.exists()) {
        ++ghosts;
        continue;
      }
      taken += phase_of(job.filled("status").value_or("")) != Phase::waiting;
      bool anybody = workers.empty(), error = false;
      for (const nlohmann::json& worker : workers) {
        const std::optional<Refusal> refusal = refusal_of(worker, job);
        anybody = anybody || !refusal;
        error = error || (refusal && refusal->depth == Refusal::Depth::error);
      }
      failing += error;
      unclaimable += !anybody && !error;
    }
  }
  if (ghosts > 0)
    findings.push_back({Severity::problem, "ghosts",
                        many(ghosts, "id waits", "ids wait") + " in jobs:pending without a job; each holds one of the "
                                                               "100 places workers look at",
                        "ZREM jobs:pending ID"});
  if (taken > 0)
    findings.push_back({Severity::warning, "double-listed",
                        many(taken, "job stands", "jobs stand") + " in jobs:pending with a status other than pending",
                        "ZREM jobs:pending ID"});
  if (failing > 0)
    findings.push_back({Severity::problem, "poison requirements",
                        many(failing, "job makes", "jobs make") + " the claim function fail for every worker of the "
                                                                  "service",
                        "remove the job or its requirements"});
  if (unclaimable > 0)
    findings.push_back({Severity::warning, "unclaimable",
                        many(unclaimable, "waiting job is", "waiting jobs are") + " taken by no live worker",
                        "queuetrace peek --why"});
  if (workers.empty())
    findings.push_back({Severity::warning, "workers", "jobs wait and no worker has a heartbeat", {}});
  if (formulas[Formula::seconds] > 0 && formulas[Formula::milliseconds] > 0)
    findings.push_back({Severity::warning,
                        "score formulas",
                        many(formulas[Formula::milliseconds], "waiting job has", "waiting jobs have") +
                            " a score by the formula of retries, which stands below every fresh job of priority 10 "
                            "and more: retried jobs starve",
                        {}});
}

/// Jobs in the hands of workers that are gone.
void look_at_workers(RedisConnection& connection, const ReadLimits& limits, std::vector<Finding>& findings) {
  const FoundKeys keys = scan_keys(connection, std::string(active_prefix) + "*", keys_examined, limits);
  std::vector<RedisCommand> commands;
  for (const std::string& key : keys.keys) {
    commands.push_back({"EXISTS", heartbeat_key(std::string_view(key).substr(active_prefix.size()))});
    commands.push_back({"HLEN", key});
  }
  if (commands.empty()) return;
  const std::vector<Reply> replies = connection.pipeline(commands);
  std::uint64_t jobs = 0, gone = 0;
  for (std::size_t i = 0; i < keys.keys.size(); ++i) {
    if (!replies[2 * i].is(Reply::Type::integer) || replies[2 * i].integer() != 0 ||
        replies[2 * i + 1].integer() <= 0 || keys.keys[i].find(":delegated_client_") != std::string::npos)
      continue;
    ++gone;
    jobs += static_cast<std::uint64_t>(replies[2 * i + 1].integer());
  }
  if (gone > 0)
    findings.push_back({Severity::problem, "abandoned",
                        many(jobs, "job is", "jobs are") + " in the hands of " + many(gone, "worker", "workers") +
                            " without heartbeat; the system never takes them back",
                        "queuetrace job list --state running"});
}

/// What a bounded look at the jobs' hashes tells.
void look_at_jobs(RedisConnection& connection, const ReadLimits& limits, std::vector<Finding>& findings) {
  const FoundKeys keys = scan_keys(connection, std::string(job_prefix) + "*", keys_examined, limits);
  std::uint64_t lost = 0, constant = 0, real = 0, none = 0, jobs = 0;
  for (std::size_t first = 0; first < keys.keys.size(); first += 500) {
    std::vector<RedisCommand> commands;
    for (std::size_t i = first; i < std::min(first + 500, keys.keys.size()); ++i) {
      commands.push_back({"HMGET", keys.keys[i], "status", "job_trace_id", "service_required"});
      commands.push_back({"ZSCORE", std::string(pending_key), keys.keys[i].substr(job_prefix.size())});
    }
    const std::vector<Reply> replies = connection.pipeline(commands);
    for (std::size_t i = 0; i + 1 < replies.size(); i += 2) {
      if (replies[i].size() != 3 || !replies[i][2].is(Reply::Type::string)) continue;
      ++jobs;
      const std::string_view trace = replies[i][1].text();
      const bool placeholder = std::find(placeholders.begin(), placeholders.end(), trace) != placeholders.end();
      constant += placeholder;
      none += trace.empty();
      real += !placeholder && !trace.empty();
      lost += replies[i][0].text() == "pending" && replies[i + 1].is(Reply::Type::nil);
    }
  }
  if (lost > 0)
    findings.push_back({Severity::problem, "lost",
                        many(lost, "job is", "jobs are") + " pending but not in jobs:pending: no worker ever sees them",
                        "ZADD jobs:pending SCORE ID"});
  std::string era;
  if (none > 0) era += many(none, "job", "jobs") + " without trace fields (before 2025-08-16)";
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
  else if (!*function)
    findings.push_back({checksum ? Severity::problem : Severity::warning, "claim function",
                        "jobMatching is not loaded: workers get no work, or take the top job without matching",
                        "redis-functions install"});
  for (const std::string_view key : {completed_key, failed_key})
    if (try_ask(connection, {"TTL", std::string(key)}).integer() == -1)
      findings.push_back({Severity::warning,
                          std::string(key),
                          "the key has no expiry: its results stay until the next one is written",
                          {}});
  const Reply events = try_ask(connection, {"CONFIG", "GET", "notify-keyspace-events"});
  if (events.size() == 2)
    findings.push_back({Severity::note,
                        "notify-keyspace-events",
                        events[1].text().empty()
                            ? "off; the API sets it at every start"
                            : "on; the API overwrites it at every start, without the events of hashes",
                        {}});
  if (try_ask(connection, {"EXISTS", "steps:pending"}).integer() == 1)
    findings.push_back({Severity::note, "steps:*", "shadow copies of jobs are written, too; they are not read", {}});
}

}  // namespace

bool is_present(RedisConnection& connection) {
  if (has_function(connection).value_or(false)) return true;
  if (try_ask(connection, {"EXISTS", std::string(checksum_key)}).integer() == 1) return true;
  std::vector<std::string> keys;
  const Reply members = try_ask(connection, {"ZREVRANGE", std::string(pending_key), "0", "9"});
  for (std::size_t i = 0; i < members.size(); ++i)
    keys.push_back(std::string(job_prefix) + std::string(members[i].text()));
  if (any_is_a_job(connection, keys)) return true;
  // An idle system has no jobs:pending, but its jobs stay for ever.
  ReadLimits limits;
  limits.deadline = std::chrono::steady_clock::now() + longest_search;
  keys = scan_keys(connection, std::string(job_prefix) + "*", 50, limits).keys;
  std::erase_if(keys, [](const std::string& key) { return key.ends_with(":progress"); });
  keys.resize(std::min<std::size_t>(keys.size(), 50));
  return any_is_a_job(connection, keys);
}

void find_problems(RedisConnection& connection, const Deployment&, std::vector<Finding>& findings) {
  ReadLimits limits;
  limits.deadline = std::chrono::steady_clock::now() + longest_search;
  look_at_settings(connection, findings);
  look_at_pending(connection, findings);
  look_at_workers(connection, limits, findings);
  look_at_jobs(connection, limits, findings);
}

}  // namespace queuetrace::emp
