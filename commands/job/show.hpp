// `job show`: jobs by id, in full.
#pragma once

#include <string>
#include <vector>

#include "commands/command.hpp"
#include "commands/context.hpp"

namespace queuetrace {

struct JobShowOptions {
  std::vector<std::string> ids;  ///< `ID`, a prefix of 4 or more, `source/ID`; `-`: from stdin
  bool include_tracing = false;
  bool no_payload = false;
  bool raw = false;    ///< only the stored bytes of one job's payload
  bool force = false;  ///< raw bytes to a terminal all the same
};

void add_job_show(CLI::App& command, Invocation& chosen);

/// Prints every occurrence of each id. What is missing is named on stderr: not_found; refused for raw bytes to a
/// terminal; partial when a source failed or was cut short.
ExitCode job_show(const JobShowOptions& options, Context& context);

}  // namespace queuetrace
