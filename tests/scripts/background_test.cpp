// A program that is no longer, or never was, in front on its terminal: it stops there as others do, and still ends when
// it is told to.
#include <doctest/doctest.h>

#include <string>

#include "tests/support/clean_environment.hpp"
#include "tests/support/redis_server.hpp"
#include "tests/support/run_on_terminal.hpp"
#include "tests/support/run_program.hpp"
#include "tests/support/temporary_folder.hpp"

namespace queuetrace::test {
namespace {

/// What a shell's terminal shows of words run by `timeout`, which puts them in the background: the status of `timeout`
/// (124: the program ended at SIGTERM; 137: it had to be killed), and whether the terminal is as it was.
std::string in_background(const std::string& words, const testing::TemporaryFolder& home) {
  std::map<std::string, std::string> environment = clean_environment(home.path());
  environment["TERM"] = "xterm";
  const std::string line =
      "before=$(stty -g); timeout -k 60 2 " QUEUETRACE_PROGRAM " " + words +
      "; status=$?; echo; echo \"status $status\"; test \"$(stty -g)\" = \"$before\" && echo terminal as before";
  return run_on_terminal({"/bin/sh", "-c", line}, environment, 80).text;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST_CASE("top in the background ends at SIGTERM") {
  const testing::TemporaryFolder home;
  const std::string capture = (home.path() / "demo.db").string();
  REQUIRE(run_program({QUEUETRACE_PROGRAM, "demo", capture}, clean_environment(home.path())).exit_code == 0);
  const std::string seen = in_background("top -s sqlite:" + capture, home);
  CAPTURE(seen);
  CHECK(has(seen, "status 124"));
  CHECK(has(seen, "terminal as before"));
}

TEST_CASE("a question asked in the background ends at SIGTERM, and nothing is changed") {
  RedisServer server;
  const std::string list = "jobqueue:dead_letter";
  for (const char* id : {"a", "b", "c"})
    server.run({{"LPUSH", list,
                 std::string(R"({"id":")") + id + R"(","filepath":"/f","filesize":1,"priority":"low","retries":3,)" +
                     R"("creation_time":"2026-01-02T03:04:05Z","trace_id":"","span_id":""})"}});
  const testing::TemporaryFolder home;
  const std::string seen = in_background("job retry --state dead --no-backup -s unix://" + server.socket_path(), home);
  CAPTURE(seen);
  CHECK(has(seen, "? [y/N]"));
  CHECK(has(seen, "status 124"));
  CHECK(has(seen, "terminal as before"));
  CHECK(server.ask({"LLEN", list}) == "3");
}

}  // namespace
}  // namespace queuetrace::test
