// Starts other programs by argument list: no shell, absolute path, an environment without our secrets.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "cli/config_file.hpp"

namespace queuetrace {

/// The program's absolute path: as given when it has a slash, else from the absolute folders of PATH (threats.md H03).
/// Absent when there is none.
std::optional<std::string> find_program(const std::string& name, const Environment& environment);

/// `NAME=value` for a child: without PGPASSWORD, REDISCLI_AUTH, *_PASSWORD, OTEL_EXPORTER_OTLP_HEADERS and everything
/// that holds a URL with a password.
std::vector<std::string> environment_without_secrets(const Environment& environment);

/// Starts the program with `input` (a file descriptor) as stdin, or /dev/null when it is -1, and `output` as stdout, or
/// ours when it is -1. Returns the process id, or -errno.
pid_t start_program(const std::string& path, const std::vector<std::string>& arguments,
                    const std::vector<std::string>& environment, int input, int output);

/// How a program ended that was run for its output.
struct ProgramOutput {
  std::string text;        ///< at most 64 KiB
  int exit_code = -1;      ///< 128 + signal when a signal ended it
  bool timed_out = false;  ///< it was killed
};

/// Runs `arguments` with stdin /dev/null and its stderr ours. Throws Error{usage} when it cannot be started.
ProgramOutput run_for_output(const std::vector<std::string>& arguments, const Environment& environment,
                             std::chrono::milliseconds limit);

}  // namespace queuetrace
