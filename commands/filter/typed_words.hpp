// The filter flags again as they were typed, for a further command that is to mean the same jobs.
#pragma once

#include <string>
#include <vector>

#include "commands/filter/options.hpp"

namespace queuetrace {

/// `-q email --since 1h`: the words of a command line, not quoted for a shell. Groups of errors are left out, which a
/// further command names itself.
std::vector<std::string> typed_words(const FilterOptions& options);

}  // namespace queuetrace
