// emp-job-queue: the claim is one server-side function, everything else a command of its own
// (docs/systems/emp-job-queue.md, sections 2, 4 and 5; the order at the end of a run is that of the worker client).
#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <functional>
#include <mutex>
#include <set>
#include <thread>

#include "tests/faults/replayed_queue.hpp"
#include "tests/faults/replayed_servers.hpp"
#include "tests/support/redis_session.hpp"

namespace queuetrace::test {
namespace {

/// What findMatchingJob does for a worker that may take every job.
constexpr const char* claim = R"(
local worker = ARGV[1]
for _, id in ipairs(redis.call('ZREVRANGE', 'jobs:pending', 0, 99)) do
  local fields = redis.call('HGETALL', 'job:' .. id)
  if #fields > 0 and redis.call('ZREM', 'jobs:pending', id) == 1 then
    local job = {}
    for i = 1, #fields, 2 do job[fields[i]] = fields[i + 1] end
    local time = redis.call('TIME')
    local now = time[1] .. '.' .. string.format('%06d', time[2])
    redis.call('HSET', 'job:' .. id, 'status', 'assigned', 'worker_id', worker, 'assigned_at', now)
    redis.call('HSET', 'jobs:active:' .. worker, id, cjson.encode(job))
    redis.call('HSET', 'worker:' .. worker, 'status', 'busy', 'current_job_id', id, 'last_status_change', now)
    redis.call('XADD', 'progress:' .. id, '*', 'job_id', id, 'worker_id', worker, 'status', 'assigned',
               'progress', '0', 'message', 'Job assigned to worker', 'assigned_at', now)
    return id
  end
end
return false)";

/// The end of a run is several commands. For one job in 50, whatever its ending, a worker is slow between the first of
/// them and the others; meanwhile the job is here.
class HalfEnded {
 public:
  void linger_over(const std::string& id) {
    using namespace std::chrono_literals;
    if (std::hash<std::string>()(id) / 10 % 50 != 7) return;
    {
      const std::scoped_lock lock(mutex_);
      ids_.insert(id);
    }
    std::this_thread::sleep_for(50ms);
    const std::scoped_lock lock(mutex_);
    ids_.erase(id);
  }
  std::vector<std::string> ids() const {
    const std::scoped_lock lock(mutex_);
    return {ids_.begin(), ids_.end()};
  }

 private:
  mutable std::mutex mutex_;
  std::set<std::string> ids_;
};

constexpr const char* moment = "2026-11-21T10:00:00.000Z";

std::string retry_score() { return fmt::format("{:.17g}", 50.0 * 1e6 + (std::pow(2.0, 53) - 1 - 1795255200000.0)); }
std::string fresh_score() { return fmt::format("{:.17g}", 50.0 * 1e15 - 1795255200.0); }

class Worker : public ReplayedWorker {
 public:
  Worker(const RedisServer& server, int number, HalfEnded& half_ended)
      : session_(server), half_ended_(half_ended), name_(fmt::format("w-{}", number)), active_("jobs:active:" + name_) {
    script_ = session_.ask({"SCRIPT", "LOAD", claim}).text;
    session_.ask({"HSET", "worker:" + name_, "worker_id", name_, "machine_id", "m", "capabilities",
                  R"({"job_service_required_map":["render","print"]})", "status", "idle", "current_job_id", ""});
    session_.ask({"SADD", "workers:active", name_});
    session_.ask({"SET", "worker:" + name_ + ":heartbeat", moment});
  }

  std::optional<TakenJob> take() override {
    const RedisSession::Answer id = session_.ask({"EVALSHA", script_, "0", name_});
    if (id.is_nil) return std::nullopt;
    session_.ask({"HSET", "job:" + id.text, "status", "in_progress", "started_at", moment});
    session_.ask({"HSET", "job:" + id.text + ":progress", "progress", "50", "status", "processing"});
    return TakenJob{id.text, {}};
  }

  bool finish(const TakenJob& job, Ending ending) override {
    const std::string key = "job:" + job.id;
    const RedisSession::Answer held = session_.ask({"HMGET", key, "status", "worker_id", "retry_count"});
    const bool own = held.elements[0].text == "in_progress" && held.elements[1].text == name_;
    const std::string failures = std::to_string(std::atoi(held.elements[2].text.c_str()) + 1);
    if (ending == Ending::completed) {
      session_.ask({"HSET", key, "status", "completed", "completed_at", moment});
      half_ended_.linger_over(job.id);
      session_.ask({"HDEL", active_, job.id});
      session_.ask({"HSET", "jobs:completed", job.id,
                    fmt::format(R"({{"success":true,"data":{{}},"completed_at":"{}"}})", moment)});
      session_.ask({"EXPIRE", "jobs:completed", "86400"});
    } else if (ending == Ending::given_back) {
      session_.ask({"HSET", key, "status", "pending", "worker_id", "", "assigned_at", "", "retry_count", failures,
                    "last_failed_worker", name_, "failed_at", moment});
      half_ended_.linger_over(job.id);
      session_.ask({"ZADD", "jobs:pending", retry_score(), job.id});
      session_.ask({"HDEL", active_, job.id});
    } else {
      session_.ask(
          {"HSET", key, "status", "failed", "failed_at", moment, "retry_count", failures, "last_failed_worker", name_});
      half_ended_.linger_over(job.id);
      session_.ask({"HSET", "jobs:failed", job.id,
                    fmt::format(R"({{"error":"boom","failed_at":"{}","retry_count":{}}})", moment, failures)});
      session_.ask({"EXPIRE", "jobs:failed", "604800"});
      session_.ask({"HDEL", active_, job.id});
    }
    session_.ask({"HSET", "worker:" + name_, "status", "idle", "current_job_id", ""});
    return own;
  }

