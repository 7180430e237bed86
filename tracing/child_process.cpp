#include "tracing/child_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <thread>

#include "model/connection_url.hpp"
#include "tracing/characters.hpp"
#include "tracing/split.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t longest_input = 4096;  ///< what every pipe takes without a reader (PIPE_BUF)
constexpr std::chrono::milliseconds poll_interval{5};

bool is_executable_file(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && access(path.c_str(), X_OK) == 0;
}

/// A pipe that already holds the input, its writing end closed; only the reading end is kept.
class FilledPipe {
 public:
  FilledPipe() = default;
  FilledPipe(const FilledPipe&) = delete;
  FilledPipe& operator=(const FilledPipe&) = delete;
  ~FilledPipe() {
    if (reading_end_ >= 0) close(reading_end_);
  }

  bool fill(const std::string& input) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) return false;
    reading_end_ = ends[0];
    const bool written = write(ends[1], input.data(), input.size()) ==
                         static_cast<ssize_t>(input.size());  // we hold a reader: no SIGPIPE
    close(ends[1]);
    return written;
  }
  int reading_end() const { return reading_end_; }

 private:
  int reading_end_ = -1;
};

/// What a child says on stderr, as far as it fits: memory of a fixed size, so that a child which lives on can neither
/// fill it nor be ended by our not reading.
class KeptMessages {
 public:
  KeptMessages() : memory_(memfd_create("messages", MFD_CLOEXEC | MFD_ALLOW_SEALING)) {
    if (memory_ >= 0 && (ftruncate(memory_, static_cast<off_t>(longest_message)) != 0 ||
                         fcntl(memory_, F_ADD_SEALS, F_SEAL_GROW) != 0)) {
      close(memory_);
      memory_ = -1;
    }
  }
  KeptMessages(const KeptMessages&) = delete;
  KeptMessages& operator=(const KeptMessages&) = delete;
  ~KeptMessages() {
    if (memory_ >= 0) close(memory_);
  }

  std::optional<int> writing_end() const { return memory_ < 0 ? std::nullopt : std::optional(memory_); }

  /// The first line that says something, printable.
  std::string first_line() const {
    std::string text(longest_message, '\0');
    const ssize_t count = memory_ < 0 ? 0 : pread(memory_, text.data(), text.size(), 0);
    text.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
    text.resize(std::min(text.size(), text.find('\0')));
    for (const std::string_view line : split(text, '\n')) {
      if (trimmed(line).empty()) continue;
      std::string words(trimmed(line));
      if (!is_valid_utf8(words) || has_control_character(words))
        for (char& byte : words)
          if (byte < ' ' || byte > '~') byte = '?';
      return words;
    }
    return {};
  }

 private:
  static constexpr std::size_t longest_message = 512;
  int memory_;
};

class SpawnSettings {
 public:
  SpawnSettings() {
    posix_spawn_file_actions_init(&actions_);
    posix_spawnattr_init(&attributes_);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }

  void set(const ChildStreams& streams, bool own_session) {
    add(STDIN_FILENO, streams.input, O_RDONLY);
    add(STDOUT_FILENO, streams.output, O_WRONLY);
    add(STDERR_FILENO, streams.messages, O_WRONLY);
#if defined(__GLIBC__) && defined(__GLIBC_PREREQ)
#if __GLIBC_PREREQ(2, 34)
    posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
#endif
#endif
    sigset_t none{}, all{};
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
#ifdef POSIX_SPAWN_SETSID
    if (own_session) flags = static_cast<short>(flags | POSIX_SPAWN_SETSID);
#endif
    posix_spawnattr_setflags(&attributes_, flags);
  }

  int spawn(pid_t& pid, const std::string& path, char* const* argv, char* const* environment) {
    return posix_spawn(&pid, path.c_str(), &actions_, &attributes_, argv, environment);
  }

 private:
  void add(int descriptor, const std::optional<int>& ours, int mode) {
    if (ours)
      posix_spawn_file_actions_adddup2(&actions_, *ours, descriptor);
    else
      posix_spawn_file_actions_addopen(&actions_, descriptor, "/dev/null", mode, 0);
  }

  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

/// Waits for `pid`; absent when the time was over.
std::optional<int> wait_for(pid_t pid, std::chrono::milliseconds timeout) {
  const auto end = std::chrono::steady_clock::now() + timeout;
  while (true) {
    int status = 0;
    const pid_t ended = waitpid(pid, &status, WNOHANG);
    if (ended == pid) return status;
    if (ended < 0 && errno != EINTR) return 0;  // someone else collected it
    if (std::chrono::steady_clock::now() >= end) return std::nullopt;
    std::this_thread::sleep_for(poll_interval);
  }
}

}  // namespace

