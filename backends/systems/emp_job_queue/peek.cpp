// Who takes what of jobs:pending and why not, without claiming (docs/systems/emp-job-queue.md section 4).
#include "backends/systems/emp_job_queue/peek.hpp"

#include <algorithm>

#include "backends/systems/emp_job_queue/matching.hpp"
#include "backends/systems/emp_job_queue/workers.hpp"
#include "model/count_words.hpp"
#include "model/error.hpp"

namespace queuetrace::emp_job_queue {
namespace {

using nlohmann::json;

/// What the workers ask for at once (docs/systems/emp-job-queue.md section 4).
constexpr std::uint64_t window_size = 100;

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
    queue.notes.push_back("the claim function fails for this worker at a job whose requirements it cannot read");
  return taken;
}

void explain_for_all(const LiveWorkers& live, const QueuedWindow& window, PeekQueue& queue) {
  if (live.unknown() > 0)
    queue.notes.push_back("of " + grouped(live.unknown()) + " of " + count_words(live.workers.size(), "live worker") +
                          " the capabilities are not stored: which jobs only the others would take is not "
                          "known");
  if (!live.complete) queue.notes.push_back("not all workers were checked: the reasons for waiting are incomplete");
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
    if (live.workers.empty() && !live.complete) continue;
    if (live.workers.empty()) {
      if (entry.wanted) add_waiting(queue, "no-live-workers", "no worker has a heartbeat: start one", entry);
      continue;
    }
    const std::optional<Refusal> refusal = live.nearest_refusal(entry.record);
    // A worker that was not looked at may take what the others do not.
    if (!refusal || !live.complete) continue;
    ++stuck;
    if (entry.wanted) add_waiting(queue, refusal->reason, refusal->explanation, entry);
  }
}

}  // namespace

std::vector<std::size_t> replay(RedisConnection& connection, const Deployment&, const PeekQuery& query,
                                const QueuedWindow& window, PeekQueue& queue) {
  if (query.worker) {
    bool alive = false;
    const std::optional<Worker> worker = find_worker(connection, *query.worker, alive);
    if (!worker)
      throw Error(ErrorKind::not_found, "no worker has that name")
          .because(Untrusted(*query.worker))
          .with_hint("their heartbeats name the workers: redis-cli --scan --pattern 'worker:*:heartbeat'");
    if (!alive) queue.notes.push_back("this worker has no heartbeat: it takes nothing now");
    if (worker->known()) {
      queue.notes.push_back("what this worker takes while no other does");
      return taken_by(worker->capabilities, window, query.why, queue);
    }
    queue.exact = false;
    queue.notes.push_back(
        "the capabilities of this worker are not stored (its machine reports for it, UNIFIED_MACHINE_STATUS): this is "
        "the order of all jobs, and it takes the first of them that it matches");
  } else {
    explain_for_all(live_workers(connection, query.limits), window, queue);
  }
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < window.entries.size(); ++i)
    if (window.entries[i].wanted && window.entries[i].record.exists()) order.push_back(i);
  return order;
}

}  // namespace queuetrace::emp_job_queue
