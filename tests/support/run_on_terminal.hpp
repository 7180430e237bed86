// Runs a program as a person does: on a terminal of some width.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace queuetrace::test {

struct TerminalResult {
  std::string text;    ///< everything printed, stdout and stderr as they come, lines ending in LF
  int exit_code = -1;  ///< 128 + signal when a signal ended it
};

/// Starts `arguments[0]` (a path) with exactly this environment on a terminal of its own, `width` cells wide, without
/// echo. When what it printed ends in `question`, `answer` and a line feed are typed. A program that takes longer than
/// 600 seconds is killed. Throws std::runtime_error when it cannot be started.
TerminalResult run_on_terminal(const std::vector<std::string>& arguments,
                               const std::map<std::string, std::string>& environment, int width,
                               const std::string& question = "", const std::string& answer = "");

}  // namespace queuetrace::test
