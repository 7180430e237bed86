// Which output format a run prints: the shared ones and those that only its command has.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "cli/config_file.hpp"
#include "cli/global_options.hpp"
#include "commands/command.hpp"
#include "model/configuration.hpp"

namespace queuetrace {

/// The formats that only this command has.
std::span<const OutputFormat> own_formats(const Command& command);

/// A format of this command by name. Throws Error{usage} with the names there are.
const OutputFormat& required_format(const Command& command, const std::string& name);

/// The format asked for: -o, else QUEUETRACE_OUTPUT, else the configuration's `output`, else `auto`: a table, or the
/// command's own first format, on a terminal, JSON elsewhere. Throws Error{usage} for a name that is not a format of
/// the command.
const OutputFormat& select_format(const GlobalOptions& options, const Command& command,
                                  const Configuration& configuration, const Environment& environment,
                                  bool out_is_terminal);

/// Whether such a format was named at all: not `auto`.
bool is_format_asked(const GlobalOptions& options, const Configuration& configuration, const Environment& environment);

/// Whether errors are to be printed as JSON, before the arguments could be parsed. Words that are not formats do not
/// count: they may be the file of `capture --output`. What --jq makes of JSON counts as JSON.
bool wants_json(const std::vector<std::string>& arguments, const Environment& environment, bool out_is_terminal);

}  // namespace queuetrace
