// `source check`: connects to the selected sources and says what is found there, and what to do about it.
#pragma once

#include "commands/command.hpp"
#include "commands/context.hpp"

namespace queuetrace {

void add_source_check(CLI::App& command, Invocation& chosen);

/// One record a store. Exit code: done; when nothing answered, that of the worst failure (unreachable before
/// authentication before others); partial when some answered and some did not.
ExitCode source_check(Context& context);

}  // namespace queuetrace
