// Commands that look again and again, on real servers that change meanwhile: `wait` and `stats --watch`.
#include <doctest/doctest.h>

#include <chrono>
#include <future>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "tests/support/clean_environment.hpp"
#include "tests/support/http_receiver.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/redis_server.hpp"
#include "tests/support/run_program.hpp"
#include "tests/support/temporary_folder.hpp"

namespace queuetrace::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

/// A run of the program beside the test.
class Run {
 public:
  explicit Run(std::vector<std::string> words, std::map<std::string, std::string> more = {}) {
    words.insert(words.begin(), QUEUETRACE_PROGRAM);
    std::map<std::string, std::string> environment = clean_environment(home_.path());
    environment.merge(more);
    result_ = std::async(std::launch::async, [words, environment] { return run_program(words, environment); });
  }
  /// Whether it is still at work after this time.
  bool works_for(std::chrono::milliseconds time) { return result_.wait_for(time) == std::future_status::timeout; }
  ProgramResult end() { return result_.get(); }

 private:
  testing::TemporaryFolder home_;
  std::future<ProgramResult> result_;
};

/// The one record of a wait.
json record(const ProgramResult& result) {
  INFO(result.output, result.messages);
  return json::parse(result.output).at("waits").at(0);
}

/// Returns when so many sessions of the program have looked and wait until they look again.
void until_looked(const PostgresDatabase& database, int sessions = 1) {
  while (database.ask("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = "
                      "'queuetrace' AND state = 'idle' AND clock_timestamp() - state_change > interval '300 ms'") !=
         std::to_string(sessions))
    std::this_thread::sleep_for(50ms);
}
/// The same where there is one; it must look every 2 s at most, as Redis counts whole seconds.
void until_looked(RedisServer& server) {
  const auto waits = [&server] {
    std::istringstream clients(server.ask({"CLIENT", "LIST"}));
    for (std::string client; std::getline(clients, client);)
      if (client.find(" name=queuetrace ") != std::string::npos && client.find(" idle=1 ") != std::string::npos)
        return true;
    return false;
  };
  while (!waits()) std::this_thread::sleep_for(50ms);
}

struct Hammerwork {
  void set(const std::string& what, const std::string& which) const {
    database.run("UPDATE hammerwork_jobs SET " + what + " WHERE " + which);
  }
  std::string url() const { return database.url(); }
  /// An id of a job that waits in the queue email.
  std::string pending_id() const {
    return database.ask(
        "SELECT id FROM hammerwork_jobs WHERE queue_name = 'email' AND status = 'Pending' ORDER BY id LIMIT 1");
  }

  PostgresDatabase database{std::string(TEST_SYSTEMS) + "/hammerwork/fixtures/dialect_c/load.sql"};
};

std::string trimmed(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

}  // namespace

TEST_CASE("PostgreSQL: a queue that empties, then idles") {
  const Hammerwork store;
  Run empty({"wait", "--empty", "--queue", "email", "--poll", "1s", "--timeout", "500s", "-s", store.url()});
  until_looked(store.database);
  CHECK(empty.works_for(0ms));
  store.set("status = 'Completed'", "queue_name = 'email' AND status <> 'Running'");
  const ProgramResult emptied = empty.end();
  CHECK(emptied.exit_code == 0);
  CHECK(record(emptied)["outcome"] == "met");
  CHECK(record(emptied)["looks"].get<int>() >= 2);
  Run idle({"wait", "--idle", "--queue", "email", "--poll", "1s", "--timeout", "500s", "-s", store.url()});
  CHECK(idle.works_for(1500ms));
  store.set("status = 'Completed'", "queue_name = 'email'");
  CHECK(idle.end().exit_code == 0);
}

TEST_CASE("PostgreSQL: one job, by prefix; the end it was not meant to have; a job that goes") {
  const Hammerwork store;
  const std::string id = trimmed(store.pending_id());
  REQUIRE(id.size() == 36);
  Run running({"wait", "--job", id, "--state", "running", "--poll", "1s", "--timeout", "500s", "-s", store.url()});
  Run completed({"wait", "--job", id, "--state", "completed", "--poll", "1s", "--timeout", "500s", "-s", store.url()});
  Run finished({"wait", "--job", id, "--poll", "1s", "--timeout", "500s", "-s", store.url()});
  until_looked(store.database, 3);
  CHECK(running.works_for(0ms));
  store.set("status = 'Running', started_at = now()", "id = '" + id + "'");
  CHECK(running.end().exit_code == 0);
  CHECK(completed.works_for(1500ms));
  store.set("status = 'Dead'", "id = '" + id + "'");
  const ProgramResult never = completed.end();
  CHECK(never.exit_code == 8);
  CHECK(record(never)["outcome"] == "never");
  CHECK(record(never)["state"] == "dead");
  const ProgramResult ended = finished.end();
  CHECK(ended.exit_code == 0);
  CHECK(record(ended)["state"] == "dead");

  Run gone({"wait", "--job", id, "--state", "pending", "--timeout", "500s", "-s", store.url()});
  CHECK(gone.end().exit_code == 8);  // dead is final
  store.set("status = 'Pending'", "id = '" + id + "'");
  Run dropped({"wait", "--job", id, "--poll", "1s", "--timeout", "500s", "-s", store.url()});
  until_looked(store.database);
  CHECK(dropped.works_for(0ms));
  store.database.run("DELETE FROM hammerwork_jobs WHERE id = '" + id + "'");
  const ProgramResult missing = dropped.end();
  CHECK(missing.exit_code == 3);
  CHECK_MESSAGE(missing.messages.find("is gone") != std::string::npos, missing.messages);
}

