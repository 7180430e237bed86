#include "cli/program_output.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "model/error.hpp"
#include "tracing/child_process.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t largest_output = 64 * 1024;

int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/// Reads until the end of `descriptor` or the time is up.
void read_output(int descriptor, std::chrono::steady_clock::time_point deadline, ProgramOutput& output) {
  char block[4096];
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    struct pollfd ready {
      descriptor, POLLIN, 0
    };
    const int count = ::poll(&ready, 1, static_cast<int>(std::max<std::int64_t>(0, left.count())));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      output.timed_out = true;
      return;
    }
    const ssize_t bytes = ::read(descriptor, block, sizeof block);
    if (bytes < 0 && errno == EINTR) continue;
    if (bytes <= 0) return;
    if (output.text.size() < largest_output) output.text.append(block, static_cast<std::size_t>(bytes));
  }
}

}  // namespace

ProgramOutput run_for_output(const std::vector<std::string>& arguments, const Environment& environment,
                             std::chrono::milliseconds limit) {
  const std::string name = arguments.empty() ? std::string() : arguments.front();
  const std::optional<std::string> path = find_program(name, environment);
  if (!path) throw Error(ErrorKind::usage, "there is no program '" + name + "'");
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw Error(ErrorKind::internal, "cannot make a pipe");
  const pid_t child = start_child(*path, arguments, environment, {{}, ends[1], STDERR_FILENO});
  ::close(ends[1]);
  if (child < 0) {
    ::close(ends[0]);
    throw Error(ErrorKind::usage, "cannot start '" + name + "': " + std::strerror(-child));
  }
  ProgramOutput result;
  read_output(ends[0], std::chrono::steady_clock::now() + limit, result);
  ::close(ends[0]);
  if (result.timed_out) ::kill(child, SIGKILL);
  result.exit_code = wait_for(child);
  return result;
}

}  // namespace queuetrace
