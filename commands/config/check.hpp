// `config check`: what is wrong in the configuration file, with lines.
#pragma once

#include "commands/command.hpp"
#include "commands/context.hpp"

namespace queuetrace {

void add_config_check(CLI::App& command, Invocation& chosen);

/// One record a problem: place (file:line), problem, hint. Exit code usage when there is any.
ExitCode config_check(Context& context);

}  // namespace queuetrace