TEST_CASE("the time limit, and Ctrl-C") {
  const Hammerwork store;
  const ProgramResult late = Run({"wait", "--empty", "--timeout", "2s", "-s", store.url()}).end();
  CHECK(late.exit_code == 8);
  CHECK(record(late)["outcome"] == "time_limit");
  CHECK(record(late)["matching"].get<int>() > 0);
  CHECK(record(late)["elapsed_ms"].get<int>() > 0);  // from the first look on; opening the source belongs to the limit
  testing::TemporaryFolder home;
  const ProgramResult interrupted = run_program(
      {"timeout", "--preserve-status", "-s", "INT", "1.5", QUEUETRACE_PROGRAM, "wait", "--empty", "-s", store.url()},
      clean_environment(home.path()));
  CHECK(interrupted.exit_code == 130);
  CHECK(interrupted.output == "");
}

TEST_CASE("Redis: a list that grows and drains; a server that goes for good, and one that comes back") {
  auto server = std::make_unique<RedisServer>();
  const std::string job =
      R"({"id":"j-1","filepath":"/f","filesize":1,"priority":"low","retries":0,"creation_time":"2026-01-02T03:01:05Z",)"
      R"("trace_id":"","span_id":""})";
  server->run({{"LPUSH", "jobqueue:low_priority", job}, {"LPUSH", "jobqueue:completed", job}});
  const std::string url = "unix://" + server->socket_path();
  Run count({"wait", "--count", "3", "--state", "completed", "--poll", "2s", "--timeout", "500s", "-s", url});
  until_looked(*server);
  CHECK(count.works_for(0ms));
  server->run({{"LPUSH", "jobqueue:completed", job, job}});
  const ProgramResult counted = count.end();
  CHECK(counted.exit_code == 0);
  CHECK(record(counted)["matching"] == 3);
  Run empty({"wait", "--empty", "--poll", "2s", "--timeout", "500s", "-s", url});
  until_looked(*server);
  CHECK(empty.works_for(0ms));
  server->run({{"DEL", "jobqueue:low_priority"}});
  CHECK(empty.end().exit_code == 0);

  server->run({{"LPUSH", "jobqueue:low_priority", job}});
  Run orphan({"wait", "--empty", "--poll", "2s", "--timeout", "10s", "-o", "table", "-s", url});
  until_looked(*server);
  server->kill();
  const ProgramResult unknown = orphan.end();
  CHECK(unknown.exit_code == 5);  // nobody can tell any more
  CHECK_MESSAGE(unknown.messages.find("asking again") != std::string::npos, unknown.messages);
}

TEST_CASE("Redis: failures are counted where no list of them was there yet") {
  RedisServer server;
  const std::string job =
      R"({"id":"j-1","filepath":"/f","filesize":1,"priority":"low","retries":0,"creation_time":"2026-01-02T03:01:05Z",)"
      R"("trace_id":"","span_id":""})";
  server.run({{"LPUSH", "jobqueue:low_priority", job}});
  const std::string url = "unix://" + server.socket_path();
  const ProgramResult none = Run({"health", "--max-failures", "0", "--interval", "200ms", "-s", url}).end();
  CHECK_MESSAGE(none.exit_code == 0, none.output, none.messages);
  Run counting({"health", "--max-failures", "0", "--max-failure-rate", "60", "--interval", "5s", "-s", url});
  until_looked(server);
  server.run({{"LPUSH", "jobqueue:dead_letter", job}, {"LPUSH", "jobqueue:completed", job}});
  const ProgramResult counted = counting.end();
  CHECK(counted.exit_code == 8);
  const json checks = json::parse(counted.output).at("checks");
  REQUIRE_MESSAGE(checks.size() == 1, counted.output);
  CHECK(checks[0]["check"] == "failures");
  CHECK(checks[0]["value"] == 1);
}

