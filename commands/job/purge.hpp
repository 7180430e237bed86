// `purge`: remove jobs that a filter chooses. Goes the way of every change (change_jobs.hpp).
#pragma once

#include "commands/command.hpp"

namespace queuetrace {

void add_purge(CLI::App& command, Invocation& chosen);

}  // namespace queuetrace
