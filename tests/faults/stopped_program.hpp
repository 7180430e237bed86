// Ends a program with SIGKILL just before a chosen system call, or makes a call on a file fail, by strace.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tests/faults/world.hpp"

namespace queuetrace::test {

/// A moment of a run: before the `count`th `call` of its thread.
struct Moment {
  std::string call;
  std::size_t count = 0;
  std::string line;  ///< what strace said of it
};

/// Runs the program and lists its writes to files, disks and servers, from the first one on whose line holds `from`.
/// The run must succeed. Throws std::runtime_error when strace is not installed.
std::vector<Moment> moments_of(const World& world, const std::vector<std::string>& words, const std::string& from);

/// Runs the program and kills it before that moment; exit code 137 when the moment came.
ProgramResult run_until(const World& world, const std::vector<std::string>& words, const Moment& moment);

/// Runs the program; the `count`th `call` on that file fails with this error (`ENOSPC`).
ProgramResult run_failing(const World& world, const std::vector<std::string>& words, const std::filesystem::path& file,
                          const std::string& call, const std::string& error, int count);

}  // namespace queuetrace::test
