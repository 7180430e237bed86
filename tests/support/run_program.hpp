// Runs a program to its end and keeps everything it printed.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace queuetrace::test {

struct ProgramResult {
  std::string output;    ///< stdout
  std::string messages;  ///< stderr
  int exit_code = -1;    ///< 128 + signal when a signal ended it
  long peak_kib = 0;     ///< the most that was resident, of the program or, if that is more, of this process before
};

/// Starts `arguments[0]` (looked up in PATH when it has no slash) with exactly this environment, feeds `input`, and
/// waits at most `seconds`; a program that takes longer is killed and gives exit code 124. Throws std::runtime_error
/// when it cannot be started.
ProgramResult run_program(const std::vector<std::string>& arguments,
                          const std::map<std::string, std::string>& environment, const std::string& input = "",
                          int seconds = 600);

}  // namespace queuetrace::test
