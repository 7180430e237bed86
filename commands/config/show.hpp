// `config show`: the configuration as it is used, passwords masked.
#pragma once

#include "commands/command.hpp"
#include "commands/context.hpp"

namespace queuetrace {

void add_config_show(CLI::App& command, Invocation& chosen);

/// One record: path, found, sources, groups, default, viewers and the other settings.
ExitCode config_show(Context& context);

}  // namespace queuetrace
