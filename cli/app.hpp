// From arguments to the chosen command. Nothing runs here.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/global_options.hpp"
#include "commands/command.hpp"

namespace queuetrace {

/// What the arguments ask for.
struct ParsedArguments {
  GlobalOptions options;
  const Command* command = nullptr;  ///< nullptr when `text` is set
  Invocation invocation;
  bool live = false;                ///< output as it comes, never through a pager
  std::optional<std::string> text;  ///< help or version: to be printed on stdout instead of running anything
};

/// Parses the arguments without the program's name. Throws Error{usage} with a hint for everything it does not know.
ParsedArguments parse(const std::vector<std::string>& arguments);

}  // namespace queuetrace
