// `config path`: where the configuration file is, or would be.
#pragma once

#include "commands/command.hpp"
#include "commands/context.hpp"

namespace queuetrace {

void add_config_path(CLI::App& command, Invocation& chosen);

/// Prints the path and nothing else, whatever the output format; says on stderr when there is no such file.
ExitCode config_path(Context& context);

}  // namespace queuetrace
