// go-redis-work-queue: every step of a worker is a command of its own, in the order of
// docs/systems/go-redis-work-queue.md, section 2.4.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "tests/faults/replayed_queue.hpp"
#include "tests/faults/replayed_servers.hpp"
#include "tests/support/redis_session.hpp"

namespace queuetrace::test {
namespace {

constexpr const char* high = "jobqueue:high_priority";
constexpr const char* low = "jobqueue:low_priority";
constexpr const char* completed = "jobqueue:completed";
constexpr const char* dead = "jobqueue:dead_letter";

std::string element(const std::string& id, const std::string& priority, int retries) {
  return fmt::format(
      R"({{"id":"{0}","filepath":"/data/{0}.pdf","filesize":100,"priority":"{1}","retries":{2},)"
      R"("creation_time":"2026-01-02T03:01:05.25Z","trace_id":"0af7651916cd43dd8448eb211c80319c","span_id":"b7ad6b7169203331"}})",
      id, priority, retries);
}

class Worker : public ReplayedWorker {
 public:
  Worker(const RedisServer& server, int number)
      : session_(server),
        processing_(fmt::format("jobqueue:worker:host-1-1795194936000000000-ab12-{}:processing", number)),
        heartbeat_(fmt::format("jobqueue:processing:worker:host-1-1795194936000000000-ab12-{}", number)) {}

  std::optional<TakenJob> take() override {
    for (const char* queue : {high, low}) {
      // What BRPOPLPUSH does when something is there; Redis looks at the time-outs of those that block ten times a
      // second.
      const RedisSession::Answer answer = session_.ask({"RPOPLPUSH", queue, processing_});
      if (answer.is_nil) continue;
      queue_ = queue;
      session_.ask({"SET", heartbeat_, answer.text, "EX", "30"});
      return TakenJob{nlohmann::json::parse(answer.text)["id"].get<std::string>(), answer.text};
    }
    return std::nullopt;
  }

  bool finish(const TakenJob& job, Ending ending) override {
    if (ending == Ending::given_back) {
      const nlohmann::json fields = nlohmann::json::parse(job.token);
      session_.ask({"LPUSH", queue_, element(job.id, fields["priority"], fields["retries"].get<int>() + 1)});
    } else {
      session_.ask({"LPUSH", ending == Ending::completed ? completed : dead, job.token});
    }
    const bool held = session_.ask({"LREM", processing_, "1", job.token}).number == 1;
    return session_.ask({"DEL", heartbeat_}).number == 1 && held;
  }

 private:
  RedisSession session_;
  std::string processing_;
  std::string heartbeat_;
  std::string queue_;
};

class ReplayedGoRedis : public ReplayedQueue {
 public:
  explicit ReplayedGoRedis(bool durable)
      : server_(durable ? durable_redis() : std::vector<std::string>()), session_(server_) {}

  Source source() const override { return redis_source("go-redis-work-queue", "unix://" + server_.socket_path()); }
  std::unique_ptr<ReplayedWorker> worker(int number) override { return std::make_unique<Worker>(server_, number); }
  std::string other_queue() const override { return high; }
  bool cancelling_removes() const override { return true; }
  std::string id_of(int number) const override { return fmt::format("{:032x}", number); }

  void enqueue(int first, int count) override {
    std::vector<std::string> command{"LPUSH", low};
    for (int number = first; number < first + count; ++number) command.push_back(element(id_of(number), "low", 0));
    session_.ask(command);
  }
  std::size_t depth() override {
    return static_cast<std::size_t>(session_.ask({"LLEN", high}).number + session_.ask({"LLEN", low}).number);
  }
  std::unordered_map<std::string, std::vector<JobPlace>> places() override {
    std::unordered_map<std::string, std::vector<JobPlace>> places;
    for (const RedisSession::Answer& key : session_.ask({"KEYS", "*"}).elements) {
      if (session_.ask({"TYPE", key.text}).text != "list") continue;
      for (const RedisSession::Answer& one : session_.ask({"LRANGE", key.text, "0", "-1"}).elements)
        places[nlohmann::json::parse(one.text)["id"]].push_back({key.text, key.text == high || key.text == low});
    }
    return places;
  }
  std::vector<std::string> inconsistencies(const std::vector<std::string>&) override {
    std::vector<std::string> found;
    for (const RedisSession::Answer& key : session_.ask({"KEYS", "*"}).elements)
      if (key.text != high && key.text != low && key.text != completed && key.text != dead)
        found.push_back("a key is left: " + key.text);
    for (const char* key : {high, low, completed, dead})
      for (const RedisSession::Answer& one : session_.ask({"LRANGE", key, "0", "-1"}).elements) {
        // Nothing but the count of retries and the priority may ever change in an element, and they in place.
        const nlohmann::json fields = nlohmann::json::parse(one.text);
        const bool belongs = fields["priority"] == (key == std::string(high) ? "high" : "low");
        if (one.text != element(fields["id"], fields["priority"], fields["retries"]))
          found.push_back("an element was rewritten: " + one.text);
        if ((key == std::string(high) || key == std::string(low)) && !belongs)
          found.push_back(fmt::format("{} holds a job of another priority: {}", key, one.text));
      }
    return found;
  }

  std::vector<std::string> snapshot() override { return lines_of(session_); }
  void clear() override { session_.ask({"FLUSHALL"}); }
  std::filesystem::path server_socket() const override { return server_.socket_path(); }
  Source source_at(std::uint16_t port) const override {
    return redis_source("go-redis-work-queue", fmt::format("redis://127.0.0.1:{}/0", port));
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
  RedisServer server_;
  RedisSession session_;
};

}  // namespace

std::unique_ptr<ReplayedQueue> replayed_go_redis(bool durable) { return std::make_unique<ReplayedGoRedis>(durable); }

}  // namespace queuetrace::test
