// Spellings of other tools that still work here, rewritten before the arguments are parsed.
#pragma once

#include <string>
#include <vector>

namespace queuetrace {

/// `--role=admin --admin-cmd=NAME` becomes `NAME`, `task` becomes `job`, `ls` becomes `list`, `get`, `view`, `describe`
/// and `inspect` become `show`, `jobs` becomes `job` (and alone `job list`; the other nouns likewise), `help X Y`
/// becomes `X Y --help`. Everything after `--` stays as it is. Throws Error{usage} for roles and commands that run
/// workers or make jobs: this program does neither.
std::vector<std::string> rewrite_compatible_spellings(std::vector<std::string> arguments);

}  // namespace queuetrace
