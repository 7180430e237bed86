// --timeout of commands that change jobs: while somebody holds the jobs, or a server has fallen silent in the middle,
// they end, say what was done and what was not, and do the rest when they are repeated. A command that did not end
// would be killed by run_program().
#include <doctest/doctest.h>
#include <signal.h>

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

/// The report of a change that ran out of time, with what was done of `jobs`.
nlohmann::json late(const ProgramResult& result) {
  CAPTURE(result.messages);
  CAPTURE(result.output);
  CHECK((result.exit_code == 5 || result.exit_code == 7));
  const nlohmann::json report = nlohmann::json::parse(result.output, nullptr, false);
  return report.is_object() && report.contains("counts") ? report["counts"] : nlohmann::json{{"done", 0}};
}

void succeeds(const World& world, const std::vector<std::string>& words) {
  const ProgramResult result = world.run(words);
  CHECK_MESSAGE(result.exit_code == 0, result.messages);
}

class HeldJobs {
 public:
  HeldJobs() : database_(std::string(TEST_SYSTEMS) + "/procrastinate/fixtures/s34/load.sql") {
    database_.run("DELETE FROM procrastinate_events; DELETE FROM procrastinate_jobs");
    database_.run(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, attempts) SELECT 'late', 't', '{}', "
        "'failed', 1 FROM generate_series(1, " +
        std::to_string(jobs) + ")");
  }

  /// The command ends while another session holds the jobs, and does all of it afterwards.
  void check(std::vector<std::string> words) {
    words.insert(words.end(), {"--yes", "--source", database_.url(), "-o", "json"});
    std::vector<std::string> limited = words;
    limited.insert(limited.end(), {"--timeout", time_limit});
    std::string said;
    for (const std::string& word : words) said += word + " ";
    CAPTURE(said);
    const std::string before = state();
    {
      // Whoever reads is not kept from it, so the plan is made.
      const HeldTable held(database_, "procrastinate_jobs", "SHARE");
      CHECK(late(world_.run(limited)).value("done", 0) == 0);
    }
    CHECK(state() == before);
    succeeds(world_, words);
    CHECK(state() != before);
  }

 private:
  std::string state() const {
    return database_.ask("SELECT md5(string_agg(j::text, ',' ORDER BY id)) FROM procrastinate_jobs j");
  }
  World world_;
  PostgresDatabase database_;
};

TEST_CASE("PostgreSQL: changes of jobs that another session holds end with --timeout") {
  HeldJobs held;
  held.check({"job", "retry", "--state", "failed"});
  held.check({"undo"});
  held.check({"purge", "--state", "failed"});
  held.check({"undo"});
  held.check({"job", "delete", "--state", "failed"});
}

TEST_CASE("Redis: changes end with --timeout where the server falls silent in the middle") {
  std::vector<std::string> elements;
  for (int i = 0; i < jobs; ++i)
    elements.push_back(R"({"id":"late-)" + std::to_string(i) +
                       R"(","filepath":"/f","filesize":1,"priority":"low","retries":3,"creation_time":)"
                       R"("2026-01-02T03:01:05Z","trace_id":"","span_id":""})");
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"job", "retry", "--state", "dead"}, {"purge", "--state", "dead"}}) {
    CAPTURE(words.front());
    World world;
    RedisServer server;
    for (const std::string& element : elements) server.run({{"LPUSH", "jobqueue:dead_letter", element}});
    // The sixth run of a script is not answered, nor anything after it.
    int scripts = 0;
    CuttingProxy proxy(server.socket_path(), [&](std::string_view request) {
      const bool runs = request.find("EVAL") != std::string_view::npos;
      return runs && ++scripts >= 6 ? Verdict::silence : Verdict::pass;
    });
    std::vector<std::string> change = words;
    const std::string url = "redis://127.0.0.1:" + std::to_string(proxy.port()) + "/0";
    change.insert(change.end(), {"--yes", "--chunk", "8", "--source", url, "-o", "json", "--timeout", time_limit});
    const ProgramResult result = world.run(change);
    const nlohmann::json counts = late(result);
    const auto count = [&](const char* name) { return counts.value(name, 0); };
    CHECK(count("done") > 0);
    CHECK(count("done") + count("unknown") + count("failed") + count("not_tried") == jobs);
    CHECK_MESSAGE(result.messages.find("Continue with: ") != std::string::npos, result.messages);
    const int left = std::stoi(server.ask({"LLEN", "jobqueue:dead_letter"}));
    CHECK(left == jobs - count("done"));
    change = words;
    change.insert(change.end(), {"--yes", "--source", "unix://" + server.socket_path()});
    succeeds(world, change);
    CHECK(server.ask({"LLEN", "jobqueue:dead_letter"}) == "0");
  }
}

}  // namespace
}  // namespace queuetrace::test
