// `job cancel`: so that they are not run. Goes the way of every change (change_jobs.hpp).
#pragma once

#include "commands/command.hpp"

namespace queuetrace {

void add_job_cancel(CLI::App& command, Invocation& chosen);

}  // namespace queuetrace
