// `version`: which queuetrace this is and what it was built with.
#pragma once

#include "commands/command.hpp"
#include "commands/context.hpp"

namespace queuetrace {

void add_version(CLI::App& command, Invocation& chosen);

/// One record: version, Unicode version of the character tables, output formats, libraries.
ExitCode version(Context& context);

}  // namespace queuetrace
