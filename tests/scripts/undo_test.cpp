// A purge and its undo as they are typed, on a real server that the purge leaves empty.
#include <doctest/doctest.h>

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

}  // namespace
}  // namespace queuetrace::test
