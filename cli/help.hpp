// Help texts: what --help prints for the program, a noun or a command.
#pragma once

#include <string>

#include "cli/option_tree.hpp"

namespace queuetrace {

/// Help for the command at `path` (empty: the program), lines of at most `width` cells, newline at the end.
std::string help_text(const CommandDescription& root, const std::string& path, std::size_t width = 80);

}  // namespace queuetrace
