// `source list`: the sources there are to ask, without asking them.
#pragma once

#include "commands/command.hpp"
#include "commands/context.hpp"

namespace queuetrace {

void add_source_list(CLI::App& command, Invocation& chosen);

/// One record a source: all that are configured, then those that were named otherwise. Passwords masked.
ExitCode source_list(Context& context);

}  // namespace queuetrace
