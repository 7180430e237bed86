// Starting a helper program: by argv and absolute path, never through a shell, with a copy of the environment
// without queuetrace's secrets (docs/threats.md section 5.1).
#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/environment.hpp"

namespace queuetrace {

/// The file a program name stands for: an absolute path as it is, a bare name from PATH. Relative entries of PATH and
/// names like `./program` are ignored: the current directory must not decide what runs. Absent when nothing executable
/// is found.
std::optional<std::string> find_program(std::string_view name, const Environment& environment);

/// The environment without variables that hold queuetrace's secrets: `*PASSWORD`, `REDISCLI_AUTH`, `MYSQL_PWD`, OTLP
/// headers, the connection URLs we read (`DATABASE_URL`, `REDIS_URL`, `QUEUETRACE_SOURCE`), and every URL with a
/// password.
Environment without_secrets(const Environment& environment);

/// The standard streams of a child: an open descriptor, or /dev/null. The child inherits no other open file.
struct ChildStreams {
  std::optional<int> input;
  std::optional<int> output;
  std::optional<int> messages;
};

/// Starts the program at `path` (absolute) with the environment without secrets, no signal blocked or ignored;
/// `own_session`: detached from the terminal. Returns the process id, to be waited for, or -errno.
pid_t start_child(const std::string& path, const std::vector<std::string>& argv, const Environment& environment,
                  const ChildStreams& streams, bool own_session = false);

struct ChildProcess {
  std::vector<std::string> argv;  ///< argv[0] is looked up with find_program()
  std::string standard_input;     ///< at most 4,096 bytes, written before the start; stdin is /dev/null when empty
  bool detached = false;          ///< own session; a child still running after `timeout` is left alone, not killed
  std::chrono::milliseconds timeout{2000};
};

struct ChildResult {
  bool started = false;
  bool running = false;          ///< detached and still running at the timeout
  std::optional<int> exit_code;  ///< absent: not started, still running, killed by a signal or by the timeout
  /// Why it failed, with the first line of what it said on stderr, printable and at most 512 bytes; empty for exit code
  /// 0 and for `running`.
  std::string problem;
  bool succeeded() const { return running || exit_code == 0; }
};

/// Runs the child with stdout on /dev/null, stderr kept (detached: on /dev/null) and no other open file; waits for it
/// until the timeout.
ChildResult run_child(const ChildProcess& child, const Environment& environment);

}  // namespace queuetrace
