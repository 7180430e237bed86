// A terminal that goes away, as when a connection breaks, ends `top`, even where nobody is told of it by SIGHUP.
#include <doctest/doctest.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>

#include "tests/support/clean_environment.hpp"
#include "tests/support/run_program.hpp"
#include "tests/support/temporary_folder.hpp"

namespace queuetrace::test {
namespace {

/// Runs `top` on a terminal of its own whose end is not told; the terminal's other side and the process.
std::pair<int, pid_t> top_on(const std::string& capture, const std::map<std::string, std::string>& environment) {
  winsize size{24, 80, 0, 0};
  int terminal = -1;
  const pid_t process = ::forkpty(&terminal, nullptr, nullptr, &size);
  if (process != 0) return {terminal, process};
  ::signal(SIGHUP, SIG_IGN);
  ::clearenv();
  for (const auto& [name, value] : environment) ::setenv(name.c_str(), value.c_str(), 1);
  ::setenv("TERM", "xterm", 1);
  ::execl(QUEUETRACE_PROGRAM, "queuetrace", "top", "-s", ("sqlite:" + capture).c_str(), nullptr);
  ::_exit(127);
}

TEST_CASE("top ends when its terminal is closed") {
  const testing::TemporaryFolder folder;
  const std::string capture = (folder.path() / "demo.db").string();
  REQUIRE(run_program({QUEUETRACE_PROGRAM, "demo", capture}, clean_environment(folder.path())).exit_code == 0);
  const auto [terminal, process] = top_on(capture, clean_environment(folder.path()));
  REQUIRE(process > 0);
  std::string seen;
  char bytes[4096];
  while (seen.find("shipping") == std::string::npos) {
    const ssize_t count = ::read(terminal, bytes, sizeof bytes);
    REQUIRE(count > 0);
    seen.append(bytes, static_cast<std::size_t>(count));
  }
  ::close(terminal);
  int status = -1;
  pid_t ended = 0;
  for (int looks = 0; looks < 600 && ended == 0; ++looks) {
    ended = ::waitpid(process, &status, WNOHANG);
    if (ended == 0) ::usleep(100'000);
  }
  if (ended == 0) ::kill(process, SIGKILL);
  CHECK(ended == process);
  CHECK(WIFEXITED(status));
}

}  // namespace
}  // namespace queuetrace::test
