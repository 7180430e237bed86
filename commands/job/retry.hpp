// `job retry`: back to the queue, to be run again. Goes the way of every change (change_jobs.hpp).
#pragma once

#include "commands/command.hpp"

namespace queuetrace {

void add_job_retry(CLI::App& command, Invocation& chosen);

}  // namespace queuetrace