 private:
  RedisSession session_;
  HalfEnded& half_ended_;
  std::string name_;
  std::string active_;
  std::string script_;
};

class ReplayedEmp : public ReplayedQueue {
 public:
  explicit ReplayedEmp(bool durable)
      : server_(durable ? durable_redis() : std::vector<std::string>()), session_(server_) {}

  Source source() const override { return redis_source("emp-job-queue", "unix://" + server_.socket_path()); }
  std::unique_ptr<ReplayedWorker> worker(int number) override {
    return std::make_unique<Worker>(server_, number, half_ended_);
  }
  std::vector<std::string> half_ended() const override { return half_ended_.ids(); }
  std::string id_of(int number) const override { return fmt::format("{:08x}-0000-4000-8000-000000000000", number); }

  void enqueue(int first, int count) override {
    std::vector<RedisSession::Command> commands;
    for (int number = first; number < first + count; ++number) {
      const std::string id = id_of(number);
      commands.push_back({"HSET",
                          "job:" + id,
                          "id",
                          id,
                          "service_required",
                          "render",
                          "priority",
                          "50",
                          "payload",
                          R"({"n":1})",
                          "requirements",
                          "",
                          "customer_id",
                          "acme",
                          "created_at",
                          moment,
                          "status",
                          "pending",
                          "retry_count",
                          "0",
                          "max_retries",
                          "3",
                          "workflow_id",
                          "",
                          "job_trace_id",
                          "temp-trace-id",
                          "job_span_id",
                          "temp-span-id"});
      commands.push_back({"ZADD", "jobs:pending", fresh_score(), id});
    }
    session_.ask_all(commands);
  }
  std::size_t depth() override { return static_cast<std::size_t>(session_.ask({"ZCARD", "jobs:pending"}).number); }

  std::unordered_map<std::string, std::vector<JobPlace>> places() override {
    std::unordered_map<std::string, std::vector<JobPlace>> places;
    for (const std::string& id : jobs()) {
      const std::string status = session_.ask({"HGET", "job:" + id, "status"}).text;
      places[id].push_back({status, status == "pending"});
    }
    return places;
  }

  std::vector<std::string> inconsistencies(const std::vector<std::string>& erased) override {
    std::vector<std::string> found;
    for (const auto& [id, place] : places()) {
      const std::string& status = place.front().name;
      const std::vector<RedisSession::Answer> held = session_.ask_all(
          {{"ZSCORE", "jobs:pending", id}, {"HEXISTS", "jobs:completed", id}, {"HEXISTS", "jobs:failed", id}});
      const std::string places_held = fmt::format("{}{}{}", held[0].is_nil ? '-' : 'p', held[1].number == 0 ? '-' : 'c',
                                                  held[2].number == 0 ? '-' : 'f');
      const bool agrees =
          (status == "pending" && places_held == "p--") || (status == "completed" && places_held == "-c-") ||
          (status == "failed" && places_held == "--f") || (status == "cancelled" && places_held == "---");
      if (!agrees) found.push_back(fmt::format("job {} is {}, and its indexes say {}", id, status, places_held));
    }
    for (const std::string& id : erased) {
      const std::vector<RedisSession::Answer> left =
          session_.ask_all({{"EXISTS", "job:" + id, "job:" + id + ":progress", "progress:" + id},
                            {"HEXISTS", "jobs:completed", id},
                            {"HEXISTS", "jobs:failed", id},
                            {"ZSCORE", "jobs:pending", id}});
      if (left[0].number + left[1].number + left[2].number != 0 || !left[3].is_nil)
        found.push_back(fmt::format("of the erased job {} is left: {} keys, completed {}, failed {}", id,
                                    left[0].number, left[1].number, left[2].number));
    }
    for (const RedisSession::Answer& key : session_.ask({"KEYS", "jobs:active:*"}).elements)
      found.push_back("a worker still holds jobs: " + key.text);
    for (const char* key : {"jobs:completed", "jobs:failed"})
      if (session_.ask({"TTL", key}).number == -1) found.push_back(fmt::format("{} does not expire any more", key));
    return found;
  }

  std::vector<std::string> snapshot() override { return lines_of(session_); }
  void clear() override { session_.ask({"FLUSHALL"}); }
  std::filesystem::path server_socket() const override { return server_.socket_path(); }
  Source source_at(std::uint16_t port) const override {
    return redis_source("emp-job-queue", fmt::format("redis://127.0.0.1:{}/0", port));
  }
  std::function<bool(std::string_view)> deciding() const override { return scripts(); }
  void kill_server() override {
    end_server();
    start_server();
  }
  void end_server() override { server_.kill(); }
  void start_server() override {
    server_.start_again();
    session_ = RedisSession(server_);
  }

 private:
  std::vector<std::string> jobs() {
    std::vector<std::string> ids;
    for (const RedisSession::Answer& key : session_.ask({"KEYS", "job:*"}).elements)
      if (!key.text.ends_with(":progress")) ids.push_back(key.text.substr(4));
    return ids;
  }

  RedisServer server_;
  RedisSession session_;
  HalfEnded half_ended_;
};

}  // namespace

std::unique_ptr<ReplayedQueue> replayed_emp(bool durable) { return std::make_unique<ReplayedEmp>(durable); }

}  // namespace queuetrace::test
