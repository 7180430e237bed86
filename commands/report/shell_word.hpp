// One word of a command line to paste into a shell.
#pragma once

#include <string>
#include <string_view>

namespace queuetrace {

/// The word as it is when every shell reads it so, else in single quotes. For printing commands, never for running
/// them.
std::string shell_word(std::string_view word);

}  // namespace queuetrace
