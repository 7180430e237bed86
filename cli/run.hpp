// One run of the program, from arguments to exit code.
#pragma once

#include <string>
#include <vector>

#include "cli/config_file.hpp"

namespace queuetrace {

/// Runs what the arguments (without the program's name) ask for on the process's own streams, and returns its exit
/// code. Never throws.
int run(const std::vector<std::string>& arguments, const Environment& environment);

/// The process's environment.
Environment process_environment();

}  // namespace queuetrace
