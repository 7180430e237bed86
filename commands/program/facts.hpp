// Facts the build writes into the program: its version and the shells' completion scripts (cmake/ProgramFacts.cmake).
#pragma once

#include <span>
#include <string_view>

namespace queuetrace {

/// `0.1.0`
std::string_view program_version();

struct LibraryVersion {
  std::string_view name;
  std::string_view version;  ///< the one it was built with
};
std::span<const LibraryVersion> library_versions();

/// The files of completions/, byte for byte. Empty for another shell than bash, zsh or fish.
std::string_view completion_script(std::string_view shell);

}  // namespace queuetrace
