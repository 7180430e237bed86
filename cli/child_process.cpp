#include "cli/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <sstream>

#include "model/connection_url.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t largest_output = 64 * 1024;

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (const std::string& text : texts) result.push_back(const_cast<char*>(text.c_str()));
  result.push_back(nullptr);
  return result;
}

/// Signals that we ignore or block must not be so in a child.
void reset_signals(posix_spawnattr_t& attributes) {
  sigset_t none, defaults;
  sigemptyset(&none);
  sigemptyset(&defaults);
  for (const int signal : {SIGPIPE, SIGINT, SIGTERM}) sigaddset(&defaults, signal);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

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

std::optional<std::string> find_program(const std::string& name, const Environment& environment) {
  if (name.empty()) return std::nullopt;
  if (name.find('/') != std::string::npos)
    return ::access(name.c_str(), X_OK) == 0 ? std::optional<std::string>(name) : std::nullopt;
  const auto path = environment.find("PATH");
  std::istringstream folders(path == environment.end() ? "/usr/local/bin:/usr/bin:/bin" : path->second);
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (!folder.starts_with("/")) continue;
    std::string candidate = folder + "/" + name;
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return std::nullopt;
}

std::vector<std::string> environment_without_secrets(const Environment& environment) {
  std::vector<std::string> kept;
  for (const auto& [name, value] : environment) {
    if (name == "REDISCLI_AUTH" || name == "OTEL_EXPORTER_OTLP_HEADERS" || name.ends_with("PASSWORD") ||
        name == "MYSQL_PWD")
      continue;
    if (value.find("://") != std::string::npos && masked_url(value) != value) continue;
    kept.push_back(name + "=" + value);
  }
  return kept;
}

pid_t start_program(const std::string& path, const std::vector<std::string>& arguments,
                    const std::vector<std::string>& environment, int input, int output) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  if (input >= 0)
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  else
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  if (output >= 0) posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  reset_signals(attributes);
  pid_t child = -1;
  const int error = ::posix_spawn(&child, path.c_str(), &actions, &attributes, pointers(arguments).data(),
                                  pointers(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  return error == 0 ? child : -error;
}

ProgramOutput run_for_output(const std::vector<std::string>& arguments, const Environment& environment,
                             std::chrono::milliseconds limit) {
  const std::string name = arguments.empty() ? std::string() : arguments.front();
  const std::optional<std::string> path = find_program(name, environment);
  if (!path) throw Error(ErrorKind::usage, "there is no program '" + name + "'");
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw Error(ErrorKind::internal, "cannot make a pipe");
  const pid_t child = start_program(*path, arguments, environment_without_secrets(environment), -1, ends[1]);
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