std::optional<std::string> find_program(std::string_view name, const Environment& environment) {
  if (name.starts_with('/')) {
    std::string path(name);
    return is_executable_file(path) ? std::optional(path) : std::nullopt;
  }
  if (name.empty() || name.find('/') != std::string_view::npos) return std::nullopt;
  const auto variable = environment.find("PATH");
  const std::string folders = variable == environment.end() ? "/usr/local/bin:/usr/bin:/bin" : variable->second;
  for (const std::string_view folder : split(folders, ':')) {
    if (!folder.starts_with('/')) continue;
    std::string path = std::string(folder).append("/").append(name);
    if (is_executable_file(path)) return path;
  }
  return std::nullopt;
}

Environment without_secrets(const Environment& environment) {
  constexpr std::array<std::string_view, 9> secrets{"REDISCLI_AUTH",
                                                    "MYSQL_PWD",
                                                    "OTEL_EXPORTER_OTLP_HEADERS",
                                                    "OTEL_EXPORTER_OTLP_TRACES_HEADERS",
                                                    "QUEUETRACE_SPANS_TOKEN",
                                                    "QUEUETRACE_SPANS_HEADERS",
                                                    "DATABASE_URL",
                                                    "REDIS_URL",
                                                    "QUEUETRACE_SOURCE"};
  Environment result;
  for (const auto& [name, value] : environment) {
    bool secret = name.ends_with("PASSWORD");
    for (const std::string_view known : secrets) secret = secret || name == known;
    if (!secret) secret = value.find("://") != std::string::npos && masked_url(value) != value;
    if (!secret) result.emplace(name, value);
  }
  return result;
}

pid_t start_child(const std::string& path, const std::vector<std::string>& argv, const Environment& environment,
                  const ChildStreams& streams, bool own_session) {
  std::vector<std::string> arguments = argv;
  std::vector<std::string> variables;
  for (const auto& [name, value] : without_secrets(environment)) variables.push_back(name + "=" + value);
  SpawnSettings settings;
  settings.set(streams, own_session);
  pid_t pid = -1;
  const int error = settings.spawn(pid, path, pointers(arguments).data(), pointers(variables).data());
  return error == 0 ? pid : -error;
}

ChildResult run_child(const ChildProcess& child, const Environment& environment) {
  ChildResult result;
  if (child.argv.empty()) {
    result.problem = "no program is named";
    return result;
  }
  const std::string& name = child.argv.front();
  const std::optional<std::string> path = find_program(name, environment);
  if (!path) {
    result.problem = fmt::format("{} is not installed", name);
    return result;
  }
  FilledPipe input;
  if (!child.standard_input.empty() &&
      (child.standard_input.size() > longest_input || !input.fill(child.standard_input))) {
    result.problem = fmt::format("cannot hand the text to {}", name);
    return result;
  }
  ChildStreams streams;
  if (input.reading_end() >= 0) streams.input = input.reading_end();
  const KeptMessages messages;
  if (!child.detached) streams.messages = messages.writing_end();
  const pid_t pid = start_child(*path, child.argv, environment, streams, child.detached);
  if (pid < 0) {
    result.problem = fmt::format("cannot start {}: {}", name, std::strerror(-pid));
    return result;
  }
  result.started = true;
  const std::optional<int> status = wait_for(pid, child.timeout);
  if (!status && child.detached) {
    result.running = true;
  } else if (!status) {
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
    result.problem = fmt::format("{} did not end within {} ms", name, child.timeout.count());
  } else if (WIFEXITED(*status)) {
    result.exit_code = WEXITSTATUS(*status);
    if (*result.exit_code != 0) result.problem = fmt::format("{} failed with exit code {}", name, *result.exit_code);
    if (const std::string words = messages.first_line(); *result.exit_code != 0 && !words.empty())
      result.problem += ": " + words;
  } else {
    result.problem = fmt::format("{} was killed by signal {}", name, WTERMSIG(*status));
  }
  return result;
}

}  // namespace queuetrace
