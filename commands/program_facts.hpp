// Facts the build writes into the program: its version and the shells' completion scripts (cmake/ProgramFacts.cmake).
#pragma once

#include <string_view>

namespace queuetrace {

/// `0.1.0`
std::string_view program_version();

/// The files of completions/, byte for byte. Empty for another shell than bash, zsh or fish.
std::string_view completion_script(std::string_view shell);

}  // namespace queuetrace
