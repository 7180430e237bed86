// Standard streams that are closed when the program begins.
#include <doctest/doctest.h>

#include "tests/support/clean_environment.hpp"
#include "tests/support/run_program.hpp"
#include "tests/support/temporary_folder.hpp"

namespace queuetrace::test {
namespace {

/// Runs `queuetrace WORDS` with the redirections of a shell.
ProgramResult run_redirected(const std::string& words, const std::string& redirections) {
  const testing::TemporaryFolder home;
  const std::string program = QUEUETRACE_PROGRAM;
  return run_program({"/bin/sh", "-c",
                      "'" + program + "' demo '" + (home / "d.db").string() + "' >/dev/null 2>&1; exec '" + program +
                          "' " + words + " -s 'sqlite:" + (home / "d.db").string() + "' " + redirections},
                     clean_environment(home.path()), "", 20);
}

}  // namespace

TEST_CASE("a closed standard input is an empty one, for every command that reads it") {
  for (const char* words : {"job list --trace-id -", "job list --id -", "job show -", "trace show -", "trace url -",
                            "job errors --id -", "capture --id - --output x.db"}) {
    CAPTURE(words);
    const ProgramResult closed = run_redirected(words, "<&-");
    const ProgramResult empty = run_redirected(words, "</dev/null");
    CHECK(closed.exit_code == 2);
    CHECK(closed.exit_code == empty.exit_code);
    CHECK(closed.messages == empty.messages);
    CHECK(closed.output == empty.output);
  }
}

TEST_CASE("nothing of ours takes the place of a closed output") {
  const ProgramResult all = run_redirected("job list -o name", "<&- 2>&-");
  CHECK(all.exit_code == 0);
  CHECK(all.output == run_redirected("job list -o name", "").output);
  CHECK(run_redirected("job list -o name", ">&-").exit_code == 1);  // it could not be written
}

}  // namespace queuetrace::test
