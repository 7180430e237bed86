// Helper programs: what they get, and what they must not get.
#include <doctest/doctest.h>

#include <chrono>

#include "tests/unit/tracing/fake_programs.hpp"

namespace {

using namespace queuetrace;
using std::chrono::milliseconds;

TEST_CASE("arguments, input and environment arrive as given, secrets do not") {
  const FakePrograms programs;
  programs.add("helper");
  const ChildResult result = run_child({.argv = {"helper", "a b", "$(touch pwned)", "'", ""}, .standard_input = "id-1"},
                                       programs.environment({{"LANG", "C"},
                                                             {"PGPASSWORD", "secret1"},
                                                             {"DB_PASSWORD", "secret2"},
                                                             {"REDISCLI_AUTH", "secret3"},
                                                             {"OTEL_EXPORTER_OTLP_HEADERS", "secret4"},
                                                             {"DATABASE_URL", "secret5"},
                                                             {"MYSQL_PWD", "secret6"},
                                                             {"JOBS", "redis://:secret7@h:6379/0"},
                                                             {"VIEWER", "https://viewer.example/"}}));
  CHECK_MESSAGE(result.succeeded(), result.problem);
  CHECK(result.exit_code == 0);
  CHECK(programs.read("helper.argv") == "a b\n$(touch pwned)\n'\n\n");
  CHECK(programs.read("helper.stdin") == "id-1");
  const std::string environment = programs.read("helper.env");
  CHECK(environment.find("LANG=C\n") != std::string::npos);
  CHECK(environment.find("VIEWER=https://viewer.example/\n") != std::string::npos);
  CHECK(environment.find("secret") == std::string::npos);
}

TEST_CASE("failures are told apart") {
  const FakePrograms programs;
  programs.add("fails", "exit 3");
  programs.add("killed", "kill -9 $$");
  programs.add("sleeps", "exec /bin/sleep 1000");
  const auto run = [&](const std::string& name, milliseconds timeout = milliseconds(600'000)) {
    return run_child({.argv = {name}, .standard_input = {}, .timeout = timeout}, programs.environment());
  };
  CHECK(run("fails").problem == "fails failed with exit code 3");
  CHECK(run("killed").problem == "killed was killed by signal 9");
  CHECK(run("missing").problem == "missing is not installed");
  CHECK_FALSE(run("missing").started);
  const ChildResult slow = run("sleeps", milliseconds(500));
  CHECK(slow.problem == "sleeps did not end within 500 ms");
  CHECK_FALSE(slow.succeeded());
  CHECK(run_child({.argv = {"fails"}, .standard_input = std::string(5000, 'x')}, programs.environment()).problem ==
        "cannot hand the text to fails");
}

TEST_CASE("what a failing program says is kept up to a bound, whatever it writes") {
  const FakePrograms programs;
  programs.add("speaks", "echo 'first line' >&2; echo second >&2; exit 1");
  programs.add("floods", "i=0; while [ $i -lt 2000 ]; do echo 0123456789 >&2 || exit 4; i=$((i+1)); done; exit 5");
  CHECK(run_child({.argv = {"speaks"}, .standard_input = {}}, programs.environment()).problem ==
        "speaks failed with exit code 1: first line");
  const std::string problem = run_child({.argv = {"floods"}, .standard_input = {}}, programs.environment()).problem;
  CHECK(problem.starts_with("floods failed with exit code "));
  CHECK(problem.ends_with(": 0123456789"));
}

TEST_CASE("a detached child that goes on is a success") {
  const FakePrograms programs;
  programs.add("browser", "exec /bin/sleep 20");
  const ChildResult result =
      run_child({.argv = {"browser"}, .standard_input = {}, .detached = true, .timeout = milliseconds(200)},
                programs.environment());
  CHECK(result.running);
  CHECK(result.succeeded());
}

TEST_CASE("programs are found by absolute folders only") {
  const FakePrograms programs;
  programs.add("helper");
  CHECK(find_program("helper", programs.environment()) == programs.path("helper"));
  CHECK(find_program(programs.path("helper"), {}) == programs.path("helper"));
  CHECK_FALSE(find_program("helper", {{"PATH", ".:relative::"}}));
  CHECK_FALSE(find_program("./helper", programs.environment()));
  CHECK_FALSE(find_program("", programs.environment()));
  CHECK_FALSE(find_program("/", {}));
}

}  // namespace