TEST_CASE("the jobs of a change: in PostgreSQL and in Redis, with what became of them") {
  testing::TemporaryFolder home;
  const auto run = [&](std::vector<std::string> words) {
    words.insert(words.begin(), QUEUETRACE_PROGRAM);
    return run_program(words, clean_environment(home.path()));
  };
  const auto retried = [&](const std::string& url, const std::string& state) {
    const ProgramResult done = run({"job", "retry", "--state", state, "--yes", "-o", "json", "-s", url});
    INFO(done.output, done.messages);
    return json::parse(done.output).at("operation").get<std::string>();
  };
  const Hammerwork store;
  const std::string operation = retried(store.url(), "dead");
  ProgramResult early = run({"wait", "--operation", operation, "--timeout", "1s", "-s", store.url()});
  CHECK(early.exit_code == 8);
  CHECK(record(early)["matching"].get<int>() > 0);
  store.set("status = 'Completed', completed_at = now()", "status = 'Pending'");
  const ProgramResult ended = run({"wait", "--operation", operation, "-s", store.url()});
  CHECK_MESSAGE(ended.exit_code == 0, ended.output, ended.messages);
  CHECK(record(ended)["ended"]["completed"] == record(early)["matching"]);

  RedisServer server;
  const std::string job =
      R"({"id":"j-1","filepath":"/f","filesize":1,"priority":"low","retries":0,"creation_time":"2026-01-02T03:01:05Z",)"
      R"("trace_id":"","span_id":""})";
  server.run({{"LPUSH", "jobqueue:dead_letter", job}});
  const std::string url = "unix://" + server.socket_path();
  const std::string of_list = retried(url, "dead");
  early = run({"wait", "--operation", of_list, "--timeout", "1s", "-s", url});
  CHECK_MESSAGE(early.exit_code == 8, early.output, early.messages);
  CHECK(record(early)["matching"] == 1);
  server.run({{"DEL", "jobqueue:low_priority"}, {"LPUSH", "jobqueue:completed", job}});
  const ProgramResult completed = run({"wait", "--operation", of_list, "-s", url});
  CHECK_MESSAGE(completed.exit_code == 0, completed.output, completed.messages);
  CHECK(record(completed)["ended"] == json{{"completed", 1}});
  server.run({{"DEL", "jobqueue:completed"}});
  const ProgramResult gone = run({"wait", "--operation", of_list, "-s", url});
  CHECK_MESSAGE(gone.exit_code == 0, gone.output, gone.messages);
  CHECK(record(gone)["ended"] == json{{"gone", 1}});
}

TEST_CASE("a connection that drops is opened again") {
  const Hammerwork store;
  Run empty({"wait", "--empty", "--queue", "email", "--poll", "1s", "--timeout", "500s", "-s", store.url()});
  until_looked(store.database);
  store.database.ask(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
      "pg_backend_pid()");
  until_looked(store.database);
  CHECK(empty.works_for(0ms));
  store.set("status = 'Completed'", "queue_name = 'email'");
  const ProgramResult result = empty.end();
  CHECK_MESSAGE(result.exit_code == 0, result.messages);
}

TEST_CASE("stats --watch in a pipe: blocks of records, one look after the other, until told to stop") {
  const Hammerwork store;
  testing::TemporaryFolder home;
  // bash lets background jobs hear of Ctrl-C only where each is a job of its own.
  const ProgramResult result = run_program(
      {"bash", "-c",
       "set -m; \"$0\" stats --watch --interval 1s --queue email --fields queue,running -s \"$1\" >\"$2\" & "
       "until [ \"$(wc -l <\"$2\")\" -ge 3 ]; do sleep 0.1; done; kill -INT $!; wait $!; code=$?; cat \"$2\"; exit "
       "$code",
       QUEUETRACE_PROGRAM, store.url(), (home.path() / "blocks").string()},
      clean_environment(home.path()));
  CHECK(result.exit_code == 130);
  std::istringstream lines(result.output);
  std::vector<std::string> moments;
  for (std::string line; std::getline(lines, line);) {
    const json one = json::parse(line);
    CHECK(one["queue"] == "email");
    CHECK(one["running"] == 1);
    CHECK(one.size() == 3);
    moments.push_back(one["at"]);
  }
  REQUIRE(moments.size() >= 3);
  CHECK(moments.front() < moments.back());
}

TEST_CASE("a collector that is silent is given up, and the answer comes first") {
  const Hammerwork store;
  const HttpReceiver silent(std::nullopt);
  const ProgramResult result =
      Run({"peek", "-o", "jsonl", "-s", store.url()}, {{"OTEL_EXPORTER_OTLP_ENDPOINT", silent.url()}}).end();
  CHECK(result.exit_code == 0);
  CHECK_FALSE(result.output.empty());
  CHECK(silent.requests().size() == 1);
}

}  // namespace queuetrace::test
