// Who works: names and capabilities of workers, and which of them comes nearest to a job (docs/systems/emp-job-queue.md
// sections 2.1 and 4, and its corrections: unified machine status).
#include "backends/systems/emp_job_queue/workers.hpp"

#include <algorithm>

#include "backends/drivers/redis/reply_error.hpp"
#include "backends/engines/redis/bounded_json.hpp"
#include "backends/engines/redis/key_scan.hpp"

namespace queuetrace::emp_job_queue {
namespace {

using nlohmann::json;

constexpr std::chrono::seconds longest_search{2};
constexpr std::string_view worker_prefix = "worker:", heartbeat_suffix = ":heartbeat";

json capabilities_of(std::string_view text, const std::string& worker) {
  json capabilities = parse_bounded(text);
  if (!capabilities.is_object()) capabilities = json::object();
  capabilities["worker_id"] = worker;
  return capabilities;
}

/// What a worker whose capabilities are not stored takes at best: all that names this service and asks for no more.
json capabilities_for(const JobHash& job) {
  return {{"job_service_required_map", json::array({std::string(job.field("service_required").value_or(""))})}};
}

}  // namespace

std::string heartbeat_key(std::string_view worker) {
  return std::string(worker_prefix) + std::string(worker) + std::string(heartbeat_suffix);
}

std::string worker_key(std::string_view worker) { return std::string(worker_prefix) + std::string(worker); }

std::size_t LiveWorkers::unknown() const {
  return static_cast<std::size_t>(std::ranges::count_if(workers, [](const Worker& one) { return !one.known(); }));
}

std::optional<Refusal> LiveWorkers::nearest_refusal(const JobHash& job) const {
  std::optional<Refusal> best;
  for (const Worker& worker : workers) {
    std::optional<Refusal> refusal = refusal_of(worker.known() ? worker.capabilities : capabilities_for(job), job);
    // What makes the claim function fail does so whatever the worker has; any other refusal is not known to be one.
    if (!refusal || (!worker.known() && refusal->depth != Refusal::Depth::error)) return std::nullopt;
    if (!best || refusal->depth > best->depth) best = std::move(refusal);
  }
  return best;
}

std::vector<std::string> names_by_heartbeat(RedisConnection& connection, std::size_t most, const ReadLimits& limits,
                                            bool& complete) {
  const FoundKeys found =
      scan_keys(connection, std::string(worker_prefix) + "*" + std::string(heartbeat_suffix), most + 1, limits);
  complete = complete && found.complete && found.keys.size() <= most;
  std::vector<std::string> names;
  for (const std::string& key : found.keys)
    if (names.size() < most && key.size() > worker_prefix.size() + heartbeat_suffix.size())
      names.push_back(key.substr(worker_prefix.size(), key.size() - worker_prefix.size() - heartbeat_suffix.size()));
  return names;
}

LiveWorkers live_workers(RedisConnection& connection, ReadLimits limits) {
  limits.deadline = std::min(limits.deadline, std::chrono::steady_clock::now() + longest_search);
  LiveWorkers live;
  std::vector<std::string> names = names_by_heartbeat(connection, most_live_workers, limits, live.complete);
  std::string cursor = "0";
  std::size_t registered = 0;
  do {
    const RedisCommand question{"SSCAN", "workers:active", cursor, "COUNT", "200"};
    const Reply reply = std::move(connection.pipeline({&question, 1}).front());
    if (reply.size() != 2) break;
    cursor = std::string(reply[0].text());
    for (std::size_t i = 0; i < reply[1].size(); ++i, ++registered)
      if (registered < most_live_workers)
        names.emplace_back(reply[1][i].text());
      else
        live.complete = false;
  } while (cursor != "0" && registered < most_live_workers);
  live.complete = live.complete && cursor == "0";
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::vector<RedisCommand> commands;
  for (const std::string& name : names) {
    commands.push_back({"EXISTS", heartbeat_key(name)});
    commands.push_back({"HGET", worker_key(name), "capabilities"});
  }
  const std::vector<Reply> replies = connection.pipeline(commands);
  for (std::size_t i = 0; i < names.size(); ++i)
    if (replies[2 * i].integer() == 1)
      live.workers.push_back({names[i], capabilities_of(replies[2 * i + 1].text(), names[i])});
  return live;
}

std::optional<Worker> find_worker(RedisConnection& connection, const std::string& name, bool& alive) {
  const std::vector<RedisCommand> commands{
      {"EXISTS", heartbeat_key(name)}, {"EXISTS", worker_key(name)}, {"HGET", worker_key(name), "capabilities"}};
  const std::vector<Reply> replies = connection.pipeline(commands);
  for (const Reply& reply : replies)
    if (error_word(reply.root()) != "WRONGTYPE") require_success(reply.root(), "look for the worker");
  alive = replies[0].integer() == 1;
  if (!alive && replies[1].integer() != 1) return std::nullopt;
  return Worker{name, capabilities_of(replies[2].text(), name)};
}

}  // namespace queuetrace::emp_job_queue
