// What is wrong with a deployment of emp-job-queue that no single job tells: what waits, who works, what expires
// (docs/systems/emp-job-queue.md sections 2.1, 4, 5 and 11).
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <set>
#include <thread>

#include "backends/engines/redis/key_scan.hpp"
#include "backends/systems/emp_job_queue/diagnosis.hpp"
#include "backends/systems/emp_job_queue/health.hpp"
#include "backends/systems/emp_job_queue/matching.hpp"
#include "backends/systems/emp_job_queue/records.hpp"
#include "backends/systems/emp_job_queue/workers.hpp"

namespace queuetrace::emp_job_queue {
namespace {

constexpr std::size_t most_waiting = 5'000;
constexpr std::size_t most_workers_looked_at = 20'000;
constexpr std::size_t most_active = 5'000;
/// Ids that workers look at (docs/systems/emp-job-queue.md section 4).
constexpr std::uint64_t window_size = 100;
constexpr std::size_t at_once = 500;
/// Transitions of several commands look broken for a moment: look twice, this far apart.
constexpr std::chrono::milliseconds second_look{50};
constexpr std::int64_t soon = 3'600;  // seconds
constexpr std::array<std::string_view, 6> claim_fields{"status",      "service_required", "requirements",
                                                       "customer_id", "workflow_id",      "retry_count"};

/// Which of the formulas of docs/systems/emp-job-queue.md section 4 made a score.
enum class Formula { seconds, milliseconds, other };
Formula formula_of(double score) {
  if (score > 9.0e15 && score < 9.2e15) return Formula::milliseconds;
  const double below = std::ceil(score / 1e15) * 1e15 - score;
  return score > 1e14 && below >= 0 && below < 5e9 ? Formula::seconds : Formula::other;
}

struct Waiting {
  std::vector<Untrusted> ghosts, begun, poison, unclaimable, starving;
  std::map<std::string, std::uint64_t> reasons;
  std::uint64_t read = 0, fresh = 0, stuck_at_top = 0;
  bool complete = true;
};

void judge(const JobHash& job, Untrusted id, double score, const LiveWorkers& live, Waiting& waiting) {
  const bool at_top = waiting.read++ < window_size;
  const Formula formula = formula_of(score);
  waiting.fresh += formula == Formula::seconds;
  if (!job.exists()) {
    waiting.stuck_at_top += at_top;
    waiting.ghosts.push_back(std::move(id));
    return;
  }
  if (formula == Formula::milliseconds) waiting.starving.push_back(id);
  if (phase_of(job.filled("status").value_or("")) != Phase::waiting) waiting.begun.push_back(id);
  if (live.workers.empty()) return;
  const std::optional<Refusal> refusal = live.nearest_refusal(job);
  if (!refusal) return;
  waiting.stuck_at_top += at_top;
  if (refusal->depth == Refusal::Depth::error) {
    waiting.poison.push_back(std::move(id));
  } else {
    ++waiting.reasons[refusal->reason];
    waiting.unclaimable.push_back(std::move(id));
  }
}

Waiting read_waiting(RedisConnection& connection, const LiveWorkers& live, const ReadLimits& limits) {
  Waiting waiting;
  for (;;) {
    if (limits.stop.stop_requested() || std::chrono::steady_clock::now() >= limits.deadline) {
      waiting.complete = false;
      return waiting;
    }
    const RedisCommand question{"ZREVRANGE", std::string(pending_key), std::to_string(waiting.read),
                                std::to_string(waiting.read + at_once - 1), "WITHSCORES"};
    const Reply members = std::move(connection.pipeline({&question, 1}).front());
    if (members.size() < 2) return waiting;
    if (limits.scan && waiting.read >= most_waiting) {
      waiting.complete = false;
      return waiting;
    }
    std::vector<RedisCommand> commands;
    for (std::size_t i = 0; i < members.size() / 2; ++i) {
      commands.push_back({"HMGET", std::string(job_prefix) + std::string(members[2 * i].text())});
      commands.back().arguments.insert(commands.back().arguments.end(), claim_fields.begin(), claim_fields.end());
    }
    const std::vector<Reply> records = connection.pipeline(commands);
    for (std::size_t i = 0; i < records.size(); ++i)
      judge(JobHash(records[i], claim_fields), Untrusted(std::string(members[2 * i].text())),
            std::strtod(std::string(members[2 * i + 1].text()).c_str(), nullptr), live, waiting);
  }
}

/// Reports the ids that both looks found.
void add_both(DiagnosisReport& report, std::string_view code, const std::vector<Untrusted>& once,
              const std::vector<Untrusted>& again) {
  const std::set<Untrusted> known(again.begin(), again.end());
  for (const Untrusted& id : once)
    if (known.contains(id)) report.add_job(code, id);
}

void tell_who_takes(const Waiting& waiting, const LiveWorkers& live, DiagnosisReport& report) {
  if (live.workers.empty()) report.add_count("no-live-workers", waiting.read);
  for (const Untrusted& id : waiting.poison) report.add_job("poison-requirements", id);
  if (waiting.stuck_at_top >= window_size && waiting.read > window_size)
    report.add_count("blocked-window", waiting.read - window_size);
  for (const Untrusted& id : waiting.unclaimable) report.add_job("unclaimable-job", id);
  if (waiting.unclaimable.empty()) return;
  std::string reasons;
  for (const auto& [reason, count] : waiting.reasons)
    reasons += (reasons.empty() ? "" : ", ") + std::to_string(count) + " " + reason;
  report.explain("unclaimable-job", reasons);
}

void look_at_waiting(RedisConnection& connection, const ReadLimits& limits, DiagnosisReport& report) {
  const LiveWorkers live = live_workers(connection, limits);
  const Waiting waiting = read_waiting(connection, live, limits);
  if (!waiting.complete) report.not_answered("not-all-waiting");
  if (waiting.read == 0) return;
  if (!waiting.ghosts.empty() || !waiting.begun.empty()) {
    std::this_thread::sleep_for(second_look);
    const Waiting again = read_waiting(connection, live, limits);
    add_both(report, "ghost", waiting.ghosts, again.ghosts);
    add_both(report, "pending-but-begun", waiting.begun, again.begun);
  }
  // Somebody who was not asked may take what the others do not.
  if (live.complete)
    tell_who_takes(waiting, live, report);
  else
    report.not_answered("unclaimable-job");
  if (waiting.fresh > 0)
    for (const Untrusted& id : waiting.starving) report.add_job("retried-jobs-starve", id);
  if (!waiting.complete)
    for (const char* code : {"ghost", "pending-but-begun", "poison-requirements", "unclaimable-job",
                             "retried-jobs-starve", "no-live-workers", "blocked-window"})
      report.only_at_least(code);
}

/// Ids in lists of active jobs that are not active; `complete` becomes false where a list is longer than is read.
std::vector<Untrusted> finished_but_active(RedisConnection& connection, const std::vector<std::string>& lists,
                                           bool& complete) {
  std::vector<Untrusted> found;
  for (const std::string& list : lists) {
    std::vector<std::string> ids;
    std::string cursor = "0";
    do {
      const Reply reply = connection.ask({"HSCAN", list, cursor, "COUNT", "1000"}, "read a worker's active jobs");
      if (reply.size() != 2) break;
      cursor = std::string(reply[0].text());
      for (std::size_t i = 0; i + 1 < reply[1].size(); i += 2) ids.emplace_back(reply[1][i].text());
    } while (cursor != "0" && ids.size() < most_active);
    complete = complete && cursor == "0";
    std::ranges::sort(ids);
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    std::vector<RedisCommand> commands;
    for (const std::string& id : ids) commands.push_back({"HGET", std::string(job_prefix) + id, "status"});
    const std::vector<Reply> replies = connection.pipeline(commands);
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const Phase phase = phase_of(replies[i].text());
      const bool is_gone = replies[i].is(Reply::Type::nil);
      if (is_gone || phase == Phase::completed || phase == Phase::failed || phase == Phase::cancelled)
        found.emplace_back(ids[i]);
    }
  }
  return found;
}

void look_at_workers(RedisConnection& connection, const ReadLimits& limits, DiagnosisReport& report) {
  FoundKeys lists = scan_keys(connection, quote_glob(active_prefix) + "*", most_workers_looked_at, limits, "hash");
  const std::vector<Untrusted> once = finished_but_active(connection, lists.keys, lists.complete);
  if (!once.empty()) {
    std::this_thread::sleep_for(second_look);
    add_both(report, "active-but-finished", once, finished_but_active(connection, lists.keys, lists.complete));
  }
  if (!lists.complete) report.not_answered("active-but-finished");
  std::set<std::string> names;
  std::string cursor = "0";
  do {
    const RedisCommand question{"SSCAN", "workers:active", cursor, "COUNT", "1000"};
    const Reply reply = std::move(connection.pipeline({&question, 1}).front());
    if (reply.size() != 2) break;
    cursor = std::string(reply[0].text());
    for (std::size_t i = 0; i < reply[1].size(); ++i) names.emplace(reply[1][i].text());
  } while (cursor != "0" && names.size() < most_workers_looked_at);
  if (cursor != "0") report.not_answered("stale-worker");
  std::vector<RedisCommand> commands;
  for (const std::string& name : names) commands.push_back({"EXISTS", heartbeat_key(name)});
  const std::vector<Reply> beats = connection.pipeline(commands);
  std::size_t at = 0;
  for (const std::string& name : names) {
    const Reply& beat = beats[at++];
    if (beat.is(Reply::Type::integer) && beat.integer() == 0) report.add_name("stale-worker", Untrusted(name), 1);
  }
}

void look_at_results(RedisConnection& connection, DiagnosisReport& report) {
  for (const std::string_view key : {completed_key, failed_key}) {
    const std::vector<RedisCommand> commands{{"TTL", std::string(key)}, {"HLEN", std::string(key)}};
    const std::vector<Reply> replies = connection.pipeline(commands);
    if (!replies[1].is(Reply::Type::integer) || replies[1].integer() == 0) continue;
    const auto results = static_cast<std::uint64_t>(replies[1].integer());
    const std::int64_t left = replies[0].integer();
    if (left == -1) report.add_name("results-never-expire", Untrusted(std::string(key)), results);
    if (left >= 0 && left < soon) report.add_name("results-expire-soon", Untrusted(std::string(key)), results);
  }
}

}  // namespace

void look(RedisConnection& connection, const Deployment&, const ReadLimits& limits, DiagnosisReport& report) {
  if (!has_function(connection).value_or(true)) report.add_fact("missing-function");
  look_at_waiting(connection, limits, report);
  look_at_workers(connection, limits, report);
  look_at_results(connection, report);
}

}  // namespace queuetrace::emp_job_queue
