// `job list`: the jobs that match the filters, newest first, over all selected sources.
#pragma once

#include <string>

#include "commands/command.hpp"
#include "commands/context.hpp"
#include "commands/filter/options.hpp"
#include "commands/job/list_options.hpp"

namespace queuetrace {

struct JobListOptions {
  FilterOptions filter;
  ListOptions list;
  bool watch = false;
  std::string interval = "2s";  ///< between two looks of --watch, 1s at least
};

void add_job_list(CLI::App& command, Invocation& chosen);

/// One page of `limit` jobs, or with limit 0 all of them, streamed source after source in storage order. Exit codes:
/// done (an empty list too), not_found when every queue named is unknown, partial when a source failed or a bounded
/// read was cut short.
ExitCode job_list(const JobListOptions& options, Context& context);

}  // namespace queuetrace
