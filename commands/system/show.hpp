// `system show NAME`: what this program knows about one queue system.
#pragma once

#include <string>

#include "commands/command.hpp"
#include "commands/context.hpp"

namespace queuetrace {

void add_system_show(CLI::App& command, Invocation& chosen);

/// One record with the facts and the table of states. Throws Error{not_found} for a name it does not know.
ExitCode system_show(const std::string& name, Context& context);

}  // namespace queuetrace
