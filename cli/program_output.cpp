#include "cli/program_output.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>

#include "model/error.hpp"
#include "tracing/child_process.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t largest_output = 64 * 1024;

using Deadline = std::chrono::steady_clock::time_point;

/// Kills it where it does not end in time: a program that closed its output may go on for ever.
int wait_for(pid_t child, Deadline deadline, ProgramOutput& output) {
  constexpr timespec between_looks{.tv_sec = 0, .tv_nsec = 5'000'000};
  int status = 0;
  for (;;) {
    const bool ends = output.timed_out || output.too_long;
    if (ends) ::kill(child, SIGKILL);
    const pid_t ended = ::waitpid(child, &status, ends ? 0 : WNOHANG);
    if (ended == child || (ended < 0 && errno != EINTR)) break;
    if (ended == 0) ::nanosleep(&between_looks, nullptr);
    output.timed_out = output.timed_out || std::chrono::steady_clock::now() >= deadline;
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/// Reads until the end of `descriptor`, the time is up or too much was printed.
void read_output(int descriptor, Deadline deadline, ProgramOutput& output) {
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
    output.text.append(block, static_cast<std::size_t>(bytes));
    output.too_long = output.text.size() > largest_output;
    if (output.too_long) return;
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
  const Deadline deadline = std::chrono::steady_clock::now() + limit;
  read_output(ends[0], deadline, result);
  ::close(ends[0]);
  result.exit_code = wait_for(child, deadline, result);
  return result;
}

}  // namespace queuetrace
