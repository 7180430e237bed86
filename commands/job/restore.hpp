// `job restore`: what a backup holds is put back where it is missing. A plan too: looked at, confirmed, done.
#pragma once

#include <string>

#include "commands/change/write_options.hpp"
#include "commands/command.hpp"

namespace queuetrace {

struct JobRestoreOptions {
  std::string file;
  bool force = false;  ///< into another source than it came from
  WriteOptions write;
};

void add_job_restore(CLI::App& command, Invocation& chosen);

/// done, too when everything was there again; partial when something could not be put back, or the file was cut;
/// otherwise as change_jobs().
ExitCode job_restore(const JobRestoreOptions& options, Context& context);

}  // namespace queuetrace
