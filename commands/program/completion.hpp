// `completion SHELL`: the completion script of a shell.
#pragma once

#include <string>

#include "commands/command.hpp"
#include "commands/context.hpp"

namespace queuetrace {

void add_completion(CLI::App& command, Invocation& chosen);

/// Prints the script as it is, whatever the output format.
ExitCode completion(const std::string& shell, Context& context);

}  // namespace queuetrace
