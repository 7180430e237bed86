// `system list`: the queue systems this program knows.
#pragma once

#include "commands/command.hpp"
#include "commands/context.hpp"

namespace queuetrace {

void add_system_list(CLI::App& command, Invocation& chosen);

/// One record a system, sorted by name.
ExitCode system_list(Context& context);

}  // namespace queuetrace
