// Runs another program for what it prints: no shell, absolute path, an environment without our secrets.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "cli/config_file.hpp"

namespace queuetrace {

/// How a program ended that was run for its output.
struct ProgramOutput {
  std::string text;
  int exit_code = -1;      ///< 128 + signal when a signal ended it
  bool timed_out = false;  ///< it was killed
  bool too_long = false;   ///< it printed more than 64 KiB and was killed
};

/// Runs `arguments` with stdin /dev/null and its stderr ours; the first is looked up with find_program(). Waits for
/// its end, its output closed or not, at most `limit`. Throws Error{usage} when it cannot be started.
ProgramOutput run_for_output(const std::vector<std::string>& arguments, const Environment& environment,
                             std::chrono::milliseconds limit);

}  // namespace queuetrace
