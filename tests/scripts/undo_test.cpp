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

/// A queue `mail` of BullMQ under a prefix, with a job 100 that failed.
std::vector<std::vector<std::string>> bull_queue(const std::string& prefix) {
  const std::string queue = prefix + ":mail:";
  return {{"HSET", queue + "meta", "version", "bullmq:5.81.5", "opts.maxLenEvents", "10000"},
          {"SET", queue + "id", "100"},
          {"SET", queue + "pc", "0"},
          {"XADD", queue + "events", "1-1", "event", "added"},
          {"HSET", queue + "100", "name", "send", "data", "{}", "opts", "{}", "timestamp", "1782900000000",
           "failedReason", "no route", "finishedOn", "1782900005000", "processedOn", "1782900004000", "atm", "1"},
          {"ZADD", queue + "failed", "1782900005000", "100"}};
}

TEST_CASE("of several installations that of the change is asked and undone, with nothing else named") {
  RedisServer server;
  for (const char* prefix : {"{eu}", "{us}"}) server.run(bull_queue(prefix));
  testing::TemporaryFolder home;
  const auto run = [&](std::vector<std::string> words) {
    words.insert(words.begin(), QUEUETRACE_PROGRAM);
    words.insert(words.end(), {"--source", "unix://" + server.socket_path(), "-o", "json"});
    return run_program(words, clean_environment(home.path()), "", 60);
  };
  const ProgramResult retried = run({"job", "retry", "--failed", "--system", "bullmq@{us}", "--yes"});
  REQUIRE_MESSAGE(retried.exit_code == 0, retried.messages);
  const std::string operation = nlohmann::json::parse(retried.output).at("operation");
  const std::string digits = operation.substr(operation.size() - 8);
  CHECK(server.ask({"LLEN", "{us}:mail:wait"}) == "1");

  // The job of the same id in the other installation failed long ago: nobody waits for that one.
  const auto waited = [&] {
    const ProgramResult result = run({"wait", "--operation", digits, "--interval", "1s", "--timeout", "1500ms"});
    return std::to_string(result.exit_code) + " " +
           nlohmann::json::parse(result.output).at("sources").dump(-1, ' ', false);
  };
  const auto asked = [&](const std::string& log) {
    std::ifstream lines(home.path() / log);
    std::string line, last;
    while (std::getline(lines, line)) last = line;
    return nlohmann::json::parse(last);
  };
  CHECK(asked("state/queuetrace/audit.jsonl").at("address").get<std::string>().ends_with("/bullmq@{us}"));
  const std::string unfinished = waited();
  CHECK_MESSAGE(unfinished.starts_with("8 "), unfinished);
  CHECK_MESSAGE(unfinished.find("{us}") != std::string::npos, unfinished);
  CHECK_MESSAGE(unfinished.find("{eu}") == std::string::npos, unfinished);

  const ProgramResult undone = run({"undo", digits, "--yes"});
  REQUIRE_MESSAGE(undone.exit_code == 0, undone.messages);
  CHECK(server.ask({"ZCARD", "{us}:mail:failed"}) == "1");
  CHECK(server.ask({"LLEN", "{us}:mail:wait"}) == "0");
  CHECK(server.ask({"LLEN", "{eu}:mail:wait"}) == "0");
}

}  // namespace
}  // namespace queuetrace::test
