// `job move`: to another queue. Goes the way of every change (change_jobs.hpp).
#pragma once

#include "commands/command.hpp"

namespace queuetrace {

void add_job_move(CLI::App& command, Invocation& chosen);

}  // namespace queuetrace
