// `job errors`: failed jobs of all sources, grouped by what their messages have in common.
#pragma once

#include <cstdint>

#include "commands/command.hpp"
#include "commands/filter/options.hpp"

namespace queuetrace {

struct JobErrorsOptions {
  FilterOptions filter;
  std::uint64_t limit = 50;  ///< groups shown; 0: all that are kept
};

void add_job_errors(CLI::App& command, Invocation& chosen);

/// Failed, dead and retrying jobs unless the filter names states. Streams them; memory is bounded by the number of
/// groups (1,000; jobs of further messages are counted together) and time by Context::limits. Returns partial when a
/// source failed or was cut short.
ExitCode job_errors(const JobErrorsOptions& options, Context& context);

}  // namespace queuetrace
