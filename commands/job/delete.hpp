// `job delete`: with everything that belongs to them. Goes the way of every change (change_jobs.hpp).
#pragma once

#include "commands/command.hpp"

namespace queuetrace {

void add_job_delete(CLI::App& command, Invocation& chosen);

}  // namespace queuetrace
