// What people see on a terminal, and what a pipe gets of the same command.
#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

#include "tests/support/clean_environment.hpp"
#include "tests/support/run_on_terminal.hpp"
#include "tests/support/run_program.hpp"
#include "tests/support/temporary_folder.hpp"

namespace queuetrace::test {
namespace {

struct Person {
  Person() { environment["NO_COLOR"] = "1"; }

  static std::vector<std::string> with_program(std::vector<std::string> words) {
    words.insert(words.begin(), QUEUETRACE_PROGRAM);
    return words;
  }
  TerminalResult on_terminal(const std::vector<std::string>& words, int width, const std::string& question = "",
                             const std::string& answer = "") const {
    return run_on_terminal(with_program(words), environment, width, question, answer);
  }
  ProgramResult in_pipe(const std::vector<std::string>& words) const {
    return run_program(with_program(words), environment);
  }

  testing::TemporaryFolder home;
  std::map<std::string, std::string> environment = clean_environment(home.path());
};

constexpr const char* health_hint =
    "give at least one of --max-age TIME, --max-depth N, --max-dead N, --max-failures N, --max-failure-rate PERCENT, "
    "--max-stale N, --min-coverage PERCENT; `queuetrace doctor` looks for trouble without any\n";

}  // namespace

TEST_CASE("errors are broken at blanks on a terminal, and one line elsewhere") {
  const Person person;
  const TerminalResult seen = person.on_terminal({"health"}, 80);
  CHECK(seen.exit_code == 2);
  CHECK(seen.text ==
        "error: health: no limit to check\n"
        "  hint: give at least one of --max-age TIME, --max-depth N, --max-dead N,\n"
        "        --max-failures N, --max-failure-rate PERCENT, --max-stale N,\n"
        "        --min-coverage PERCENT; `queuetrace doctor` looks for trouble without\n"
        "        any\n");
  CHECK(person.in_pipe({"health", "-o", "table"}).messages ==
        std::string("error: health: no limit to check\n  hint: ") + health_hint);
}

}  // namespace queuetrace::test
