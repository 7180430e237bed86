// --timeout of changes that are no retries and no purges: pausing and resuming queues, cancelling jobs, and putting
// jobs back in Redis, while somebody holds the rows or a server has fallen silent. A command that did not end would be
// killed by run_program().
#include <doctest/doctest.h>

#include <atomic>

#include <nlohmann/json.hpp>

#include "tests/faults/world.hpp"
#include "tests/support/cutting_proxy.hpp"
#include "tests/support/held_table.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/redis_server.hpp"

namespace queuetrace::test {
namespace {

constexpr int jobs = 40;
const std::string time_limit = "3s";

void ran_out_of_time(const ProgramResult& result) {
  CAPTURE(result.messages);
  CAPTURE(result.output);
  CHECK((result.exit_code == 5 || result.exit_code == 7));
}

ProgramResult run(const World& world, std::vector<std::string> words, const std::string& url, bool limited) {
  words.insert(words.end(), {"--yes", "--source", url, "-o", "json"});
  if (limited) words.insert(words.end(), {"--timeout", time_limit});
  return world.run(words);
}

void succeeds(const World& world, const std::vector<std::string>& words, const std::string& url) {
  const ProgramResult result = run(world, words, url, false);
  CHECK_MESSAGE(result.exit_code == 0, result.messages);
}

/// One job of go-redis-work-queue that is dead.
std::string dead_element(int number) {
  return R"({"id":"late-)" + std::to_string(number) +
         R"(","filepath":"/f","filesize":1,"priority":"low","retries":3,"creation_time":"2026-01-02T03:01:05Z",)"
         R"("trace_id":"","span_id":""})";
}

/// A server behind a proxy that lets a number of runs of scripts pass and answers nothing after them.
class SilencedServer {
 public:
  explicit SilencedServer(RedisServer& server)
      : proxy_(server.socket_path(), [this](std::string_view request) {
          const bool runs = request.find("EVAL") != std::string_view::npos;
          if (runs && left_ > 0) --left_;
          return runs && left_ == 0 ? Verdict::silence : Verdict::pass;
        }) {}

  void silence_after(int scripts) { left_ = scripts + 1; }
  void pass_all() { left_ = 1'000'000; }
  std::string url() const { return "redis://127.0.0.1:" + std::to_string(proxy_.port()) + "/0"; }

 private:
  std::atomic<int> left_{1'000'000};
  CuttingProxy proxy_;
};

}  // namespace

TEST_CASE("PostgreSQL: pausing, resuming and cancelling end with --timeout while another session holds the rows") {
  World world;
  PostgresDatabase database(std::string(TEST_SYSTEMS) + "/hammerwork/fixtures/dialect_c/load.sql");
  database.run(
      "TRUNCATE hammerwork_jobs, hammerwork_jobs_archive, hammerwork_queue_pause; "
      "INSERT INTO hammerwork_jobs (id, queue_name, payload, status, created_at, scheduled_at) SELECT "
      "gen_random_uuid(), 'late', '{}', 'Pending', now(), now() FROM generate_series(1, 40)");
  const auto state = [&] {
    return database.ask(
        "SELECT (SELECT count(*) FROM hammerwork_queue_pause) || ' ' || (SELECT string_agg(status, ',' ORDER BY id) "
        "FROM hammerwork_jobs)");
  };
  const auto check = [&](const std::vector<std::string>& words, const std::string& table) {
    CAPTURE(words[1]);
    const std::string before = state();
    {
      const HeldTable held(database, table, "SHARE");
      ran_out_of_time(run(world, words, database.url(), true));
    }
    CHECK(state() == before);
    succeeds(world, words, database.url());
    CHECK(state() != before);
  };
  check({"queue", "pause", "late"}, "hammerwork_queue_pause");
  check({"queue", "resume", "late"}, "hammerwork_queue_pause");
  check({"job", "cancel", "--state", "pending"}, "hammerwork_jobs");
}

TEST_CASE("Redis: pausing and resuming end with --timeout where the server falls silent") {
  World world;
  RedisServer server;
  server.load(std::string(TEST_SYSTEMS) + "/bullmq/fixtures/release_5/load.redis");
  SilencedServer silenced(server);
  const std::string queue = "mail";
  for (const char* verb : {"pause", "resume"}) {
    CAPTURE(verb);
    silenced.silence_after(0);
    ran_out_of_time(run(world, {"queue", verb, queue, "--force"}, silenced.url(), true));
    silenced.pass_all();
    succeeds(world, {"queue", verb, queue, "--force"}, silenced.url());
  }
}

TEST_CASE("Redis: cancelling ends with --timeout where the server falls silent") {
  World world;
  RedisServer server;
  server.load(std::string(TEST_SYSTEMS) + "/rq/fixtures/release_3/load.redis");
  SilencedServer silenced(server);
  silenced.silence_after(0);
  ran_out_of_time(run(world, {"job", "cancel", "--state", "pending"}, silenced.url(), true));
  silenced.pass_all();
  succeeds(world, {"job", "cancel", "--state", "pending"}, silenced.url());
}

TEST_CASE("Redis: restoring and undoing end with --timeout where the server falls silent in the middle") {
  World world;
  RedisServer server;
  const std::string list = "jobqueue:dead_letter";
  for (int number = 0; number < jobs; ++number) server.run({{"LPUSH", list, dead_element(number)}});
  const auto there = [&] { return std::stoi(server.ask({"LLEN", list})); };
  SilencedServer silenced(server);
  succeeds(world, {"purge", "--state", "dead", "--backup", (world.home() / "kept.jsonl").string()}, silenced.url());
  CHECK(there() == 0);
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"job", "restore", (world.home() / "kept.jsonl").string(), "--chunk", "8"},
        {"undo", "--chunk", "8"}}) {
    CAPTURE(words.front());
    silenced.silence_after(3);
    ran_out_of_time(run(world, words, silenced.url(), true));
    CHECK(there() < jobs);
    silenced.pass_all();
    succeeds(world, words, silenced.url());
    CHECK(there() == jobs);
    if (words.front() == "job") succeeds(world, {"purge", "--state", "dead"}, silenced.url());
  }
}

}  // namespace queuetrace::test
