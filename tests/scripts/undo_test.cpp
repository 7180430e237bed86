// A purge and its undo as they are typed, on a real server that the purge leaves empty.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/clean_environment.hpp"
#include "tests/support/redis_server.hpp"
#include "tests/support/run_program.hpp"
#include "tests/support/temporary_folder.hpp"

namespace queuetrace::test {
namespace {

TEST_CASE("what a purge removed is put back where nothing is left") {
  RedisServer server;
  const std::string list = "jobqueue:dead_letter";
  for (const char* id : {"a", "b", "c"})
    server.run({{"LPUSH", list,
                 std::string(R"({"id":")") + id + R"(","filepath":"/f","filesize":1,"priority":"low","retries":3,)" +
                     R"("creation_time":"2026-01-02T03:04:05Z","trace_id":"","span_id":""})"}});
  const std::string before = server.ask({"LRANGE", list, "0", "-1"});
  testing::TemporaryFolder home;
  const auto run = [&](std::vector<std::string> words) {
    words.insert(words.begin(), QUEUETRACE_PROGRAM);
    words.insert(words.end(), {"--source", "unix://" + server.socket_path(), "--yes", "-o", "json"});
    return run_program(words, clean_environment(home.path()), "", 60);
  };
  const std::string backup = (home.path() / "backup.jsonl").string();
  CHECK(run({"purge", "--state", "dead", "--backup", backup}).exit_code == 0);
  CHECK(server.ask({"DBSIZE"}) == "0");
  const ProgramResult restored = run({"job", "restore", backup});
  INFO(restored.messages);
  CHECK(restored.exit_code == 0);
  CHECK(nlohmann::json::parse(restored.output).at("counts").at("done") == 3);
  CHECK(server.ask({"LRANGE", list, "0", "-1"}) == before);
}

TEST_CASE("a change is undone in its own source, whatever is asked by default") {
  RedisServer server;
  server.run({{"LPUSH", "jobqueue:dead_letter",
               R"({"id":"a","filepath":"/f","filesize":1,"priority":"low","retries":3,)"
               R"("creation_time":"2026-01-02T03:04:05Z","trace_id":"","span_id":""})"}});
  server.run({{"CONFIG", "SET", "requirepass", "opened"}});
  testing::TemporaryFolder home;
  const auto run = [&](std::vector<std::string> words) {
    words.insert(words.begin(), QUEUETRACE_PROGRAM);
    return run_program(words, clean_environment(home.path()), "", 60);
  };
  const std::string capture = (home.path() / "demo.db").string();
  REQUIRE(run({"demo", capture}).exit_code == 0);
  std::filesystem::create_directories(home.path() / "config/queuetrace");
  std::ofstream(home.path() / "config/queuetrace/config.toml")
      << "default = 'demo'\n[sources.demo]\nurl = 'sqlite:" << capture << "'\n[sources.staging]\nurl = 'unix://"
      << server.socket_path() << "'\npassword_command = ['printf', 'opened']\n";
  const ProgramResult purged = run({"purge", "-s", "staging", "--state", "dead", "--yes", "-o", "json"});
  INFO(purged.messages);
  REQUIRE(purged.exit_code == 0);
  const std::string operation = nlohmann::json::parse(purged.output).at("operation");
  const std::string digits = operation.substr(operation.size() - 8);
  const ProgramResult missed = run({"undo", "--yes", "-o", "table"});
  CHECK(missed.exit_code == 3);
  CHECK_MESSAGE(missed.messages.ends_with(" in demo that can be undone; the newest elsewhere is a purge in 'staging'\n"
                                          "  hint: to undo that one: queuetrace undo " +
                                          digits + " -s staging\n"),
                missed.messages);
  const ProgramResult wrong = run({"undo", digits, "-s", "demo", "--yes", "-o", "table"});
  CHECK(wrong.exit_code == 6);
  CHECK_MESSAGE(wrong.messages.find("--force") == std::string::npos, wrong.messages);
  CHECK_MESSAGE(wrong.messages.ends_with("  hint: queuetrace undo " + operation + " --source staging\n"),
                wrong.messages);
  const ProgramResult undone = run({"undo", digits, "--yes", "-o", "json"});
  REQUIRE_MESSAGE(undone.exit_code == 0, undone.messages);
  CHECK(nlohmann::json::parse(undone.output).at("counts").at("done") == 1);
  CHECK(nlohmann::json::parse(run({"job", "list", "-s", "staging", "-o", "json"}).output).at("jobs").size() == 1);
}

}  // namespace
}  // namespace queuetrace::test
