// Help texts: what --help prints for the program, a noun or a command.
#pragma once

#include <string>

#include "cli/option_tree.hpp"

namespace queuetrace {

/// Help for the command at `path` (empty: the program), lines of at most `width` cells, newline at the end.
std::string help_text(const CommandDescription& root, const std::string& path, std::size_t width = 80);

/// The options of every command, which the help of a command does not repeat.
std::string options_text(const CommandDescription& root, std::size_t width = 80);

/// What the program says without any arguments: what it is for, and where to go on.
std::string first_page();

}  // namespace queuetrace
