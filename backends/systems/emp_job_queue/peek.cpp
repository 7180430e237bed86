// Who takes what of jobs:pending and why not, without claiming (docs/systems/emp-job-queue.md section 4).
#include <algorithm>

#include "backends/drivers/redis/reply_error.hpp"
#include "backends/engines/redis/bounded_json.hpp"
#include "backends/systems/emp_job_queue/parts.hpp"
#include "model/error.hpp"

namespace queuetrace::emp_job_queue {
namespace {

using nlohmann::json;

/// What the workers ask for at once (docs/systems/emp-job-queue.md section 4).
constexpr std::uint64_t window_size = 100;

json capabilities_of(std::string_view text, const std::string& worker) {
  json capabilities = parse_bounded(text);
  if (!capabilities.is_object()) capabilities = json::object();
  capabilities["worker_id"] = worker;
  return capabilities;
}

void add_waiting(PeekQueue& queue, const std::string& reason, const std::string& explanation,
                 const QueuedEntry& entry) {
  for (Waiting& waiting : queue.waiting) {
    if (waiting.reason != reason) continue;
    waiting.count = waiting.count.value_or(0) + 1;
    return;
  }
  queue.waiting.push_back({reason, explanation, 1, false, std::nullopt, Untrusted(entry.id)});
}

constexpr const char* ghost_explanation =
    "the id has no job any more; it keeps its place among the top 100 forever (ZREM jobs:pending ID)";
constexpr const char* window_explanation = "after 100 entries that no worker takes: workers look at the top 100 only";

/// What one worker would take one after the other, with nothing else happening.
std::vector<std::size_t> taken_by(const json& worker, const QueuedWindow& window, bool why, PeekQueue& queue) {
  std::vector<std::size_t> taken;
  std::uint64_t stuck = 0;
  bool raised = false;
  for (std::size_t i = 0; i < window.entries.size(); ++i) {
    const QueuedEntry& entry = window.entries[i];
    const auto wait = [&](const std::string& reason, const std::string& explanation) {
      if (why && entry.wanted) add_waiting(queue, reason, explanation, entry);
    };
    if (raised) {
      wait("behind-error", "behind a job whose requirements make the claim function fail for this worker");
      continue;
    }
    if (stuck >= window_size) {
      wait("window-starvation", window_explanation);
      continue;
    }
    if (!entry.record.exists()) {
      ++stuck;
      wait("ghost", ghost_explanation);
      continue;
    }
    const std::optional<Refusal> refusal = refusal_of(worker, entry.record);
    if (!refusal) {
      if (entry.wanted) taken.push_back(i);
      continue;
    }
    ++stuck;
    raised = refusal->depth == Refusal::Depth::error;
    wait(refusal->reason, refusal->explanation);
  }
  if (raised)
    queue.notes.push_back("the claim function fails for this worker at a job whose requirements are no object");
  return taken;
}

/// The refusal of the worker that comes nearest to taking the job; absent when one takes it.
std::optional<Refusal> nearest(const std::vector<json>& workers, const JobHash& job) {
  std::optional<Refusal> best;
  for (const json& worker : workers) {
    std::optional<Refusal> refusal = refusal_of(worker, job);
    if (!refusal) return std::nullopt;
    if (!best || refusal->depth > best->depth) best = std::move(refusal);
  }
  return best;
}

void explain_for_all(const std::vector<json>& workers, const QueuedWindow& window, PeekQueue& queue) {
  std::uint64_t stuck = 0;
  for (const QueuedEntry& entry : window.entries) {
    if (!entry.record.exists()) {
      ++stuck;
      if (entry.wanted) add_waiting(queue, "ghost", ghost_explanation, entry);
      continue;
    }
    if (stuck >= window_size) {
      if (entry.wanted) add_waiting(queue, "window-starvation", window_explanation, entry);
      continue;
    }
    if (workers.empty()) {
      if (entry.wanted) add_waiting(queue, "no-live-workers", "no worker has a heartbeat: start one", entry);
      continue;
    }
    const std::optional<Refusal> refusal = nearest(workers, entry.record);
    if (!refusal) continue;
    ++stuck;
    if (entry.wanted) add_waiting(queue, refusal->reason, refusal->explanation, entry);
  }
}

}  // namespace

std::vector<json> live_workers(RedisConnection& connection) {
  std::vector<std::string> names;
  std::string cursor = "0";
  do {
    const RedisCommand question{"SSCAN", "workers:active", cursor, "COUNT", "200"};
    const Reply reply = std::move(connection.pipeline({&question, 1}).front());
    if (reply.size() != 2) break;
    cursor = std::string(reply[0].text());
    for (std::size_t i = 0; i < reply[1].size() && names.size() < most_live_workers; ++i)
      names.emplace_back(reply[1][i].text());
  } while (cursor != "0" && names.size() < most_live_workers);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::vector<RedisCommand> commands;
  for (const std::string& name : names) {
    commands.push_back({"EXISTS", heartbeat_key(name)});
    commands.push_back({"HGET", "worker:" + name, "capabilities"});
  }
  const std::vector<Reply> replies = connection.pipeline(commands);
  std::vector<json> workers;
  for (std::size_t i = 0; i < names.size(); ++i)
    if (replies[2 * i].integer() == 1) workers.push_back(capabilities_of(replies[2 * i + 1].text(), names[i]));
  return workers;
}

std::vector<std::size_t> replay(RedisConnection& connection, const Deployment&, const PeekQuery& query,
                                const QueuedWindow& window, PeekQueue& queue) {
  if (query.worker) {
    const Reply capabilities =
        connection.ask({"HGET", "worker:" + *query.worker, "capabilities"}, "read the worker's capabilities");
    if (!capabilities.is(Reply::Type::string))
      throw Error(ErrorKind::not_found, "there is no worker of that name")
          .because(Untrusted(*query.worker))
          .with_hint("SMEMBERS workers:active names the workers");
    if (connection.ask({"EXISTS", heartbeat_key(*query.worker)}, "look for the worker's heartbeat").integer() == 0)
      queue.notes.push_back("this worker has no heartbeat: it takes nothing now");
    queue.notes.push_back("what this worker takes while no other does");
    return taken_by(capabilities_of(capabilities.text(), *query.worker), window, query.why, queue);
  }
  explain_for_all(live_workers(connection), window, queue);
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < window.entries.size(); ++i)
    if (window.entries[i].wanted && window.entries[i].record.exists()) order.push_back(i);
  return order;
}

}  // namespace queuetrace::emp_job_queue
