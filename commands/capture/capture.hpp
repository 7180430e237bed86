// `capture`: writes the jobs of all selected sources into one portable file, to be read as a source later.
#pragma once

#include <cstdint>
#include <string>

#include "commands/command.hpp"
#include "commands/context.hpp"
#include "commands/filter/options.hpp"

namespace queuetrace {

struct CaptureOptions {
  FilterOptions filter;
  std::string output;
  bool force = false;       ///< replace the file
  bool no_payload = false;  ///< leave payloads and results out; everything else stays
  std::uint64_t limit = 0;  ///< jobs in all; 0: every one
};

void add_capture(CLI::App& command, Invocation& chosen);

/// Streams every matching job into the file, in flat memory, and prints one record about it. Exit codes: done; partial
/// when a source failed or was cut short (the file says so too); refused when the file exists; nothing is written when
/// no source answered or the run is interrupted.
ExitCode capture(const CaptureOptions& options, Context& context);

}  // namespace queuetrace
